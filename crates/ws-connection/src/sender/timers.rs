use std::time::Instant;

use ws_frame::{CloseCode, CloseFrame};

use super::Sender;
use crate::{Timeout, keepalive::Due, moment::Moment, state::State};

/// Its timers.
impl Sender {
    /// The time, by the clock that starts when this is called first. A time before that is that one.
    #[inline]
    pub(super) fn told(&mut self, now: Instant) -> Moment {
        let opened = *self.opened.get_or_insert(now);
        Moment::at(now.saturating_duration_since(opened))
    }

    /// A deadline of [`poll_timeout`](Self::poll_timeout) has passed, or may have. Returns the
    /// limit that the peer broke, after which the connection ends: with a Close of 1011 where
    /// one can still be written, else at once ([`is_over`](Self::is_over)).
    pub fn handle_timeout(&mut self, now: Instant) -> Option<Timeout> {
        let now = self.told(now);
        if self.close_deadline().is_some_and(|at| now >= at)
            && let Some(closing) = self.closing()
        {
            let timeout = closing.clock.timeout();
            self.abort();
            return Some(timeout);
        }
        if self.stall_deadline().is_some_and(|at| now >= at) {
            self.abort();
            return Some(Timeout::Write);
        }
        if matches!(self.state, State::Ending | State::Over) {
            return None;
        }
        if self.lifetime_deadline().is_some_and(|at| now >= at) {
            self.outlive();
        }
        match self.keepalive.handle_timeout(now, &self.config) {
            Due::Nothing => None,
            Due::Ping(payload) => {
                if self.may_send_frames() {
                    self.outbox.push_ping(&payload);
                }
                None
            }
            Due::Dead => {
                self.give_up_on_silence();
                Some(Timeout::Silence)
            }
            Due::CallbackOverdue => {
                let reason = "a callback took too long";
                self.fail_with(CloseFrame::from_static(CloseCode::INTERNAL_ERROR, reason));
                Some(Timeout::Callback)
            }
        }
    }

    fn give_up_on_silence(&mut self) {
        if self.outbox.is_in_flight() {
            return self.abort();
        }
        let reason = "no byte came, not even after a ping";
        self.fail_with(CloseFrame::from_static(CloseCode::INTERNAL_ERROR, reason));
    }

    /// Says goodbye, behind what was queued.
    fn outlive(&mut self) {
        let reason = "open for as long as a connection may be";
        self.close(CloseFrame::from_static(CloseCode::GOING_AWAY, reason));
        self.closing_mut().is_outlived = true;
    }

    /// An answer could not be seen while reading is paused.
    fn close_deadline(&self) -> Option<Moment> {
        let clock = self.closing()?.clock;
        let blind = clock.answer().is_some() && self.keepalive.is_paused();
        (!blind).then(|| clock.deadline(&self.config))?
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called at the latest; `None` when no
    /// timer runs. Ask again after each [`transmit`](Self::transmit). A caller that comes early
    /// does no harm, so one timer that is re-armed only when it fires is enough for all traffic.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let keepalive = match self.state {
            State::Open | State::Closing => self.keepalive.deadline(&self.config),
            State::Ending | State::Over => None,
        };
        let stall = self.stall_deadline();
        let close = self.close_deadline();
        let lifetime = self.lifetime_deadline();
        let all = [keepalive, stall, close, lifetime];
        self.instant(all.into_iter().flatten().min()?)
    }

    /// `None` before the clock was ever told, and for what is too late for an `Instant`.
    fn instant(&self, moment: Moment) -> Option<Instant> {
        self.opened?.checked_add(moment.age())
    }

    fn stall_deadline(&self) -> Option<Moment> {
        self.outbox.stalled()?.after(self.config.write_timeout())
    }

    /// When a callback that is pending now has had its time, whatever became of the connection meanwhile.
    #[must_use]
    pub fn callback_deadline(&self) -> Option<Instant> {
        self.instant(self.keepalive.callback_deadline(&self.config)?)
    }

    fn lifetime_deadline(&self) -> Option<Moment> {
        let limit = self.config.max_lifetime()?;
        self.is_open().then_some(Moment::START)?.after(limit)
    }
}
