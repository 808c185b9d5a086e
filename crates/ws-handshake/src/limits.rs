/// How large the head of a request or of a response may be.
///
/// Whoever connects chooses how much is sent before anything is known about it, so both limits hold
/// by default. Time is not limited here: the owner of the clock gives the handshake a deadline.
///
/// ```
/// use ws_handshake::Limits;
///
/// let limits = Limits::default().with_max_head(8 * 1024);
/// assert_eq!(limits.max_head(), 8 * 1024);
/// assert_eq!(limits.max_headers(), 100);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    max_head: usize,
    max_headers: usize,
}

impl Limits {
    /// What the http crate's `HeaderMap` can hold.
    pub const MOST_HEADERS: usize = 24_576;

    /// The most bytes a head may have, from its first byte to the end of the empty line, inclusive.
    /// Default: 16 KiB.
    #[must_use]
    pub const fn with_max_head(self, bytes: usize) -> Self {
        Limits {
            max_head: bytes,
            ..self
        }
    }

    /// The most header lines a head may have, inclusive. Default: 100.
    ///
    /// No more than [`Limits::MOST_HEADERS`] can be allowed.
    #[must_use]
    pub const fn with_max_headers(self, lines: usize) -> Self {
        Limits {
            max_headers: if lines < Limits::MOST_HEADERS {
                lines
            } else {
                Limits::MOST_HEADERS
            },
            ..self
        }
    }

    /// The most bytes a head may have, inclusive.
    #[must_use]
    pub const fn max_head(&self) -> usize {
        self.max_head
    }

    /// The most header lines a head may have, inclusive.
    #[must_use]
    pub const fn max_headers(&self) -> usize {
        self.max_headers
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_head: 16 * 1024,
            max_headers: 100,
        }
    }
}
