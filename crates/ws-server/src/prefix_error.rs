use std::fmt;

/// Why a text is neither an address nor a prefix of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrefixError {
    seen: String,
}

impl PrefixError {
    pub(crate) fn of(seen: &str) -> Self {
        let seen = seen.to_owned();
        Self { seen }
    }
}

impl fmt::Display for PrefixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} must be an address or a prefix with no bit set behind it, such as 10.0.0.1, \
             10.0.0.0/8 or 2001:db8::/32",
            self.seen
        )
    }
}

impl std::error::Error for PrefixError {}
