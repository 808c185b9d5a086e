/// Messages that went one way, and the bytes of their payloads in their own form: before an
/// extension encoded them, or after it decoded them.
///
/// ```
/// use ws_connection::{Config, Sender, Tally};
///
/// let mut sender = Sender::server(Config::default());
/// sender.send("hello")?;
/// assert_eq!(sender.sent(), Tally { messages: 1, bytes: 5 });
/// # Ok::<(), ws_connection::SendError<'static>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many messages.
    pub messages: u64,
    /// Bytes of all their payloads.
    pub bytes: u64,
}

impl Tally {
    #[inline]
    pub(crate) fn count(&mut self, len: usize) {
        self.messages += 1;
        self.bytes += len as u64;
    }

    /// What came to it since it was `earlier`.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            messages: self.messages - earlier.messages,
            bytes: self.bytes - earlier.bytes,
        }
    }
}
