use std::io;

use ws_connection::{ProtocolError, Timeout};
use ws_handler::Panic;

/// Why a connection's loop ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// All is said: both sides closed, or our last word is written.
    Done,
    Protocol(ProtocolError),
    Panic(Panic),
    Timeout(Timeout),
    Transport(io::Error),
    Abort,
}
