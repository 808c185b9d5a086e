use ws_frame::CloseFrame;

use crate::Message;

/// What [`Receiver`](crate::Receiver)'s step found; the event is made of it once no borrow is in the way.
pub(crate) enum Step<'i> {
    NeedMore,
    Whole(Message<'i>),
    Assembled,
    Ping(&'i [u8]),
    AssembledPing,
    Pong(&'i [u8]),
    AssembledPong,
    Close(Option<CloseFrame>),
}
