//! What an echo server must not send.

use std::fmt;

/// A reply that an echo server must not send.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ReplyError {
    Masked,
    Reserved(u8),
    Opcode { seen: u8, expected: u8 },
    Length { seen: usize, expected: usize },
    Payload { at: usize },
    NotDeflate,
    Closed { code: Option<u16>, reason: String },
}

impl ReplyError {
    /// The server ended the connection with a frame of this payload.
    pub(crate) fn closed(payload: &[u8]) -> Self {
        match payload {
            [high, low, reason @ ..] => Self::Closed {
                code: Some(u16::from_be_bytes([*high, *low])),
                reason: String::from_utf8_lossy(reason).into_owned(),
            },
            [] | [_] => Self::Closed {
                code: None,
                reason: String::new(),
            },
        }
    }
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Masked => {
                f.write_str("the server sent a masked frame, which RFC 6455 5.1 forbids")
            }
            Self::Reserved(first) => {
                write!(f, "the server set a reserved bit: first byte {first:#04x}")
            }
            Self::Opcode { seen, expected } => {
                write!(f, "a reply has opcode {seen}, but {expected} was to come")
            }
            Self::Length { seen, expected } => {
                write!(f, "a reply has {seen} bytes, but {expected} were sent")
            }
            Self::Payload { at } => write!(f, "a reply differs from what was sent at byte {at}"),
            Self::NotDeflate => {
                f.write_str("a compressed reply is not DEFLATE data of a whole message")
            }
            Self::Closed {
                code: Some(code),
                reason,
            } => {
                write!(
                    f,
                    "the server closed the connection with code {code} {reason:?}"
                )
            }
            Self::Closed { code: None, .. } => {
                f.write_str("the server closed the connection without a code")
            }
        }
    }
}
