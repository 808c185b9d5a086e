use std::time::Instant;

use crate::{Config, Timeout};

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

    /// The limit that was broken when the deadline has passed.
    pub(crate) fn timeout(self) -> Timeout {
        match self {
            CloseClock::Off | CloseClock::Answer(_) | CloseClock::Flush(_) => Timeout::Close,
            CloseClock::Linger(_) => Timeout::Linger,
        }
    }
}
