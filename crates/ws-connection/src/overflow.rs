/// What gives way when a message is sent and [`Config::max_queue`](crate::Config::max_queue) bytes wait
/// already: the peer does not read as fast as it is sent to, or more was sent at a stretch than may
/// wait before anything was written.
///
/// Of all servers by [`Config::with_overflow`](crate::Config::with_overflow), of one message by
/// [`SendOptions::with_overflow`](crate::SendOptions::with_overflow).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overflow {
    /// The message itself: it is refused, and [`SendError::Full`](crate::SendError::Full) has it.
    #[default]
    DropNewest,
    /// The oldest of the waiting messages that were sent so, as many as it takes. What has begun to
    /// leave stays, as does what was sent otherwise; when the queue is full of that alone, nothing is
    /// dropped and the message itself comes back.
    DropOldest,
    /// The connection: it [fails](crate::Sender::fail_with) with 1008, and what has not begun to leave
    /// is dropped ([`Sender::overrun`](crate::Sender::overrun)).
    Close,
}
