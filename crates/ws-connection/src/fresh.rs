use crate::{Dropped, Kinds};

/// What a [`Sender`](crate::Sender) did since somebody last asked it, for who counts that of many
/// connections: see [`Sender::take_fresh`](crate::Sender::take_fresh).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fresh {
    /// Messages that were queued.
    pub messages: Kinds,
    /// Messages that were sent in vain.
    pub dropped: Dropped,
    /// Pings that have begun to leave, those of the keepalive too.
    pub pings: u64,
    /// Pongs that have begun to leave.
    pub pongs: u64,
}
