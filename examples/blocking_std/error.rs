//! What can go wrong.

use std::{fmt, io};

use rand::rngs::SysError;
use ws_connection::{ProtocolError, Timeout};
use ws_deflate::AnswerError;
use ws_handshake::{BuildError, RequestError, ResponseError};

/// Why a connection did not come to its regular end.
#[derive(Debug)]
pub(crate) enum Error {
    /// There is nobody at this address.
    Connect { to: String, error: io::Error },
    /// We cannot listen at this address.
    Listen { at: String, error: io::Error },
    /// The system has no random bytes.
    Random(SysError),
    /// What was asked for cannot be sent.
    Build(BuildError),
    /// The opening handshake broke off.
    Opening(io::Error),
    /// The server refused, or is none.
    Response(ResponseError),
    /// The server's answer about compression is none to what was offered.
    Deflate(AnswerError),
    /// The client asked for something else than a WebSocket, or wrongly.
    Request(RequestError),
    /// The peer broke the protocol or a limit.
    Protocol(ProtocolError),
    /// The peer took too long.
    Timeout(Timeout),
    /// The transport broke.
    Transport(io::Error),
    /// The peer ended the transport without a Close.
    NoClose,
    /// What came could not be printed.
    Output(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect { to, error } => write!(f, "cannot connect to {to}: {error}"),
            Self::Listen { at, error } => write!(f, "cannot listen at {at}: {error}"),
            Self::Random(error) => write!(f, "the system has no random bytes: {error}"),
            Self::Build(error) => error.fmt(f),
            Self::Opening(error) => write!(f, "the opening handshake broke off: {error}"),
            Self::Response(error) => error.fmt(f),
            Self::Deflate(error) => error.fmt(f),
            Self::Request(error) => error.fmt(f),
            Self::Protocol(error) => error.fmt(f),
            Self::Timeout(timeout) => timeout.fmt(f),
            Self::Transport(error) => write!(f, "the connection broke: {error}"),
            Self::NoClose => f.write_str("the peer ended the connection without a close frame"),
            Self::Output(error) => write!(f, "standard output: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<SysError> for Error {
    fn from(error: SysError) -> Self {
        Self::Random(error)
    }
}

impl From<AnswerError> for Error {
    fn from(error: AnswerError) -> Self {
        Self::Deflate(error)
    }
}

impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

impl From<ResponseError> for Error {
    fn from(error: ResponseError) -> Self {
        Self::Response(error)
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl From<Timeout> for Error {
    fn from(timeout: Timeout) -> Self {
        Self::Timeout(timeout)
    }
}
