use ws_frame::CloseFrame;

use crate::Message;

/// What the peer did, as the [`Receiver`](crate::Receiver) tells it.
///
/// Hand control events to [`Sender::on_event`](crate::Sender::on_event), which answers them.
#[derive(Debug)]
pub enum Event<'a> {
    /// A whole message, checked and unmasked (RFC 6455 5.6).
    Message(Message<'a>),
    /// A ping with its payload of at most 125 bytes (RFC 6455 5.5.2).
    Ping(&'a [u8]),
    /// A pong with its payload of at most 125 bytes, asked for or not (RFC 6455 5.5.3).
    Pong(&'a [u8]),
    /// The peer's Close; `None` when it named no status code (RFC 6455 5.5.1). Nothing the peer
    /// sends afterwards becomes an event.
    Close(Option<CloseFrame>),
}
