use std::time::Duration;

use ws_connection::{Dropped, Receiver, Sender, Tally};

/// What a connection did while it was open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// From the answer to the opening handshake until the end was known.
    pub duration: Duration,
    /// Messages that were received whole.
    pub received: Tally,
    /// Messages that were queued; where the end was not [clean](crate::CloseInfo::is_clean), not all
    /// of them may have left.
    pub sent: Tally,
    /// Messages that were sent in vain because too much waited to be written already.
    pub dropped: Dropped,
    /// The round trip of the newest keepalive ping that was answered.
    pub round_trip: Option<Duration>,
}

impl Record {
    /// Of a connection that was open so long, with these halves.
    #[must_use]
    pub fn new(duration: Duration, receiver: &Receiver, sender: &Sender) -> Self {
        Self {
            duration,
            received: receiver.received(),
            sent: sender.sent(),
            dropped: sender.dropped(),
            round_trip: sender.round_trip(),
        }
    }
}
