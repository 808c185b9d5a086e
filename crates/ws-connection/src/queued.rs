/// What it has cost to queue a message ([`Sender::send_with`](crate::Sender::send_with)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queued {
    /// Nothing: it is the last of those that wait.
    Last,
    /// The message that waited with the same key, in whose place it is.
    Replaced,
    /// Older messages that had not begun to leave, one with the same key among them or not.
    Displaced {
        /// How many.
        messages: usize,
    },
}
