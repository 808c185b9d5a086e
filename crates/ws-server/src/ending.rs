use std::io;

use ws_connection::{ProtocolError, Timeout};
use ws_handler::Panic;

/// Why a connection's loop ended. The rare ones are boxed: every await keeps room for one.
#[derive(Debug)]
pub(crate) enum Ending {
    /// All is said: both sides closed, or our last word is written.
    Done,
    Protocol(Box<ProtocolError>),
    Panic(Box<Panic>),
    Timeout(Timeout),
    Transport(io::Error),
    Abort,
}
