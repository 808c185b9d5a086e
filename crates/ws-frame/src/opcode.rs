use core::fmt;

/// What a frame is: the low four bits of its first byte (RFC 6455 sections 5.2 and 11.8).
///
/// The values 3-7 and B-F are reserved and have no variant, so an `Opcode` that exists may be sent.
/// RFC 6455 completes this list, so the enum is exhaustive.
///
/// ```
/// use ws_frame::Opcode;
///
/// assert_eq!(Opcode::from_bits(0x9), Some(Opcode::Ping));
/// assert_eq!(Opcode::from_bits(0x3), None);
/// assert!(Opcode::Ping.is_control());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Opcode {
    /// `0x0`: the next fragment of the message that a text or binary frame has begun.
    Continuation = 0x0,
    /// `0x1`: a text message, or its first fragment.
    Text = 0x1,
    /// `0x2`: a binary message, or its first fragment.
    Binary = 0x2,
    /// `0x8`: the closing handshake (section 5.5.1).
    Close = 0x8,
    /// `0x9`: a question whether the peer is there (section 5.5.2).
    Ping = 0x9,
    /// `0xA`: the answer to a ping, or an unasked sign of life (section 5.5.3).
    Pong = 0xA,
}

impl Opcode {
    /// The opcode with this number; `None` for a reserved one (3-7, B-F) and for numbers above
    /// `0xF`.
    #[inline]
    #[must_use]
    pub const fn from_bits(bits: u8) -> Option<Self> {
        match bits {
            0x0 => Some(Self::Continuation),
            0x1 => Some(Self::Text),
            0x2 => Some(Self::Binary),
            0x8 => Some(Self::Close),
            0x9 => Some(Self::Ping),
            0xA => Some(Self::Pong),
            _ => None,
        }
    }

    /// The number of this opcode, as it stands in the low four bits of the first byte.
    #[inline]
    #[must_use]
    pub const fn bits(self) -> u8 {
        self as u8
    }

    /// Whether this is a control frame: close, ping or pong. "Control frames are identified by
    /// opcodes where the most significant bit of the opcode is 1" (section 5.5).
    #[inline]
    #[must_use]
    pub const fn is_control(self) -> bool {
        self.bits() & 0x8 != 0
    }

    /// Whether this frame carries the data of a message: continuation, text or binary (section
    /// 5.6).
    #[inline]
    #[must_use]
    pub const fn is_data(self) -> bool {
        !self.is_control()
    }
}

/// The word of RFC 6455 in lower case: `text`, `ping`.
impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Continuation => "continuation",
            Self::Text => "text",
            Self::Binary => "binary",
            Self::Close => "close",
            Self::Ping => "ping",
            Self::Pong => "pong",
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn exactly_the_defined_numbers_are_opcodes() {
        for bits in 0..=u8::MAX {
            let defined = matches!(bits, 0x0..=0x2 | 0x8..=0xA);
            assert_eq!(
                Opcode::from_bits(bits).map(Opcode::bits),
                defined.then_some(bits)
            );
        }
    }

    #[test]
    fn every_opcode_is_either_data_or_control() {
        let names = ["continuation", "text", "binary", "close", "ping", "pong"];
        for (bits, name) in [0x0, 0x1, 0x2, 0x8, 0x9, 0xA].into_iter().zip(names) {
            let opcode = Opcode::from_bits(bits).unwrap();
            assert_eq!(opcode.to_string(), name);
            assert_eq!(opcode.is_control(), bits >= 0x8);
            assert_ne!(opcode.is_control(), opcode.is_data());
        }
    }
}
