use crate::Overflow;

/// How one message is sent, where it is not sent as any other.
///
/// ```
/// use std::time::Instant;
/// use bytes::Buf;
/// use ws_connection::{Batch, Config, Queued, SendOptions, Sender};
///
/// // Of each share a slow reader gets the newest price.
/// let share = |number| SendOptions::default().with_key(number);
/// let mut sender = Sender::server(Config::default());
/// sender.send_with("A 17", share(1))?;
/// sender.send_with("B 30", share(2))?;
/// assert_eq!(sender.send_with("A 18", share(1))?, Queued::Replaced);
///
/// let mut batch = Batch::default();
/// sender.transmit(Instant::now(), &mut batch);
/// assert_eq!(batch.chunk(), b"\x81\x04A 18\x81\x04B 30");
/// # Ok::<(), ws_connection::SendError<'static>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SendOptions {
    overflow: Option<Overflow>,
    key: Option<u64>,
}

impl SendOptions {
    /// Bytes by which a message that may give way counts more than its payload in
    /// [`Sender::queued`](crate::Sender::queued), while it waits: for its header, and for what it takes
    /// of memory because it is kept apart from others.
    pub const CHARGE: usize = 192;

    /// As all others.
    pub(crate) const NONE: Self = Self {
        overflow: None,
        key: None,
    };

    /// What gives way when the queue is full; what
    /// [`Config::overflow`](crate::Config::overflow) says by default.
    #[must_use]
    pub fn with_overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = Some(overflow);
        self
    }

    /// Takes the place of the waiting message of this connection with the same key, if it has not
    /// begun to leave, however short the queue is (conflation). At the limit of the queue it still
    /// does where the queue does not become longer, or is below the limit without the old one; else
    /// [`overflow`](Self::overflow) says what gives way.
    #[must_use]
    pub fn with_key(mut self, key: u64) -> Self {
        self.key = Some(key);
        self
    }

    /// See [`with_overflow`](Self::with_overflow).
    #[must_use]
    pub fn overflow(&self) -> Option<Overflow> {
        self.overflow
    }

    /// See [`with_key`](Self::with_key).
    #[must_use]
    pub fn key(&self) -> Option<u64> {
        self.key
    }

    /// Whether such a message may give way to a later one, so that no other may refer to it, where the
    /// settings say so of those that say nothing.
    #[inline]
    #[must_use]
    pub fn gives_way(&self, default: Overflow) -> bool {
        self.key.is_some() || self.overflow.unwrap_or(default) == Overflow::DropOldest
    }
}
