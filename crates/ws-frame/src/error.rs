use core::{error::Error, fmt};

use crate::{CloseCode, Opcode};

/// The bytes of a frame header that may not be, or the request for such a header.
///
/// All of them are violations of the protocol: an endpoint that sees one fails the connection with
/// [`CloseCode::PROTOCOL_ERROR`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// An opcode without a meaning: 3-7 or B-F (RFC 6455 section 5.2).
    ReservedOpcode(u8),
    /// The length does not stand in the shortest form (RFC 6455 section 5.2).
    LengthNotMinimal {
        /// The form that was used.
        encoded_in: LengthForm,
        /// The length of the payload, in bytes, which has a shorter form.
        len: u64,
    },
    /// A 64-bit length with its most significant bit set (RFC 6455 section 5.2).
    LengthTopBitSet(u64),
    /// A control frame with a payload of more than 125 bytes (RFC 6455 section 5.5).
    ControlTooLong {
        /// Which control frame: close, ping or pong.
        opcode: Opcode,
        /// The length in bytes. From [`FrameHeader::decode`](crate::FrameHeader::decode) it is the
        /// seven-bit length field, 126 or 127, since the frame is refused before its real length is
        /// read.
        len: u64,
    },
    /// A control frame with FIN = 0 (RFC 6455 section 5.5).
    ControlFragmented(Opcode),
}

/// The two longer forms of a payload length (RFC 6455 section 5.2).
///
/// The RFC completes this list, so the enum is exhaustive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LengthForm {
    /// Behind a length field of 126: for 126 to 65,535 bytes.
    Bits16,
    /// Behind a length field of 127: for 65,536 to 2^63 - 1 bytes.
    Bits64,
}

impl FrameError {
    /// The code to fail the connection with: [`CloseCode::PROTOCOL_ERROR`] for all of them.
    #[must_use]
    pub const fn close_code(&self) -> CloseCode {
        match self {
            Self::ReservedOpcode(_)
            | Self::LengthNotMinimal { .. }
            | Self::LengthTopBitSet(_)
            | Self::ControlTooLong { .. }
            | Self::ControlFragmented(_) => CloseCode::PROTOCOL_ERROR,
        }
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedOpcode(bits) => {
                write!(
                    f,
                    "reserved opcode {bits:#x}, only 0x0, 0x1, 0x2, 0x8, 0x9 and 0xa are defined"
                )
            }
            Self::LengthNotMinimal {
                encoded_in: LengthForm::Bits16,
                len,
            } => {
                write!(
                    f,
                    "payload length {len} encoded in 16 bits, which are for 126 to 65535 bytes"
                )
            }
            Self::LengthNotMinimal {
                encoded_in: LengthForm::Bits64,
                len,
            } => {
                write!(
                    f,
                    "payload length {len} encoded in 64 bits, which are for 65536 bytes or more"
                )
            }
            Self::LengthTopBitSet(len) => {
                write!(
                    f,
                    "payload length {len:#x} with its top bit set, at most 2^63 - 1 is allowed"
                )
            }
            Self::ControlTooLong { opcode, len } => {
                write!(
                    f,
                    "{opcode} frame with a payload length of {len}, at most 125 bytes are allowed"
                )
            }
            Self::ControlFragmented(opcode) => {
                write!(
                    f,
                    "{opcode} frame without FIN, only data frames may be fragmented"
                )
            }
        }
    }
}

impl Error for FrameError {}

/// The payload of a close frame that may not be (RFC 6455 section 5.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClosePayloadError {
    /// One byte: "the first two bytes of the body MUST be a 2-byte unsigned integer" (section
    /// 5.5.1).
    TooShort,
    /// A code that may not travel (section 7.4); [`CloseCode`] lists those that may.
    InvalidCode(u16),
    /// A reason that is not UTF-8 (section 5.5.1).
    InvalidReason(Utf8Error),
    /// This many bytes, more than the 125 that a control frame may carry (section 5.5).
    TooLong(usize),
}

impl ClosePayloadError {
    /// The code to fail the connection with: [`CloseCode::INVALID_PAYLOAD`] for a bad reason (RFC
    /// 6455 section 8.1), [`CloseCode::PROTOCOL_ERROR`] for the rest.
    #[must_use]
    pub const fn close_code(&self) -> CloseCode {
        match self {
            Self::TooShort | Self::InvalidCode(_) | Self::TooLong(_) => CloseCode::PROTOCOL_ERROR,
            Self::InvalidReason(_) => CloseCode::INVALID_PAYLOAD,
        }
    }
}

impl fmt::Display for ClosePayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort => f.write_str("close payload of 1 byte, a status code takes 2"),
            Self::InvalidCode(code) => {
                write!(f, "close payload with an {}", InvalidCloseCode(*code))
            }
            Self::InvalidReason(error) => write!(f, "close reason: {error}"),
            Self::TooLong(len) => {
                write!(f, "close payload of {len} bytes, at most 125 are allowed")
            }
        }
    }
}

impl Error for ClosePayloadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::InvalidReason(error) => Some(error),
            Self::TooShort | Self::InvalidCode(_) | Self::TooLong(_) => None,
        }
    }
}

/// A number that is not a [`CloseCode`]: it may not travel in a close frame (RFC 6455 section 7.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidCloseCode(pub(crate) u16);

impl InvalidCloseCode {
    /// The number that was refused.
    #[must_use]
    pub const fn get(&self) -> u16 {
        self.0
    }
}

impl fmt::Display for InvalidCloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "invalid status code {}, only 1000-1003, 1007-1014 and 3000-4999 may be sent",
            self.0
        )
    }
}

impl Error for InvalidCloseCode {}

/// Bytes that are not UTF-8, or that end inside a character: an endpoint fails the connection with
/// [`CloseCode::INVALID_PAYLOAD`] (RFC 6455 section 8.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utf8Error(pub(crate) ());

impl fmt::Display for Utf8Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes that are not UTF-8, text must be")
    }
}

impl Error for Utf8Error {}
