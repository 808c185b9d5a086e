use crate::{Config, Timeout, moment::Moment, state::State};

/// Where the end of the connection stands, and since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CloseClock {
    #[default]
    Off,
    /// Our Close waits behind messages that are being written.
    Queued(Moment),
    /// Our Close is written, the peer's is awaited.
    Answer(Moment),
    /// The last frames, our Close among them, are being written.
    Flush(Moment),
    /// All is written, the end of the transport is awaited.
    Linger(Moment),
}

/// How much of what there is to say is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    All,
    Part,
}

impl CloseClock {
    pub(crate) fn deadline(self, config: &Config) -> Option<Moment> {
        match self {
            CloseClock::Off => None,
            CloseClock::Queued(since) => since.after(config.write_timeout()),
            CloseClock::Answer(since) | CloseClock::Flush(since) => {
                since.after(config.close_timeout())
            }
            CloseClock::Linger(since) => since.after(config.linger()),
        }
    }

    /// The clock of a connection that is in `state` now; a clock that runs is not started anew.
    pub(crate) fn moved_on(self, state: State, written: Written, now: Moment) -> Self {
        match (state, written, self) {
            (State::Open | State::Over, _, _) => CloseClock::Off,
            (State::Closing, _, clock @ CloseClock::Answer(_)) => clock,
            (State::Closing, Written::All, _) => CloseClock::Answer(now),
            (State::Closing, Written::Part, clock @ CloseClock::Queued(_)) => clock,
            (State::Closing, Written::Part, _) => CloseClock::Queued(now),
            (State::Ending, _, clock @ CloseClock::Linger(_)) => clock,
            (State::Ending, Written::All, _) => CloseClock::Linger(now),
            (State::Ending, Written::Part, clock @ CloseClock::Flush(_)) => clock,
            (State::Ending, Written::Part, _) => CloseClock::Flush(now),
        }
    }

    /// Since when the peer's answer is awaited.
    pub(crate) fn answer(self) -> Option<Moment> {
        match self {
            CloseClock::Answer(since) => Some(since),
            CloseClock::Off
            | CloseClock::Queued(_)
            | CloseClock::Flush(_)
            | CloseClock::Linger(_) => None,
        }
    }

    /// The limit that was broken when the deadline has passed.
    pub(crate) fn timeout(self) -> Timeout {
        match self {
            CloseClock::Off | CloseClock::Answer(_) | CloseClock::Flush(_) => Timeout::Close,
            CloseClock::Queued(_) => Timeout::Write,
            CloseClock::Linger(_) => Timeout::Linger,
        }
    }
}
