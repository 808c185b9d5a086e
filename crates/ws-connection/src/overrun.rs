use std::fmt;

use ws_frame::{CloseCode, CloseFrame};

/// The limit of the queue for which a connection was closed ([`Overflow::Close`](crate::Overflow::Close)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Overrun {
    /// Bytes that waited to be written.
    pub queued: usize,
    /// Bytes at which no more are taken ([`Config::max_queue`](crate::Config::max_queue)).
    pub limit: usize,
}

impl Overrun {
    /// The Close that tells the peer.
    pub(crate) fn close_frame(self) -> CloseFrame {
        CloseFrame::new(CloseCode::POLICY_VIOLATION, self.to_string())
    }
}

impl fmt::Display for Overrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { queued, limit } = self;
        write!(
            f,
            "{queued} bytes wait to be written to you, less than {limit} are allowed"
        )
    }
}
