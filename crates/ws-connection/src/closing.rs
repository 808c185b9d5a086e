use std::time::Duration;

use ws_frame::CloseFrame;

use crate::{Batch, Config, Overrun, close_clock::CloseClock, moment::Moment, outbox::Outbox};

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// This endpoint.
    Us,
    /// The endpoint on the other end.
    Peer,
}

/// What is known of the closing handshake (RFC 6455 7.1): which Close frames went over the wire,
/// and which was the first.
///
/// The outer `Option` says whether there was a Close frame, the inner one whether it named a
/// status code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClosingHandshake {
    sent: Option<Option<CloseFrame>>,
    received: Option<Option<CloseFrame>>,
    first: Option<Side>,
}

impl ClosingHandshake {
    pub(crate) fn record_sent(&mut self, frame: Option<CloseFrame>) {
        self.sent = Some(frame);
        self.first.get_or_insert(Side::Us);
    }

    pub(crate) fn record_received(&mut self, frame: Option<CloseFrame>) {
        self.received = Some(frame);
        self.first.get_or_insert(Side::Peer);
    }

    /// The Close that was sent; `Some(None)` for one without a status code.
    #[must_use]
    pub fn sent(&self) -> Option<Option<&CloseFrame>> {
        self.sent.as_ref().map(Option::as_ref)
    }

    /// The Close that was received; `Some(None)` for one without a status code.
    #[must_use]
    pub fn received(&self) -> Option<Option<&CloseFrame>> {
        self.received.as_ref().map(Option::as_ref)
    }

    /// Whose Close was the first; `None` while there was none.
    #[must_use]
    pub fn first(&self) -> Option<Side> {
        self.first
    }

    /// Whether both Close frames went over the wire.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.sent.is_some() && self.received.is_some()
    }

    /// The connection's status code in the words of RFC 6455 7.1.5: that of the Close received,
    /// 1005 when it named none, 1006 when there was none.
    #[must_use]
    pub fn status(&self) -> u16 {
        match &self.received {
            Some(Some(frame)) => frame.code().get(),
            Some(None) => 1005,
            None => 1006,
        }
    }
}

/// The Close frames of an endpoint that has begun to end.
#[derive(Debug, Default)]
pub(crate) struct Closing {
    /// Our Close, until a batch takes it.
    pub(crate) pending: Option<Option<CloseFrame>>,
    /// Our Close, until the batch that took it is written.
    pub(crate) leaving: Option<Option<CloseFrame>>,
    pub(crate) handshake: ClosingHandshake,
    pub(crate) clock: CloseClock,
    /// For how long the clock has stood in pauses of reading behind the first; `None` before that.
    stood: Option<Duration>,
    /// For which it was closed.
    pub(crate) overrun: Option<Overrun>,
    /// It was closed for its age.
    pub(crate) is_outlived: bool,
}

impl Closing {
    /// Reading was paused from then until now, so an answer that lay there was not seen. The first
    /// pause does not count, however long it was: it may be that of a callback that was pending when
    /// the Close left. The others, which a peer that goes on talking makes as many as it likes, do not
    /// count up to the write timeout in all. When that is used up the deadline is now, and not earlier.
    pub(crate) fn resume(&mut self, paused: Moment, now: Moment, config: &Config) {
        let Some(since) = self.clock.answer() else {
            return;
        };
        let pause = now.since(paused.or_later(since));
        let (pause, stood) = match self.stood {
            None => (pause, Duration::ZERO),
            Some(stood) => {
                let left = config.write_timeout().saturating_sub(stood);
                let more = pause.min(left);
                (more, stood + more)
            }
        };
        let latest = now.earlier(config.close_timeout());
        self.clock = CloseClock::Answer(since.later(pause).or_later(latest));
        self.stood = Some(stood);
    }

    /// What was under way is written.
    pub(crate) fn note_written(&mut self) {
        if let Some(frame) = self.leaving.take() {
            self.handshake.record_sent(frame);
        }
    }

    /// Our Close is the last: it leaves in the batch that takes the last message.
    pub(crate) fn fill(&mut self, outbox: &mut Outbox, batch: &mut Batch) {
        self.note_written();
        if outbox.has_no_messages()
            && let Some(frame) = self.pending.take()
        {
            outbox.fill_close(frame.as_ref(), batch);
            self.leaving = Some(frame);
        }
    }
}
