use crate::Tally;

/// Messages that were sent in vain, because too much waited to be written already: see
/// [`Overflow`](crate::Overflow).
///
/// ```
/// use ws_connection::{Config, SendOptions, Sender, Tally};
///
/// let mut sender = Sender::server(Config::default());
/// for price in ["17", "18", "19"] {
///     sender.send_with(price, SendOptions::default().with_key(7))?;
/// }
/// assert_eq!(sender.dropped().conflated, Tally { messages: 2, bytes: 4 });
/// # Ok::<(), ws_connection::SendError<'static>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// Refused because the queue was full. Who got one back may have sent it again.
    pub newest: Tally,
    /// Queued, and dropped for newer ones when the queue was full.
    pub oldest: Tally,
    /// Queued, and replaced by a newer one with the same key.
    pub conflated: Tally,
}

impl Dropped {
    /// What came to it since it was `earlier`.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            newest: self.newest.since(earlier.newest),
            oldest: self.oldest.since(earlier.oldest),
            conflated: self.conflated.since(earlier.conflated),
        }
    }
}
