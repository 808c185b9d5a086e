use ws_connection::ProtocolError;
use ws_frame::{ClosePayloadError, FrameError};

/// What a peer can do wrong, one variant for each rule of RFC 6455 and each limit of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Violation {
    /// Opcodes 3-7 and B-F (5.2).
    ReservedOpcode,
    /// A control frame with FIN = 0 (5.5).
    ControlFragmented,
    /// A control frame that announces more than 125 bytes (5.5).
    ControlTooLong,
    /// A length that has a shorter form (5.2).
    LengthNotMinimal,
    /// A 64-bit length with its top bit set (5.2).
    LengthTopBit,
    /// An RSV bit, and no extension (5.2).
    ReservedBits,
    /// A client did not mask (5.1).
    MaskMissing,
    /// A server masked (5.1).
    MaskUnexpected,
    /// A continuation of nothing (5.4).
    UnexpectedContinuation,
    /// A new message inside another one (5.4).
    UnfinishedMessage,
    /// A text message that is not UTF-8 (8.1).
    InvalidText,
    /// A Close payload of one byte (5.5.1).
    CloseTooShort,
    /// A Close with a code that may not travel (7.4).
    CloseCode,
    /// A Close with a reason that is not UTF-8 (5.5.1, 8.1).
    CloseReason,
    /// A data frame above the limit of the endpoint.
    FrameTooBig,
    /// A message above the limit of the endpoint.
    MessageTooBig,
    /// Too many empty continuations in a row.
    EmptyFragments,
    /// A message of which the bytes and frames are too many together.
    TooCostly,
}

impl Violation {
    /// The status code to fail the connection with (RFC 6455 7.4.1).
    #[must_use]
    pub fn close_code(self) -> u16 {
        match self {
            Violation::InvalidText | Violation::CloseReason => 1007,
            Violation::EmptyFragments | Violation::TooCostly => 1008,
            Violation::FrameTooBig | Violation::MessageTooBig => 1009,
            Violation::ReservedOpcode
            | Violation::ControlFragmented
            | Violation::ControlTooLong
            | Violation::LengthNotMinimal
            | Violation::LengthTopBit
            | Violation::ReservedBits
            | Violation::MaskMissing
            | Violation::MaskUnexpected
            | Violation::UnexpectedContinuation
            | Violation::UnfinishedMessage
            | Violation::CloseTooShort
            | Violation::CloseCode => 1002,
        }
    }
}

/// # Panics
///
/// When the error is of a kind that this oracle does not know.
impl From<&ProtocolError> for Violation {
    fn from(error: &ProtocolError) -> Self {
        match error {
            ProtocolError::Frame(error) => frame_violation(error),
            ProtocolError::ClosePayload(error) => close_violation(error),
            ProtocolError::ReservedBits(_) => Violation::ReservedBits,
            ProtocolError::MaskMissing => Violation::MaskMissing,
            ProtocolError::MaskUnexpected => Violation::MaskUnexpected,
            ProtocolError::UnexpectedContinuation => Violation::UnexpectedContinuation,
            ProtocolError::UnfinishedMessage(_) => Violation::UnfinishedMessage,
            ProtocolError::InvalidUtf8 => Violation::InvalidText,
            ProtocolError::FrameTooBig { .. } => Violation::FrameTooBig,
            ProtocolError::MessageTooBig { .. } => Violation::MessageTooBig,
            ProtocolError::EmptyFragments { .. } => Violation::EmptyFragments,
            ProtocolError::TooCostly { .. } => Violation::TooCostly,
            other => panic!("unknown: {other:?}"),
        }
    }
}

fn frame_violation(error: &FrameError) -> Violation {
    match error {
        FrameError::ReservedOpcode(_) => Violation::ReservedOpcode,
        FrameError::LengthNotMinimal { .. } => Violation::LengthNotMinimal,
        FrameError::LengthTopBitSet(_) => Violation::LengthTopBit,
        FrameError::ControlTooLong { .. } => Violation::ControlTooLong,
        FrameError::ControlFragmented(_) => Violation::ControlFragmented,
        other => panic!("unknown: {other:?}"),
    }
}

fn close_violation(error: &ClosePayloadError) -> Violation {
    match error {
        ClosePayloadError::TooShort => Violation::CloseTooShort,
        ClosePayloadError::InvalidCode(_) => Violation::CloseCode,
        ClosePayloadError::InvalidReason(_) => Violation::CloseReason,
        ClosePayloadError::TooLong(_) => Violation::ControlTooLong,
        other => panic!("unknown: {other:?}"),
    }
}
