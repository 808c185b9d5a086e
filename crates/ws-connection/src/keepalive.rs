use std::time::{Duration, Instant};

use crate::Config;

/// Finds a peer that is gone without a word: a ping after silence, then any byte counts as life.
#[derive(Debug, Default)]
pub(crate) struct Keepalive {
    /// The last byte of the peer, or the start; `None` before the clock was ever told.
    heard: Option<Instant>,
    /// When the newest ping was queued; it carries the number of pings so far.
    pinged: Option<Instant>,
    pings: u32,
    /// Nothing was heard since the newest ping.
    waiting: bool,
    /// The newest ping's own pong has not come.
    unanswered: bool,
    /// While reading is paused a pong could not be seen, so the clock stands.
    paused: bool,
    /// The pause is for a callback, since `heard`.
    in_callback: bool,
    round_trip: Option<Duration>,
}

/// What the clock asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Nothing,
    Ping([u8; 4]),
    Dead,
    CallbackOverdue,
}

impl Keepalive {
    pub(crate) fn start(&mut self, now: Instant) {
        self.heard.get_or_insert(now);
    }

    pub(crate) fn hear(&mut self, now: Instant) {
        self.heard = Some(now);
        self.waiting = false;
        self.paused = false;
        self.in_callback = false;
    }

    pub(crate) fn pause(&mut self) {
        self.paused = true;
    }

    pub(crate) fn pause_for_callback(&mut self, now: Instant) {
        self.heard = Some(now);
        self.paused = true;
        self.in_callback = true;
    }

    /// Whether there was a pause to end.
    pub(crate) fn resume(&mut self, now: Instant) -> bool {
        let was_paused = self.paused;
        if was_paused {
            self.hear(now);
        }
        was_paused
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused
    }

    /// Measures the round trip when `payload` answers our newest ping.
    pub(crate) fn pong(&mut self, now: Instant, payload: &[u8]) {
        if self.unanswered && payload == self.pings.to_be_bytes() {
            self.unanswered = false;
            let sent = self.pinged;
            self.round_trip = sent.map(|sent| now.saturating_duration_since(sent));
        }
    }

    pub(crate) fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    pub(crate) fn deadline(&self, config: &Config) -> Option<Instant> {
        if self.in_callback {
            return self.callback_deadline(config);
        }
        let interval = config.ping_interval()?;
        if self.paused {
            return None;
        }
        let (since, wait) = match self.waiting {
            true => (self.pinged?, config.pong_timeout()),
            false => (self.heard?, interval),
        };
        since.checked_add(wait)
    }

    pub(crate) fn callback_deadline(&self, config: &Config) -> Option<Instant> {
        let since = self.heard.filter(|_| self.in_callback)?;
        since.checked_add(config.callback_timeout()?)
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant, config: &Config) -> Due {
        if self.deadline(config).is_none_or(|deadline| now < deadline) {
            return Due::Nothing;
        }
        if self.in_callback {
            return Due::CallbackOverdue;
        }
        if self.waiting {
            return Due::Dead;
        }
        self.pings = self.pings.wrapping_add(1);
        self.pinged = Some(now);
        self.waiting = true;
        self.unanswered = true;
        Due::Ping(self.pings.to_be_bytes())
    }
}
