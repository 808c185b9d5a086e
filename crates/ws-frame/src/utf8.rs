use crate::Utf8Error;

/// Inputs below this many bytes are checked by the code of `core`, as simdutf8 itself does.
const SMALL: usize = 64;

/// Pieces below this many bytes go byte by byte.
const TINY: usize = 4;

/// Checks that `bytes` are UTF-8, whole (RFC 6455 section 8.1).
///
/// ```
/// assert_eq!(ws_frame::validate_utf8("κόσμε".as_bytes()), Ok("κόσμε"));
/// assert!(ws_frame::validate_utf8(b"\xED\xA0\x80").is_err()); // a surrogate
/// ```
///
/// # Errors
///
/// If they are not, or end inside a character.
#[inline]
pub fn validate_utf8(bytes: &[u8]) -> Result<&str, Utf8Error> {
    if bytes.len() < SMALL {
        return core::str::from_utf8(bytes).map_err(|_| Utf8Error(()));
    }
    simdutf8::basic::from_utf8(bytes).map_err(|_| Utf8Error(()))
}

/// Checks text that arrives in pieces, which may end inside a character.
///
/// It fails at the first byte that no valid text can have at its place, so a bad message is refused
/// while most of it is still to come. It keeps a few bytes of state and none of the text.
///
/// ```
/// use ws_frame::Utf8Validator;
///
/// let mut validator = Utf8Validator::new();
/// validator.push(b"caf\xC3")?;
/// assert!(!validator.is_complete());
/// validator.push(b"\xA9")?;
/// validator.finish()?;
///
/// // F4 begins a character, F4 90 can only be above U+10FFFF.
/// assert!(validator.push(b"\xF4").is_ok());
/// assert!(validator.push(b"\x90").is_err());
/// # Ok::<(), ws_frame::Utf8Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Utf8Validator {
    state: State,
}

/// Where the text stands between two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum State {
    /// Between two characters.
    Boundary,
    /// Inside a character: `missing` bytes are to come, and the next one is in `low..=high`.
    Inside { missing: u8, low: u8, high: u8 },
    /// A byte was refused.
    Failed,
}

impl Utf8Validator {
    /// A validator at the beginning of a text.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self {
            state: State::Boundary,
        }
    }

    /// Checks the next bytes of the text.
    ///
    /// # Errors
    ///
    /// If one of them cannot stand at its place, whatever may follow. The validator stays failed
    /// until [`reset`](Self::reset).
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Utf8Error> {
        // Most small pieces are this; the rest of the way costs them two or three times as much.
        if bytes.len() <= SMALL && self.state == State::Boundary && bytes.is_ascii() {
            return Ok(());
        }
        self.state = self.state.after_all(bytes);
        match self.state {
            State::Boundary | State::Inside { .. } => Ok(()),
            State::Failed => Err(Utf8Error(())),
        }
    }

    /// Tells that the text ends here. The validator is not changed.
    ///
    /// # Errors
    ///
    /// If the text ends inside a character, or has failed before.
    #[inline]
    pub fn finish(&self) -> Result<(), Utf8Error> {
        if self.is_complete() {
            Ok(())
        } else {
            Err(Utf8Error(()))
        }
    }

    /// Whether all that was pushed is valid and ends at the end of a character.
    #[inline]
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.state == State::Boundary
    }

    /// Begins a new text.
    #[inline]
    pub fn reset(&mut self) {
        *self = Self::new();
    }
}

impl Default for Utf8Validator {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    /// The pending character and the incomplete one at the end go byte by byte, what is between
    /// them at once.
    fn after_all(self, bytes: &[u8]) -> Self {
        if bytes.len() < TINY {
            return bytes.iter().fold(self, |state, &byte| state.after(byte));
        }
        let (mut state, mut rest) = (self, bytes);
        while let Self::Inside { .. } = state
            && let Some((&byte, behind)) = rest.split_first()
        {
            (state, rest) = (state.after(byte), behind);
        }
        if state != Self::Boundary {
            return state;
        }
        let (whole, tail) = rest.split_at(rest.len() - incomplete_tail(rest));
        if validate_utf8(whole).is_err() {
            return Self::Failed;
        }
        tail.iter().fold(state, |state, &byte| state.after(byte))
    }

    /// The syntax of RFC 3629 section 4, one byte at a time.
    #[inline]
    fn after(self, byte: u8) -> Self {
        match self {
            Self::Boundary => Self::after_first(byte),
            Self::Inside { missing, low, high } if low <= byte && byte <= high => match missing {
                0..=1 => Self::Boundary,
                2.. => Self::Inside {
                    missing: missing - 1,
                    low: 0x80,
                    high: 0xBF,
                },
            },
            Self::Inside { .. } | Self::Failed => Self::Failed,
        }
    }

    #[inline]
    fn after_first(byte: u8) -> Self {
        let (missing, low, high) = match byte {
            0x00..=0x7F => return Self::Boundary,
            0xC2..=0xDF => (1, 0x80, 0xBF),
            0xE0 => (2, 0xA0, 0xBF),
            0xE1..=0xEC | 0xEE..=0xEF => (2, 0x80, 0xBF),
            0xED => (2, 0x80, 0x9F),
            0xF0 => (3, 0x90, 0xBF),
            0xF1..=0xF3 => (3, 0x80, 0xBF),
            0xF4 => (3, 0x80, 0x8F),
            0x80..=0xC1 | 0xF5..=0xFF => return Self::Failed,
        };
        Self::Inside { missing, low, high }
    }
}

/// How many bytes at the end may be the beginning of a character that is not whole: 0 to 3.
#[inline]
fn incomplete_tail(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let byte = bytes[bytes.len() - back];
        let len = match byte {
            0x80..=0xBF => continue,
            0x00..=0x7F => 1,
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xFF => 4,
        };
        return if len > back { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_cut_off_only_if_its_character_is_not_whole() {
        let tails: [(&[u8], usize); 12] = [
            (b"", 0),
            (b"a", 0),
            (b"a\xC3", 1),
            (b"a\xC3\xA9", 0),
            (b"a\xE6", 1),
            (b"a\xE6\xBC", 2),
            (b"a\xE6\xBC\xA2", 0),
            (b"a\xF0\x9F\x98", 3),
            (b"a\xF0\x9F\x98\x80", 0),
            (b"\xF0", 1),
            (b"\x80\x80\x80", 0),
            (b"\xF0\x80\x80\x80\x80", 0),
        ];
        for (bytes, len) in tails {
            assert_eq!(incomplete_tail(bytes), len, "{bytes:x?}");
        }
    }
}
