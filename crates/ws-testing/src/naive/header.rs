use super::{Violation, opcode};

/// What stands in front of a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The FIN bit.
    pub fin: bool,
    /// The RSV bits, RSV1 being `0b100`.
    pub rsv: u8,
    /// A defined opcode.
    pub opcode: u8,
    /// The masking-key, if the MASK bit is 1.
    pub mask: Option<[u8; 4]>,
    /// The length announced.
    pub len: u64,
}

impl Header {
    /// The header that `bytes` are, or `None` while they are only the beginning of one. Hand it one byte more each
    /// time; it does not look for what follows a header.
    ///
    /// # Errors
    ///
    /// Bytes that no header begins with.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, Violation> {
        let [first, after @ ..] = bytes else {
            return Ok(None);
        };
        let opcode = first & 0xF;
        if !opcode::is_defined(opcode) {
            return Err(Violation::ReservedOpcode);
        }
        let fin = first & 0x80 != 0;
        if opcode::is_control(opcode) && !fin {
            return Err(Violation::ControlFragmented);
        }
        let [second, after @ ..] = after else {
            return Ok(None);
        };
        if opcode::is_control(opcode) && second & 0x7F > 125 {
            return Err(Violation::ControlTooLong);
        }
        let Some((len, after)) = read_length(second & 0x7F, after)? else {
            return Ok(None);
        };
        let mask = match (second & 0x80, after) {
            (0, _) => None,
            (_, [a, b, c, d, ..]) => Some([*a, *b, *c, *d]),
            _ => return Ok(None),
        };
        Ok(Some(Self {
            fin,
            rsv: first >> 4 & 0b111,
            opcode,
            mask,
            len,
        }))
    }
}

/// "If 126, the following 2 bytes interpreted as a 16-bit unsigned integer are the payload length. If 127, the
/// following 8 bytes interpreted as a 64-bit unsigned integer (the most significant bit MUST be 0) are the payload
/// length" (RFC 6455 5.2).
fn read_length(field: u8, after: &[u8]) -> Result<Option<(u64, &[u8])>, Violation> {
    let (bytes, shorter_form) = match field {
        126 => (2, 125),
        127 => (8, 0xFFFF),
        len => return Ok(Some((u64::from(len), after))),
    };
    if after.len() < bytes {
        return Ok(None);
    }
    let (length, after) = after.split_at(bytes);
    let len = length
        .iter()
        .fold(0, |len, byte| len << 8 | u64::from(*byte));
    if len >> 63 != 0 {
        return Err(Violation::LengthTopBit);
    }
    // "the minimal number of bytes MUST be used to encode the length"
    if len <= shorter_form {
        return Err(Violation::LengthNotMinimal);
    }
    Ok(Some((len, after)))
}
