use std::fmt;

/// The size of a sliding window, as the logarithm to the base 2 of its bytes: 8 to 15
/// (RFC 7692 7.1.2).
///
/// A larger window finds repetitions that lie further back, and costs both sides more memory.
///
/// ```
/// use ws_deflate::WindowBits;
///
/// let bits = WindowBits::new(10).expect("8 to 15 are legal");
/// assert_eq!((bits.get(), bits.bytes()), (10, 1024));
/// assert_eq!(WindowBits::new(16), None);
/// assert_eq!(WindowBits::default(), WindowBits::MAX);
/// assert!(WindowBits::MIN < bits);
/// assert_eq!(bits.to_string(), "10");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowBits(u8);

impl WindowBits {
    /// 256 bytes.
    pub const MIN: Self = Self(8);

    /// 32 KiB, the size of a window that nobody limits.
    pub const MAX: Self = Self(15);

    /// `None` unless it is 8 to 15.
    #[must_use]
    pub const fn new(bits: u8) -> Option<Self> {
        if Self::MIN.0 <= bits && bits <= Self::MAX.0 {
            Some(Self(bits))
        } else {
            None
        }
    }

    /// The logarithm: 8 to 15.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The window itself, in bytes: 256 to 32,768.
    #[must_use]
    pub const fn bytes(self) -> usize {
        1 << self.0
    }

    /// The value of a parameter. RFC 7692 7.1.2.1: "a decimal integer value without leading
    /// zeroes between 8 to 15, inclusive".
    pub(crate) fn from_value(value: &str) -> Option<Self> {
        match value.as_bytes() {
            [unit @ b'8'..=b'9'] => Some(Self(unit - b'0')),
            [b'1', unit @ b'0'..=b'5'] => Some(Self(10 + unit - b'0')),
            _ => None,
        }
    }
}

impl Default for WindowBits {
    fn default() -> Self {
        Self::MAX
    }
}

impl fmt::Display for WindowBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::WindowBits;

    #[test]
    fn of_all_numbers_8_to_15_are_legal() {
        for bits in 0..=255 {
            let legal = WindowBits::new(bits);
            assert_eq!(legal.is_some(), (8..16).contains(&bits), "{bits}");
            assert_eq!(legal, legal.and_then(|legal| WindowBits::new(legal.get())));
        }
    }

    #[test]
    fn the_window_is_2_to_the_power_of_the_bits() {
        let bytes: Vec<usize> = (8..16)
            .filter_map(WindowBits::new)
            .map(WindowBits::bytes)
            .collect();
        assert_eq!(bytes, [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768]);
    }

    #[test]
    fn only_the_decimal_digits_of_8_to_15_are_a_value() {
        for bits in 0..=255 {
            let value = bits.to_string();
            assert_eq!(WindowBits::from_value(&value), WindowBits::new(bits));
            assert_eq!(WindowBits::from_value(&format!("0{value}")), None);
            assert_eq!(WindowBits::from_value(&format!("+{value}")), None);
            assert_eq!(WindowBits::from_value(&format!("{value}.0")), None);
            assert_eq!(WindowBits::from_value(&format!("0x{bits:x}")), None);
        }
        for value in [
            "",
            " 9",
            "9 ",
            "-9",
            "99999999999999999999",
            "\u{661}\u{660}",
        ] {
            assert_eq!(WindowBits::from_value(value), None, "{value}");
        }
    }
}
