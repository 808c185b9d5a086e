use std::{error::Error, fmt};

use ws_frame::{CloseCode, CloseFrame, ClosePayloadError, FrameError, Opcode, Rsv};

use crate::{ExtensionError, Message};

/// The peer broke the protocol or a limit. The connection fails: [`Sender::fail`](crate::Sender::fail)
/// sends [`close_code`](Self::close_code), and nothing more is received.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtocolError {
    /// A frame header that RFC 6455 5.2 or 5.5 forbids.
    Frame(FrameError),
    /// Reserved bits that no extension has given a meaning on such a frame (RFC 6455 5.2).
    ReservedBits(Rsv),
    /// A frame of a client without a mask (RFC 6455 5.1).
    MaskMissing,
    /// A frame of a server with a mask (RFC 6455 5.1).
    MaskUnexpected,
    /// A continuation frame with no message to continue (RFC 6455 5.4).
    UnexpectedContinuation,
    /// A new message while another one is unfinished (RFC 6455 5.4).
    UnfinishedMessage(Opcode),
    /// Text that is not UTF-8 (RFC 6455 8.1).
    InvalidUtf8,
    /// The payload of a Close is malformed (RFC 6455 5.5.1, 7.4).
    ClosePayload(ClosePayloadError),
    /// A data frame above [`Config::max_frame`](crate::Config::max_frame).
    FrameTooBig {
        /// Bytes announced.
        len: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// A message above [`Config::max_message`](crate::Config::max_message).
    MessageTooBig {
        /// Bytes announced, earlier fragments included.
        len: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// A message that an extension brings above [`Config::max_message`](crate::Config::max_message).
    DecodedTooBig {
        /// Bytes allowed.
        limit: u64,
    },
    /// A payload with which an extension can do nothing.
    ///
    /// ```
    /// use ws_connection::{ExtensionError, ProtocolError};
    /// use ws_frame::CloseCode;
    ///
    /// let what = ExtensionError::new(CloseCode::INVALID_PAYLOAD, "no full stop at the end");
    /// assert_eq!(what.close_code(), CloseCode::INVALID_PAYLOAD);
    ///
    /// let error = ProtocolError::from(what);
    /// assert_eq!(error.close_code(), CloseCode::INVALID_PAYLOAD);
    /// assert_eq!(error.to_string(), "no full stop at the end");
    /// ```
    Extension(ExtensionError),
    /// More empty continuation frames in a row than
    /// [`Config::max_empty_fragments`](crate::Config::max_empty_fragments).
    EmptyFragments {
        /// Frames allowed.
        limit: u32,
    },
    /// An unfinished message above [`Config::max_cost`](crate::Config::max_cost).
    TooCostly {
        /// Its bytes and frames, those announced included.
        cost: u64,
        /// Bytes and frames allowed.
        limit: u64,
    },
}

impl ProtocolError {
    /// The status code that tells the peer (RFC 6455 7.4.1). This is the only map from errors to
    /// the wire.
    #[must_use]
    pub fn close_code(&self) -> CloseCode {
        match self {
            Self::Frame(error) => error.close_code(),
            Self::ClosePayload(error) => error.close_code(),
            Self::ReservedBits(_)
            | Self::MaskMissing
            | Self::MaskUnexpected
            | Self::UnexpectedContinuation
            | Self::UnfinishedMessage(_) => CloseCode::PROTOCOL_ERROR,
            Self::InvalidUtf8 => CloseCode::INVALID_PAYLOAD,
            Self::FrameTooBig { .. } | Self::MessageTooBig { .. } | Self::DecodedTooBig { .. } => {
                CloseCode::MESSAGE_TOO_BIG
            }
            Self::Extension(error) => error.close_code(),
            Self::EmptyFragments { .. } | Self::TooCostly { .. } => CloseCode::POLICY_VIOLATION,
        }
    }

    /// The Close frame that tells the peer: the code and this error's sentence.
    #[must_use]
    pub fn close_frame(&self) -> CloseFrame {
        CloseFrame::new(self.close_code(), self.to_string())
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(error) => error.fmt(f),
            Self::ReservedBits(bits) => {
                write!(
                    f,
                    "{bits} set, where no extension was agreed on that uses it"
                )
            }
            Self::MaskMissing => f.write_str("unmasked frame, but a client must mask every frame"),
            Self::MaskUnexpected => f.write_str("masked frame, but a server must not mask"),
            Self::UnexpectedContinuation => {
                f.write_str("continuation frame, but there is no unfinished message to continue")
            }
            Self::UnfinishedMessage(opcode) => write!(
                f,
                "{opcode} frame inside an unfinished message, where only continuation and control frames may come"
            ),
            Self::InvalidUtf8 => f.write_str("text message is not valid UTF-8"),
            Self::ClosePayload(error) => error.fmt(f),
            Self::FrameTooBig { len, limit } => {
                write!(f, "frame of {len} bytes, at most {limit} are allowed")
            }
            Self::MessageTooBig { len, limit } => {
                write!(f, "message of {len} bytes, at most {limit} are allowed")
            }
            Self::DecodedTooBig { limit } => {
                write!(
                    f,
                    "message that becomes longer than the {limit} bytes that are allowed"
                )
            }
            Self::Extension(error) => error.fmt(f),
            Self::EmptyFragments { limit } => {
                write!(f, "more than {limit} empty continuation frames in a row")
            }
            Self::TooCostly { cost, limit } => write!(
                f,
                "message of {cost} bytes and frames together, at most {limit} are allowed"
            ),
        }
    }
}

impl Error for ProtocolError {}

impl From<FrameError> for ProtocolError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

impl From<ExtensionError> for ProtocolError {
    fn from(error: ExtensionError) -> Self {
        Self::Extension(error)
    }
}

impl From<ClosePayloadError> for ProtocolError {
    fn from(error: ClosePayloadError) -> Self {
        Self::ClosePayload(error)
    }
}

/// A message was not taken for sending; it comes back.
#[derive(Debug)]
#[non_exhaustive]
pub enum SendError<'a> {
    /// The write queue is at [`Config::max_queue`](crate::Config::max_queue): the peer does not
    /// read as fast as it is sent to.
    Full(Message<'a>),
    /// A Close was sent or received, or the connection failed.
    Closed(Message<'a>),
}

impl<'a> SendError<'a> {
    /// The message that was not sent.
    #[must_use]
    pub fn into_message(self) -> Message<'a> {
        match self {
            Self::Full(message) | Self::Closed(message) => message,
        }
    }

    /// The error without a borrow; copies what was borrowed.
    #[must_use]
    pub fn into_owned(self) -> SendError<'static> {
        match self {
            Self::Full(message) => SendError::Full(message.into_owned()),
            Self::Closed(message) => SendError::Closed(message.into_owned()),
        }
    }
}

impl fmt::Display for SendError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str("message not sent: the write queue is full"),
            Self::Closed(_) => f.write_str("message not sent: the connection is closing"),
        }
    }
}

impl Error for SendError<'_> {}

/// A ping was not taken for sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PingError {
    /// The payload is longer than the 125 bytes of a control frame (RFC 6455 5.5).
    TooLong {
        /// Bytes given.
        len: usize,
    },
    /// 32 pings wait to be written already.
    Full,
    /// A Close was sent or received, or the connection failed.
    Closed,
}

impl fmt::Display for PingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { len } => {
                write!(f, "ping payload of {len} bytes, at most 125 are allowed")
            }
            Self::Full => f.write_str("ping not sent: 32 of them wait to be written"),
            Self::Closed => f.write_str("ping not sent: the connection is closing"),
        }
    }
}

impl Error for PingError {}
