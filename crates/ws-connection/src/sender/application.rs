use std::time::Instant;

use ws_frame::CloseFrame;

use super::Sender;
use crate::{
    Encoded, Message, MessageKind, PingError, ProtocolError, Queued, SendError, SendOptions,
    close_clock::CloseClock, control_payload::ControlPayload, moment::Moment, rare::Rare,
    state::State,
};

/// What the application wants.
impl Sender {
    /// Encodes a message behind what is queued; in fragments when it is longer than
    /// [`Config::fragment_size`](crate::Config::fragment_size).
    ///
    /// # Errors
    ///
    /// The message comes back when a Close was queued or received, when the connection failed,
    /// or when [`Config::max_queue`](crate::Config::max_queue) bytes are waiting already and it is
    /// this message that [gives way](crate::Config::overflow), or the connection.
    #[inline]
    pub fn send<'a>(&mut self, message: impl Into<Message<'a>>) -> Result<(), SendError<'a>> {
        let message = message.into();
        if SendOptions::NONE.gives_way(self.config.overflow()) {
            let queued = self.queue_apart(message, None, SendOptions::NONE);
            return queued.map(drop);
        }
        let message = self.admit(message, SendOptions::NONE)?;
        self.push(message);
        Ok(())
    }

    /// Sends a message in this way; says what it has cost.
    ///
    /// One that may [give way](SendOptions::gives_way) leaves in its own form, whatever extension was
    /// agreed on: later messages must not refer to it. [`send_encoded_with`](Self::send_encoded_with)
    /// sends another form of it.
    ///
    /// # Errors
    ///
    /// See [`send`](Self::send).
    #[inline]
    pub fn send_with<'a>(
        &mut self,
        message: impl Into<Message<'a>>,
        options: SendOptions,
    ) -> Result<Queued, SendError<'a>> {
        let message = message.into();
        if options.gives_way(self.config.overflow()) {
            return self.queue_apart(message, None, options);
        }
        let message = self.admit(message, options)?;
        self.push(message);
        Ok(Queued::Last)
    }

    #[inline]
    pub(super) fn count_sent(&mut self, kind: MessageKind, len: usize) {
        self.sent.count(len);
        self.untold.count(kind, len);
    }

    #[inline]
    fn push(&mut self, message: Message<'_>) {
        let kind = message.kind();
        self.count_sent(kind, message.len());
        let encoder = self.encoder();
        match encoder.and_then(|encoder| encoder.encode(&message)) {
            Some(payload) => {
                let encoded = Encoded::new(self.rsv, payload);
                self.outbox.push_encoded(kind, encoded, &self.config);
            }
            None => self.outbox.push(message, &self.config),
        }
        self.marks.rise(self.outbox.len(), &self.config);
    }

    /// Sends a message of which the other form was made beforehand, as
    /// [`send`](Self::send) does with what its own encoder makes; for those who encode outside
    /// a lock, or once for many connections. It must be what the peer's decoder understands
    /// whatever it remembers of earlier messages.
    ///
    /// Where no extension with its reserved bits was agreed on, the message leaves in its own form.
    ///
    /// ```
    /// use std::time::Instant;
    /// use bytes::Buf;
    /// use ws_connection::{Batch, Config, Encoded, Sender};
    /// use ws_frame::Rsv;
    ///
    /// // "Hello" as permessage-deflate has it (RFC 7692 7.2.3.1).
    /// let hello = Encoded::new(Rsv::RSV1, &b"\xf2\x48\xcd\xc9\xc9\x07\x00"[..]);
    /// for (rsv, frame) in [
    ///     (Rsv::RSV1, &b"\xC1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"[..]),
    ///     (Rsv::NONE, b"\x81\x05Hello"),
    /// ] {
    ///     let mut sender = Sender::server(Config::default()).with_rsv(rsv);
    ///     sender.send_encoded("Hello", hello.clone()).expect("open");
    ///     let mut batch = Batch::default();
    ///     sender.transmit(Instant::now(), &mut batch);
    ///     assert_eq!(batch.chunk(), frame);
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`send`](Self::send).
    pub fn send_encoded<'a>(
        &mut self,
        message: impl Into<Message<'a>>,
        encoded: Encoded,
    ) -> Result<(), SendError<'a>> {
        self.send_encoded_with(message, encoded, SendOptions::NONE)
            .map(drop)
    }

    /// The same, in this way; says what it has cost.
    ///
    /// # Errors
    ///
    /// See [`send`](Self::send).
    pub fn send_encoded_with<'a>(
        &mut self,
        message: impl Into<Message<'a>>,
        encoded: Encoded,
        options: SendOptions,
    ) -> Result<Queued, SendError<'a>> {
        let message = message.into();
        if options.gives_way(self.config.overflow()) {
            return self.queue_apart(message, Some(encoded), options);
        }
        let message = self.admit(message, options)?;
        let kind = message.kind();
        self.count_sent(kind, message.len());
        if encoded.rsv == self.rsv && !self.rsv.is_empty() {
            if let Some(encoder) = self.encoder() {
                encoder.skip();
            }
            self.outbox.push_encoded(kind, encoded, &self.config);
        } else {
            self.outbox.push(message, &self.config);
        }
        self.marks.rise(self.outbox.len(), &self.config);
        Ok(Queued::Last)
    }

    /// Queues a ping that overtakes waiting messages (RFC 6455 5.5.2).
    ///
    /// # Errors
    ///
    /// When the payload is longer than 125 bytes, when 32 pings wait already, or when the
    /// connection is closing.
    pub fn ping(&mut self, payload: &[u8]) -> Result<(), PingError> {
        if payload.len() > ControlPayload::MAX {
            return Err(PingError::TooLong { len: payload.len() });
        }
        if self.state != State::Open {
            return Err(PingError::Closed);
        }
        match self.outbox.push_ping(payload) {
            true => Ok(()),
            false => Err(PingError::Full),
        }
    }

    /// Starts the closing handshake: the Close leaves after what is queued, and nothing is
    /// queued behind it (RFC 6455 7.1.2). `None` sends a Close without a status code. Does nothing
    /// when a Close was queued or received before.
    pub fn close(&mut self, frame: impl Into<Option<CloseFrame>>) {
        if self.state == State::Open {
            self.closing_mut().pending = Some(frame.into());
            self.leave(State::Closing);
        }
    }

    /// Fails the connection (RFC 6455 7.1.7): what has not begun to leave is dropped, and a Close
    /// with the error's code and sentence is sent unless one was sent before.
    pub fn fail(&mut self, error: &ProtocolError) {
        self.fail_with(error.close_frame());
    }

    /// Like [`fail`](Self::fail), for reasons of the application's or the server's own.
    pub fn fail_with(&mut self, frame: CloseFrame) {
        if matches!(self.state, State::Ending | State::Over) {
            return;
        }
        self.outbox.clear();
        let closing = self.closing_mut();
        if closing.handshake.sent().is_none() && closing.leaving.is_none() {
            closing.pending = Some(Some(frame));
        }
        self.leave(State::Ending);
    }

    /// Ends everything now: nothing more is written, no timer runs.
    pub fn abort(&mut self) {
        self.leave(State::Over);
        self.outbox.abort();
        if let Some(closing) = Rare::begun_closing(&mut self.rare) {
            closing.pending = None;
            closing.leaving = None;
            closing.clock = CloseClock::Off;
        }
    }

    /// Reading pauses, because the peer does not take what it is sent.
    /// Silence means nothing until [`resume_reading`](Self::resume_reading) or the next
    /// [`handle_read`](Self::handle_read).
    pub fn pause_reading(&mut self, now: Instant) {
        let now = self.told(now);
        self.keepalive.pause(now);
    }

    /// The same because a callback is pending, which has [`Config::callback_timeout`](crate::Config::callback_timeout)
    /// from now on.
    pub fn pause_for_callback(&mut self, now: Instant) {
        let now = self.told(now);
        self.resume(now);
        self.keepalive.pause_for_callback(now);
    }

    /// Reading goes on; the peer's silence is counted from now.
    pub fn resume_reading(&mut self, now: Instant) {
        let now = self.told(now);
        self.resume(now);
    }

    pub(super) fn resume(&mut self, now: Moment) {
        let Some(paused) = self.keepalive.resume(now) else {
            return;
        };
        if let Some(closing) = Rare::begun_closing(&mut self.rare) {
            closing.resume(paused, now, &self.config);
        }
    }
}
