use ws_connection::{Queued, SendError};

/// What became of a message given to [`Client::send`](crate::Client::send).
///
/// A callback may ignore it: a connection that is closing ends with
/// [`on_close`](crate::Handler::on_close) anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sent {
    /// It will be written, unless the connection breaks or fails before, or the peer closes and
    /// does not take it in time; or gives way to a later message, if it was sent so.
    Queued,
    /// Queued, in the place of the message that waited with the same key, which is lost.
    Replaced,
    /// Queued at the cost of older messages that had not begun to leave, which are lost: the write queue
    /// was at its hard limit.
    Displaced {
        /// How many.
        messages: usize,
    },
    /// It is lost: the write queue is at its hard limit.
    Dropped,
    /// It is lost: the connection is closing.
    Closed,
}

impl From<Queued> for Sent {
    fn from(queued: Queued) -> Self {
        match queued {
            Queued::Last => Sent::Queued,
            Queued::Replaced => Sent::Replaced,
            Queued::Displaced { messages } => Sent::Displaced { messages },
        }
    }
}

impl From<&SendError<'_>> for Sent {
    fn from(error: &SendError<'_>) -> Self {
        match error {
            SendError::Closed(_) => Sent::Closed,
            _ => Sent::Dropped,
        }
    }
}

impl From<Result<Queued, SendError<'_>>> for Sent {
    fn from(sent: Result<Queued, SendError<'_>>) -> Self {
        sent.map_or_else(|error| Sent::from(&error), Sent::from)
    }
}
