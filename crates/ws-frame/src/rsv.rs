use core::fmt;

/// The three reserved bits of a frame header, as a set.
///
/// They "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values"
/// (RFC 6455 section 5.2). This crate carries them and does not judge them: only the connection
/// knows what was negotiated.
///
/// ```
/// use ws_frame::Rsv;
///
/// let negotiated = Rsv::RSV1;
/// let seen = Rsv::RSV1.union(Rsv::RSV3);
/// assert_eq!(seen.difference(negotiated).to_string(), "RSV3");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Rsv(u8);

impl Rsv {
    /// No bit: what every frame carries while no extension is in use.
    pub const NONE: Self = Self(0);
    /// The bit `0x40`, which permessage-deflate uses (RFC 7692 section 6).
    pub const RSV1: Self = Self(0x40);
    /// The bit `0x20`.
    pub const RSV2: Self = Self(0x20);
    /// The bit `0x10`.
    pub const RSV3: Self = Self(0x10);

    const ALL: u8 = 0x70;

    /// The set in this first byte of a frame; its other bits are ignored.
    #[inline]
    pub(crate) const fn from_first_byte(first: u8) -> Self {
        Self(first & Self::ALL)
    }

    /// The bits as they stand in the first byte of a frame: `0x40`, `0x20`, `0x10`.
    #[inline]
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether no bit is set.
    #[inline]
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every bit of `other` is set here too.
    #[inline]
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The bits that are set in either.
    #[inline]
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The bits that are set here and not in `other`.
    #[inline]
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// The names of the bits, as in `RSV1 | RSV3`; `none` for the empty set.
impl fmt::Display for Rsv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self.0 >> 4 {
            0b001 => "RSV3",
            0b010 => "RSV2",
            0b011 => "RSV2 | RSV3",
            0b100 => "RSV1",
            0b101 => "RSV1 | RSV3",
            0b110 => "RSV1 | RSV2",
            0b111 => "RSV1 | RSV2 | RSV3",
            _ => "none",
        })
    }
}

impl fmt::Debug for Rsv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rsv({self})")
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use super::*;

    #[test]
    fn only_the_three_bits_are_taken_from_the_first_byte() {
        for first in 0..=u8::MAX {
            assert_eq!(Rsv::from_first_byte(first).bits(), first & 0x70);
        }
    }

    #[test]
    fn a_set_names_its_bits() {
        let names = [
            (Rsv::NONE, "none"),
            (Rsv::RSV1, "RSV1"),
            (Rsv::RSV2, "RSV2"),
            (Rsv::RSV3, "RSV3"),
            (Rsv::RSV1.union(Rsv::RSV2), "RSV1 | RSV2"),
            (Rsv::RSV3.union(Rsv::RSV1), "RSV1 | RSV3"),
            (Rsv::RSV2.union(Rsv::RSV3), "RSV2 | RSV3"),
            (Rsv::from_first_byte(0xFF), "RSV1 | RSV2 | RSV3"),
        ];
        for (rsv, name) in names {
            assert_eq!(rsv.to_string(), name);
            assert_eq!(format!("{rsv:?}"), format!("Rsv({name})"));
        }
    }

    #[test]
    fn the_operations_are_those_of_sets() {
        let both = Rsv::RSV1.union(Rsv::RSV2);
        assert!(both.contains(Rsv::RSV1) && both.contains(both) && both.contains(Rsv::NONE));
        assert!(!both.contains(Rsv::RSV3) && !Rsv::RSV1.contains(both));
        assert_eq!(both.difference(Rsv::RSV1), Rsv::RSV2);
        assert_eq!(both.difference(Rsv::RSV2.union(Rsv::RSV3)), Rsv::RSV1);
        assert!(both.difference(both).is_empty() && Rsv::default().is_empty());
        assert!(!both.is_empty());
        assert_eq!(both.union(Rsv::RSV1), both);
    }
}
