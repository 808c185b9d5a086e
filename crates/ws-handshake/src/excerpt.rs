use std::fmt;

/// The beginning of something that the peer sent, fit for an error message, a log line or a
/// response body.
///
/// At most 64 bytes of what was seen are kept, and all that is not printable ASCII is escaped
/// (`\r`, `\x1b`, `\xff`), quotes and backslashes too. So it never breaks a line, whatever the peer
/// sent. A cut is shown by three dots.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Excerpt(Box<str>);

impl Excerpt {
    const MAX: usize = 64;

    /// The beginning of `seen`. For whoever tells of something that stands in a handshake, such as the
    /// parameters of an extension.
    ///
    /// ```
    /// use ws_handshake::Excerpt;
    ///
    /// assert_eq!(Excerpt::of("a\r\nb").as_str(), "a\\r\\nb");
    /// ```
    #[must_use]
    pub fn of(seen: impl AsRef<[u8]>) -> Self {
        let seen = seen.as_ref();
        let kept = &seen[..seen.len().min(Self::MAX)];
        let mut text = kept.escape_ascii().to_string();
        if kept.len() < seen.len() {
            text.push_str("...");
        }
        Excerpt(text.into())
    }

    /// The escaped text: printable ASCII, at most 259 bytes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Excerpt;

    #[test]
    fn every_byte_is_printable_afterwards() {
        for byte in 0..=255 {
            let text = Excerpt::of([byte]).to_string();
            assert!(
                text.bytes()
                    .all(|byte| byte == b' ' || byte.is_ascii_graphic()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_longer_than_64_bytes_is_cut_and_shows_it() {
        assert_eq!(Excerpt::of([b'a'; 64]).as_str(), "a".repeat(64));
        assert_eq!(Excerpt::of([b'a'; 65]).as_str(), "a".repeat(64) + "...");
        assert_eq!(Excerpt::of([0xff; 10_000]).as_str().len(), 259);
        assert_eq!(format!("{:?}", Excerpt::of("a\r\n\"")), r#""a\r\n\"""#);
    }
}
