use std::{
    mem,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Buf;
use ws_frame::{CloseFrame, MaskingKey, Rsv};

use crate::{
    Batch, ClosingHandshake, Config, Dropped, Encoder, Event, Extension, Fresh, Overrun, Tally,
    close_clock::Written, closing::Closing, keepalive::Keepalive, marks::Marks, masks::Masks,
    moment::Moment, outbox::Outbox, rare::Rare, state::State, untold::Untold,
};

mod application;
mod overflowing;
mod timers;

/// The sending half of an endpoint: messages become bytes; it answers pings and Closes and owns
/// the timers.
///
/// The caller tells it what happened ([`on_event`](Self::on_event), [`handle_read`](Self::handle_read),
/// [`handle_timeout`](Self::handle_timeout)) and what the application wants ([`send`](Self::send),
/// [`ping`](Self::ping), [`close`](Self::close), [`fail`](Self::fail)); then does what it asks for:
/// write the bytes of [`transmit`](Self::transmit), come back at [`poll_timeout`](Self::poll_timeout),
/// end the transport when [`is_done`](Self::is_done) or [`is_over`](Self::is_over). Time is always an
/// argument.
///
/// ```
/// use std::{sync::Arc, time::Instant};
/// use bytes::Buf;
/// use ws_connection::{Batch, Config, Message, Sender};
///
/// let mut sender = Sender::server(Arc::new(Config::default()));
/// sender.send(Message::from("hi")).expect("open");
///
/// let mut batch = Batch::default();
/// sender.transmit(Instant::now(), &mut batch);
/// assert_eq!(batch.chunk(), b"\x81\x02hi");
/// ```
#[derive(Debug)]
pub struct Sender {
    config: Arc<Config>,
    state: State,
    marks: Marks,
    outbox: Outbox,
    keepalive: Keepalive,
    /// When the clock was told for the first time.
    opened: Option<Instant>,
    sent: Tally,
    /// Of `sent`, what nobody has asked about yet.
    untold: Untold,
    /// Of the extension that was agreed on.
    rsv: Rsv,
    rare: Option<Box<Rare>>,
}

/// A new endpoint.
impl Sender {
    /// The sending half of a server.
    #[must_use]
    pub fn server(config: impl Into<Arc<Config>>) -> Self {
        Self::new(config.into(), Masks::None)
    }

    /// The sending half of a client, which masks each frame with a key of its own. "The masking
    /// key needs to be unpredictable" (RFC 6455 5.3, 10.3): take it from a strong source.
    #[must_use]
    pub fn client(
        config: impl Into<Arc<Config>>,
        keys: impl FnMut() -> MaskingKey + Send + 'static,
    ) -> Self {
        Self::new(config.into(), Masks::fresh(keys))
    }

    fn new(config: Arc<Config>, masks: Masks) -> Self {
        Self {
            config,
            state: State::Open,
            marks: Marks::default(),
            outbox: Outbox::new(masks),
            keepalive: Keepalive::default(),
            opened: None,
            sent: Tally::default(),
            untold: Untold::default(),
            rsv: Rsv::NONE,
            rare: None,
        }
    }

    /// Sends messages in the form of an extension that was agreed on.
    #[must_use]
    pub fn with_extension(mut self, extension: &(impl Extension + ?Sized)) -> Self {
        self.rare.get_or_insert_default().encoder = Some(extension.encoder());
        self.with_rsv(extension.rsv())
    }

    /// An extension with these reserved bits was agreed on, and no message is encoded here:
    /// only what [`send_encoded`](Self::send_encoded) gets leaves in its form.
    #[must_use]
    pub fn with_rsv(mut self, rsv: Rsv) -> Self {
        self.rsv = rsv;
        self
    }
}

/// What happened.
impl Sender {
    /// Bytes of the peer came in: it is alive. Also ends a pause of reading.
    pub fn handle_read(&mut self, now: Instant) {
        let now = self.told(now);
        self.resume(now);
        self.keepalive.hear(now);
    }

    /// Answers a ping, measures the round trip by a pong, answers a Close. Messages need nothing.
    pub fn on_event(&mut self, now: Instant, event: &Event<'_>) {
        match event {
            Event::Message(_) => {}
            Event::Ping(payload) => {
                if self.may_send_frames() {
                    self.outbox.push_pong(payload);
                }
            }
            Event::Pong(payload) => {
                let now = self.told(now);
                self.keepalive.pong(now, payload);
            }
            Event::Close(frame) => self.receive_close(frame.clone()),
        }
    }

    /// "Upon receiving such a frame, the other peer sends a Close frame in response, if it hasn't
    /// already sent one" (RFC 6455 1.4), with the status code that came (5.5.1).
    fn receive_close(&mut self, frame: Option<CloseFrame>) {
        let state = self.state;
        let closing = self.closing_mut();
        closing.handshake.record_received(frame.clone());
        match state {
            State::Open => {
                closing.pending = Some(frame);
                self.leave(State::Ending);
            }
            State::Closing => self.leave(State::Ending),
            State::Ending | State::Over => {}
        }
    }

    /// Leaves `Open`, or what comes behind it: messages are refused from here on, and those that wait
    /// are encoded already.
    fn leave(&mut self, next: State) {
        self.state = next;
        if let Some(rare) = &mut self.rare {
            rare.encoder = None;
        }
    }
}

/// What the caller must do.
impl Sender {
    /// Fills an empty `batch` with what is to be written next: pings and pongs first, then queued
    /// messages up to 256 KiB or one fragment more, then the Close. A batch that is not written
    /// yet is left alone. Call it before each write and after the last: it notices progress,
    /// arms the timers, and frees the buffers when nothing is left.
    pub fn transmit(&mut self, now: Instant, batch: &mut Batch) {
        let now = self.told(now);
        if self.state != State::Over {
            self.outbox.note_left(now, batch.remaining());
            if !batch.has_remaining() {
                let controls = self.outbox.fill(batch, &self.config);
                self.untold.controls.add(controls);
                if let Some(closing) = Rare::begun_closing(&mut self.rare) {
                    closing.fill(&mut self.outbox, batch);
                }
                self.outbox.note_filled(now, batch);
            }
        }
        self.marks.fall(self.outbox.len(), &self.config);
        if self.state != State::Open {
            self.arm_close_clock(now);
        }
    }

    /// Takes the batch that [`transmit`](Self::transmit) has just filled for written, for a caller
    /// that writes it at once and does not want to come by again when all went well. When some of
    /// it is left, call `transmit` again before waiting.
    pub fn assume_written(&mut self) {
        self.outbox.assume_written();
        self.marks.fall(self.outbox.len(), &self.config);
    }

    fn arm_close_clock(&mut self, now: Moment) {
        let written = self.written();
        if let Some(closing) = Rare::begun_closing(&mut self.rare) {
            closing.clock = closing.clock.moved_on(self.state, written, now);
        }
    }

    /// Whether all is written and nothing will follow. "The server MUST close the TCP connection"
    /// first (RFC 6455 7.1.1): a server now ends its direction of the transport, then reads and
    /// discards until the peer ends the other one or [`Timeout::Linger`](crate::Timeout::Linger) comes. A client waits
    /// for the server to end it.
    #[must_use]
    pub fn is_done(&self) -> bool {
        match self.state {
            State::Open | State::Closing => false,
            State::Ending => self.written() == Written::All,
            State::Over => true,
        }
    }

    /// Whether the transport is to be dropped at once.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// Tells once, after a pause for the high-water mark, that the queue fell under the low-water
    /// mark ([`Config::low_water`]).
    pub fn take_drained(&mut self) -> bool {
        self.marks.take_drained() && self.is_open()
    }
}

/// Getters.
impl Sender {
    /// Whether messages can be sent: no Close was queued or received, nothing failed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Bytes that wait to be written, frame headers and the batch under way included, and
    /// [`SendOptions::CHARGE`](crate::SendOptions::CHARGE) for each message that may give way.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.outbox.len()
    }

    /// Whether reading is to pause: [`queued`](Self::queued) reached [`Config::high_water`] and
    /// has not fallen to [`Config::low_water`] since.
    #[must_use]
    pub fn is_congested(&self) -> bool {
        self.marks.is_congested()
    }

    /// Messages that were queued; some of them may have given way since.
    #[must_use]
    pub fn sent(&self) -> Tally {
        self.sent
    }

    /// What was sent, and sent in vain, since the last call, for who counts that of many connections.
    ///
    /// ```
    /// use ws_connection::{Config, Fresh, Sender, Tally};
    ///
    /// let mut sender = Sender::server(Config::default());
    /// sender.send("hello")?;
    /// assert_eq!(sender.take_fresh().messages.text, Tally { messages: 1, bytes: 5 });
    /// assert_eq!(sender.take_fresh(), Fresh::default());
    /// # Ok::<(), ws_connection::SendError<'static>>(())
    /// ```
    #[inline]
    pub fn take_fresh(&mut self) -> Fresh {
        let untold = mem::take(&mut self.untold);
        Fresh {
            messages: untold.messages(),
            dropped: self.take_dropped(),
            pings: untold.controls.pings.into(),
            pongs: untold.controls.pongs.into(),
        }
    }

    #[inline]
    fn take_dropped(&mut self) -> Dropped {
        let Some(rare) = &mut self.rare else {
            return Dropped::default();
        };
        let before = mem::replace(&mut rare.dropped_before, rare.dropped);
        rare.dropped.since(before)
    }

    /// Messages that were sent in vain because the queue was full, or that newer ones have replaced.
    #[must_use]
    pub fn dropped(&self) -> Dropped {
        self.rare
            .as_ref()
            .map_or_else(Dropped::default, |rare| rare.dropped)
    }

    /// The limit for which [`Overflow::Close`](crate::Overflow::Close) has closed the connection.
    #[must_use]
    pub fn overrun(&self) -> Option<Overrun> {
        self.closing()?.overrun
    }

    /// The limits and times.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// When it was told the time for the first time, by [`transmit`](Self::transmit) as a rule: soon
    /// after the connection has opened.
    #[must_use]
    pub fn opened(&self) -> Option<Instant> {
        self.opened
    }

    /// Whether it was closed because it had been open for as long as it may
    /// ([`Config::max_lifetime`]).
    #[must_use]
    pub fn is_outlived(&self) -> bool {
        self.closing().is_some_and(|c| c.is_outlived)
    }

    /// The round trip of the newest keepalive ping that was answered, in whole microseconds, rounded
    /// up; one of more than 71 minutes is told as that.
    #[must_use]
    pub fn round_trip(&self) -> Option<Duration> {
        self.keepalive.round_trip()
    }

    /// What went over the wire of the closing handshake so far.
    #[must_use]
    pub fn closing_handshake(&self) -> ClosingHandshake {
        let closing = self.closing();
        closing.map_or_else(ClosingHandshake::default, |c| c.handshake.clone())
    }

    fn closing(&self) -> Option<&Closing> {
        self.rare.as_ref()?.closing.as_deref()
    }

    /// The same, from here on.
    fn closing_mut(&mut self) -> &mut Closing {
        let rare = self.rare.get_or_insert_default();
        rare.closing.get_or_insert_default()
    }

    fn encoder(&mut self) -> Option<&mut (dyn Encoder + 'static)> {
        self.rare.as_mut()?.encoder.as_deref_mut()
    }

    fn may_send_frames(&self) -> bool {
        match self.closing() {
            None => self.state == State::Open,
            Some(closing) => closing.pending.is_some(),
        }
    }

    fn written(&self) -> Written {
        let close_waits = self.closing().is_some_and(|c| c.pending.is_some());
        match self.outbox.is_empty() && !close_waits {
            true => Written::All,
            false => Written::Part,
        }
    }
}
