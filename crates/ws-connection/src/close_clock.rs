use std::time::Instant;

use crate::{Config, Timeout, state::State};

/// Where the end of the connection stands, and since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CloseClock {
    #[default]
    Off,
    /// Our Close is written, the peer's is awaited.
    Answer(Instant),
    /// The last frames, our Close among them, are being written.
    Flush(Instant),
    /// All is written, the end of the transport is awaited.
    Linger(Instant),
}

/// How much of what there is to say is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    All,
    Part,
}

impl CloseClock {
    pub(crate) fn deadline(self, config: &Config) -> Option<Instant> {
        match self {
            CloseClock::Off => None,
            CloseClock::Answer(since) | CloseClock::Flush(since) => {
                since.checked_add(config.close_timeout())
            }
            CloseClock::Linger(since) => since.checked_add(config.linger()),
        }
    }

    /// The clock of a connection that is in `state` now; a clock that runs is not started anew.
    pub(crate) fn moved_on(self, state: State, written: Written, now: Instant) -> Self {
        match (state, written, self) {
            (State::Open | State::Over, _, _) => CloseClock::Off,
            (State::Closing, Written::All, CloseClock::Off) => CloseClock::Answer(now),
            (State::Closing, _, clock) => clock,
            (State::Ending, _, clock @ CloseClock::Linger(_)) => clock,
            (State::Ending, Written::All, _) => CloseClock::Linger(now),
            (State::Ending, Written::Part, clock @ CloseClock::Flush(_)) => clock,
            (State::Ending, Written::Part, _) => CloseClock::Flush(now),
        }
    }

    /// The limit that was broken when the deadline has passed.
    pub(crate) fn timeout(self) -> Timeout {
        match self {
            CloseClock::Off | CloseClock::Answer(_) | CloseClock::Flush(_) => Timeout::Close,
            CloseClock::Linger(_) => Timeout::Linger,
        }
    }
}
