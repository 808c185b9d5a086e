use std::{num::NonZeroU32, time::Duration};

use crate::{Config, moment::Moment};

/// Finds a peer that is gone without a word: a ping after silence, then any byte counts as life.
#[derive(Debug, Default)]
pub(crate) struct Keepalive {
    /// The last byte of the peer, or the start; in a pause its beginning.
    heard: Moment,
    /// When the newest ping was queued, if there was one; it carries the number of pings so far.
    pinged: Moment,
    round_trip: Option<NonZeroU32>,
    pings: u16,
    phase: Phase,
    /// The newest ping's own pong has not come.
    unanswered: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Listening,
    /// Nothing was heard since the newest ping.
    Waiting,
    /// While reading is paused a pong could not be seen, so the clock stands.
    Paused,
    /// The same for a callback, since `heard`.
    InCallback,
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
    pub(crate) fn hear(&mut self, now: Moment) {
        self.heard = now;
        self.phase = Phase::Listening;
    }

    pub(crate) fn pause(&mut self, now: Moment) {
        if !self.is_paused() {
            self.heard = now;
            self.phase = Phase::Paused;
        }
    }

    pub(crate) fn pause_for_callback(&mut self, now: Moment) {
        self.heard = now;
        self.phase = Phase::InCallback;
    }

    /// Ends a pause; when it began, if there was one.
    pub(crate) fn resume(&mut self, now: Moment) -> Option<Moment> {
        let paused = self.is_paused().then_some(self.heard)?;
        self.hear(now);
        Some(paused)
    }

    pub(crate) fn is_paused(&self) -> bool {
        matches!(self.phase, Phase::Paused | Phase::InCallback)
    }

    /// Measures the round trip when `payload` answers our newest ping.
    pub(crate) fn pong(&mut self, now: Moment, payload: &[u8]) {
        if self.unanswered && payload == self.payload() {
            self.unanswered = false;
            let micros = now.since(self.pinged).as_nanos().div_ceil(1_000);
            let micros = u32::try_from(micros).unwrap_or(u32::MAX);
            self.round_trip = NonZeroU32::new(micros.max(1));
        }
    }

    pub(crate) fn round_trip(&self) -> Option<Duration> {
        let micros = self.round_trip?.get();
        Some(Duration::from_micros(micros.into()))
    }

    fn payload(&self) -> [u8; 4] {
        u32::from(self.pings).to_be_bytes()
    }

    pub(crate) fn deadline(&self, config: &Config) -> Option<Moment> {
        match self.phase {
            Phase::Listening => self.heard.after(config.ping_interval()?),
            Phase::Waiting => self.pinged.after(config.pong_timeout()),
            Phase::Paused => None,
            Phase::InCallback => self.callback_deadline(config),
        }
    }

    pub(crate) fn callback_deadline(&self, config: &Config) -> Option<Moment> {
        match self.phase {
            Phase::InCallback => self.heard.after(config.callback_timeout()?),
            Phase::Listening | Phase::Waiting | Phase::Paused => None,
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Moment, config: &Config) -> Due {
        if self.deadline(config).is_none_or(|deadline| now < deadline) {
            return Due::Nothing;
        }
        match self.phase {
            Phase::Listening => {
                self.pings = self.pings.wrapping_add(1);
                self.pinged = now;
                self.phase = Phase::Waiting;
                self.unanswered = true;
                Due::Ping(self.payload())
            }
            Phase::Waiting => Due::Dead,
            // A mere pause has no deadline.
            Phase::Paused | Phase::InCallback => Due::CallbackOverdue,
        }
    }
}
