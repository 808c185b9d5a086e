use std::{fmt, time::Duration};

use ws_connection::Overrun;

/// A limit of the server's for which it ended a connection; those of the protocol are told as
/// [`Cause::Protocol`](crate::Cause::Protocol), most times as [`Cause::Timeout`](crate::Cause::Timeout).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// The peer did not read as fast as it was sent to, or a callback sent more at a stretch than may
    /// wait, and it was to be closed then
    /// ([`Overflow::Close`](crate::Overflow::Close)).
    WriteQueue {
        /// Bytes that waited to be written.
        queued: usize,
        /// Bytes at which no more are taken.
        limit: usize,
    },
    /// It was open for as long as a connection may be.
    Lifetime {
        /// How long that is.
        limit: Duration,
    },
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::WriteQueue { queued, limit } => write!(
                f,
                "{queued} bytes wait to be written to the peer, less than {limit} are allowed"
            ),
            Limit::Lifetime { limit } => {
                write!(f, "it was open for {limit:?}, as long as it may be")
            }
        }
    }
}

impl From<Overrun> for Limit {
    fn from(Overrun { queued, limit }: Overrun) -> Self {
        Limit::WriteQueue { queued, limit }
    }
}
