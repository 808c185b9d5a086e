use std::time::{Duration, Instant};

use crate::Config;

/// Finds a peer that is gone without a word: a ping after silence, then any byte counts as life.
#[derive(Debug, Default)]
pub(crate) struct Keepalive {
    /// The last byte of the peer, or the start; `None` before the clock was ever told.
    heard: Option<Instant>,
    /// Since when an answer to our ping, of whatever kind, is waited for.
    waiting: Option<Instant>,
    /// The newest ping and when it was queued, until its own pong has come.
    ping: Option<(u64, Instant)>,
    pings: u64,
    round_trip: Option<Duration>,
    /// While reading is paused a pong could not be seen, so the clock stands.
    paused: bool,
}

/// What the clock asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Nothing,
    Ping([u8; 8]),
    Dead,
}

impl Keepalive {
    pub(crate) fn start(&mut self, now: Instant) {
        self.heard.get_or_insert(now);
    }

    pub(crate) fn hear(&mut self, now: Instant) {
        self.heard = Some(now);
        self.waiting = None;
        self.paused = false;
    }

    pub(crate) fn pause(&mut self) {
        self.paused = true;
    }

    pub(crate) fn resume(&mut self, now: Instant) {
        if self.paused {
            self.hear(now);
        }
    }

    /// Measures the round trip when `payload` answers our newest ping.
    pub(crate) fn pong(&mut self, now: Instant, payload: &[u8]) {
        let Some((number, sent)) = self.ping else {
            return;
        };
        if payload == number.to_be_bytes() {
            self.round_trip = Some(now.saturating_duration_since(sent));
            self.ping = None;
        }
    }

    pub(crate) fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    pub(crate) fn deadline(&self, config: &Config) -> Option<Instant> {
        let interval = config.ping_interval()?;
        if self.paused {
            return None;
        }
        match self.waiting {
            Some(since) => since.checked_add(config.pong_timeout()),
            None => self.heard?.checked_add(interval),
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant, config: &Config) -> Due {
        if self.deadline(config).is_none_or(|deadline| now < deadline) {
            return Due::Nothing;
        }
        if self.waiting.is_some() {
            return Due::Dead;
        }
        self.pings += 1;
        self.waiting = Some(now);
        self.ping = Some((self.pings, now));
        Due::Ping(self.pings.to_be_bytes())
    }
}
