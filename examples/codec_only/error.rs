//! What can go wrong.

use std::{fmt, io, path::Path};

use ws_frame::{CloseCode, ClosePayloadError, FrameError, Opcode};

/// Why the frames cannot be listed to their end.
#[derive(Debug)]
pub(crate) enum Error {
    Io(io::Error),
    File {
        path: String,
        error: io::Error,
    },
    /// The transport ended inside a frame.
    Cut,
    /// A header that RFC 6455 forbids.
    Frame(FrameError),
    /// A Close whose payload RFC 6455 forbids.
    Close(ClosePayloadError),
    /// Text that is not UTF-8.
    Utf8,
    /// A continuation frame without a message to continue (RFC 6455 5.4).
    Unexpected,
    /// A message that begins inside another one (RFC 6455 5.4).
    Unfinished(Opcode),
    /// A frame above the limit.
    TooBig {
        len: u64,
        limit: u64,
    },
}

impl Error {
    pub(crate) fn file(path: &Path, error: io::Error) -> Self {
        let path = path.display().to_string();
        Self::File { path, error }
    }

    /// The status code that an endpoint would answer with (RFC 6455 7.4.1).
    pub(crate) fn close_code(&self) -> Option<CloseCode> {
        match self {
            Self::Io(_) | Self::File { .. } | Self::Cut => None,
            Self::Frame(error) => Some(error.close_code()),
            Self::Close(error) => Some(error.close_code()),
            Self::Utf8 => Some(CloseCode::INVALID_PAYLOAD),
            Self::Unexpected | Self::Unfinished(_) => Some(CloseCode::PROTOCOL_ERROR),
            Self::TooBig { .. } => Some(CloseCode::MESSAGE_TOO_BIG),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f)?,
            Self::File { path, error } => write!(f, "{path}: {error}")?,
            Self::Cut => f.write_str("the bytes end in the middle of a frame")?,
            Self::Frame(error) => error.fmt(f)?,
            Self::Close(error) => error.fmt(f)?,
            Self::Utf8 => f.write_str("text that is not UTF-8")?,
            Self::Unexpected => f.write_str("continuation frame, but there is no message")?,
            Self::Unfinished(opcode) => write!(f, "{opcode} frame inside an unfinished message")?,
            Self::TooBig { len, limit } => {
                write!(f, "frame of {len} bytes, at most {limit} are allowed")?;
            }
        }
        match self.close_code() {
            Some(code) => write!(f, " (an endpoint closes with {code})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<FrameError> for Error {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

impl From<ClosePayloadError> for Error {
    fn from(error: ClosePayloadError) -> Self {
        Self::Close(error)
    }
}
