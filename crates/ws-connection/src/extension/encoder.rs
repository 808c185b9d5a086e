use std::fmt;

use crate::Message;

/// The sending half of an [`Extension`](crate::Extension).
pub trait Encoder: fmt::Debug + Send {
    /// The payload of this message in its other form; `None` leaves it in its own.
    fn encode(&mut self, message: &Message<'_>) -> Option<Vec<u8>>;

    /// A message in the other form leaves now that [`encode`](Self::encode) has not made: what is
    /// remembered of earlier messages no longer is what the peer remembers.
    fn skip(&mut self);
}
