use ws_frame::{FrameHeader, Opcode, Rsv};

use crate::{Decoder, Extension, ProtocolError};

/// Encoded messages may be twice as long as decoded ones and this much more: no encoder needs that,
/// and a peer that sends more sends nothing but overhead.
const ENCODED_BESIDE: u64 = 1 << 10;

/// The extension that was agreed on in the opening handshake, as its receiver has it.
#[derive(Debug)]
pub(crate) struct Agreed {
    rsv: Rsv,
    pub(crate) decoder: Box<dyn Decoder>,
}

/// In which form the payload of a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Plain,
    Encoded,
}

impl Form {
    /// The form of the message that begins with this frame; the bits were checked.
    pub(crate) fn begun_by(header: &FrameHeader) -> Self {
        match header.rsv().is_empty() {
            true => Form::Plain,
            false => Form::Encoded,
        }
    }

    /// How long a message may be that becomes at most `decoded` bytes.
    pub(crate) fn limit(self, decoded: usize) -> u64 {
        match self {
            Form::Plain => decoded as u64,
            Form::Encoded => (decoded as u64)
                .saturating_mul(2)
                .saturating_add(ENCODED_BESIDE),
        }
    }
}

impl Agreed {
    pub(crate) fn new(extension: &(impl Extension + ?Sized)) -> Self {
        Self {
            rsv: extension.rsv(),
            decoder: extension.decoder(),
        }
    }

    /// The reserved bits that this frame may have, all of them or none: only the first frame of a
    /// message says in which form it is.
    fn allowed(&self, header: &FrameHeader) -> Rsv {
        match header.opcode() {
            Opcode::Text | Opcode::Binary => self.rsv,
            Opcode::Continuation | Opcode::Close | Opcode::Ping | Opcode::Pong => Rsv::NONE,
        }
    }
}

/// "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values" (RFC
/// 6455 5.2).
pub(crate) fn check_reserved_bits(
    agreed: Option<&Agreed>,
    header: &FrameHeader,
) -> Result<(), ProtocolError> {
    let seen = header.rsv();
    let allowed = agreed.map_or(Rsv::NONE, |agreed| agreed.allowed(header));
    match seen.is_empty() || seen == allowed {
        true => Ok(()),
        false => Err(ProtocolError::ReservedBits(seen)),
    }
}
