use std::fmt;

/// A limit of the server's for which it ended a connection; those of the protocol are told as
/// [`Cause::Protocol`](crate::Cause::Protocol), most times as [`Cause::Timeout`](crate::Cause::Timeout).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// The peer did not read as fast as it was sent to, and the policy is to close then.
    WriteQueue {
        /// Bytes that waited to be written.
        queued: usize,
        /// Bytes from which on no more may wait.
        limit: usize,
    },
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::WriteQueue { queued, limit } => write!(
                f,
                "{queued} bytes wait to be read by the peer, at most {limit} are allowed"
            ),
        }
    }
}
