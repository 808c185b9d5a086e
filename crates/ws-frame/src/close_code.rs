use core::{fmt, num::NonZeroU16};

use crate::InvalidCloseCode;

/// Why a connection is closed: a status code that may travel in a close frame (RFC 6455 section
/// 7.4).
///
/// Only 1000-1003, 1007-1014 and 3000-4999 are. 1004 is reserved; 1005, 1006 and 1015 "MUST NOT be
/// set as a status code in a Close control frame by an endpoint" (section 7.4.1), and "no status"
/// is [`None`] here. 3000-3999 are registered with IANA by libraries and frameworks, 4000-4999 are
/// for private use.
///
/// ```
/// use ws_frame::CloseCode;
///
/// const KICKED: CloseCode = CloseCode::new(4001).unwrap();
/// assert_eq!(u16::from(KICKED), 4001);
/// assert_eq!(CloseCode::new(1006), None);
/// assert_eq!(CloseCode::try_from(1000), Ok(CloseCode::NORMAL));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(NonZeroU16);

impl CloseCode {
    /// 1000: the purpose of the connection is fulfilled.
    pub const NORMAL: Self = Self::known(1000);
    /// 1001: the server goes down, or the browser leaves the page.
    pub const GOING_AWAY: Self = Self::known(1001);
    /// 1002: the peer broke the protocol.
    pub const PROTOCOL_ERROR: Self = Self::known(1002);
    /// 1003: a kind of data that this endpoint does not take, such as binary where only text is
    /// understood.
    pub const UNSUPPORTED_DATA: Self = Self::known(1003);
    /// 1007: data that does not fit the type of its message, such as text that is not UTF-8.
    pub const INVALID_PAYLOAD: Self = Self::known(1007);
    /// 1008: the message breaks a rule of this endpoint, and no other code fits.
    pub const POLICY_VIOLATION: Self = Self::known(1008);
    /// 1009: the message is too big to process.
    pub const MESSAGE_TOO_BIG: Self = Self::known(1009);
    /// 1010: the server did not negotiate an extension that the client needs. Only clients send it.
    pub const MANDATORY_EXTENSION: Self = Self::known(1010);
    /// 1011: the server met a condition that it did not expect.
    pub const INTERNAL_ERROR: Self = Self::known(1011);
    /// 1012: the service restarts; a client may reconnect after a while (IANA registry).
    pub const SERVICE_RESTART: Self = Self::known(1012);
    /// 1013: the service is overloaded; a client may try again later (IANA registry).
    pub const TRY_AGAIN_LATER: Self = Self::known(1013);
    /// 1014: a gateway got an invalid answer from its upstream (IANA registry).
    pub const BAD_GATEWAY: Self = Self::known(1014);

    /// The code with this number; `None` if it may not travel.
    #[inline]
    #[must_use]
    pub const fn new(code: u16) -> Option<Self> {
        match NonZeroU16::new(code) {
            Some(number) if matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) => {
                Some(Self(number))
            }
            Some(_) | None => None,
        }
    }

    /// The number of this code.
    #[inline]
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0.get()
    }

    /// Evaluated at compile time, for the constants.
    const fn known(code: u16) -> Self {
        Self::new(code).expect("the constants of this type may travel")
    }

    const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::NORMAL => "NORMAL",
            Self::GOING_AWAY => "GOING_AWAY",
            Self::PROTOCOL_ERROR => "PROTOCOL_ERROR",
            Self::UNSUPPORTED_DATA => "UNSUPPORTED_DATA",
            Self::INVALID_PAYLOAD => "INVALID_PAYLOAD",
            Self::POLICY_VIOLATION => "POLICY_VIOLATION",
            Self::MESSAGE_TOO_BIG => "MESSAGE_TOO_BIG",
            Self::MANDATORY_EXTENSION => "MANDATORY_EXTENSION",
            Self::INTERNAL_ERROR => "INTERNAL_ERROR",
            Self::SERVICE_RESTART => "SERVICE_RESTART",
            Self::TRY_AGAIN_LATER => "TRY_AGAIN_LATER",
            Self::BAD_GATEWAY => "BAD_GATEWAY",
            _ => return None,
        })
    }
}

impl TryFrom<u16> for CloseCode {
    type Error = InvalidCloseCode;

    fn try_from(code: u16) -> Result<Self, InvalidCloseCode> {
        Self::new(code).ok_or(InvalidCloseCode(code))
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> Self {
        code.get()
    }
}

/// The number alone: `1000`.
impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The number and the constant, if there is one: `CloseCode(1000 NORMAL)`, `CloseCode(4001)`.
impl fmt::Debug for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "CloseCode({self} {name})"),
            None => write!(f, "CloseCode({self})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_has_its_number() {
        assert_eq!(CloseCode::known(1011).get(), 1011);
    }

    #[test]
    #[should_panic(expected = "the constants of this type may travel")]
    fn a_constant_that_may_not_travel_would_not_compile() {
        let _ = CloseCode::known(1006);
    }
}
