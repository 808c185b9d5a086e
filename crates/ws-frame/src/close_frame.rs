use alloc::{
    borrow::{Cow, ToOwned},
    string::String,
};
use core::fmt;

use bytes::BufMut;

use crate::{CloseCode, ClosePayloadError, FrameHeader, validate_utf8};

/// The status code and the reason that a close frame carries (RFC 6455 section 5.5.1).
///
/// A close frame without a payload has neither: that is `Option<CloseFrame>::None`.
///
/// ```
/// use ws_frame::{CloseCode, CloseFrame};
///
/// let close = CloseFrame::new(CloseCode::GOING_AWAY, "back in five minutes");
/// let mut payload = Vec::new();
/// close.encode(&mut payload);
/// assert_eq!(&payload[..2], 1001_u16.to_be_bytes());
/// assert_eq!(CloseFrame::decode(&payload), Ok(Some(close)));
/// assert_eq!(CloseFrame::decode(b""), Ok(None));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CloseFrame {
    code: CloseCode,
    reason: Cow<'static, str>,
}

impl CloseFrame {
    /// The longest reason, in bytes: what the code leaves of the 125 bytes of a control frame.
    pub const MAX_REASON: usize = FrameHeader::MAX_CONTROL_PAYLOAD - 2;

    /// A code with a reason. A reason of more than [`MAX_REASON`](Self::MAX_REASON) bytes is cut,
    /// at the end of a character.
    #[must_use]
    pub fn new(code: CloseCode, reason: impl Into<Cow<'static, str>>) -> Self {
        let reason = match reason.into() {
            Cow::Borrowed(reason) => Cow::Borrowed(cut(reason)),
            // A copy of the part that stays, so that a long string is given back.
            Cow::Owned(reason) if reason.len() > Self::MAX_REASON => {
                Cow::Owned(cut(&reason).to_owned())
            }
            short @ Cow::Owned(_) => short,
        };
        Self { code, reason }
    }

    /// As [`new`](Self::new), for constants.
    #[must_use]
    pub const fn from_static(code: CloseCode, reason: &'static str) -> Self {
        Self {
            code,
            reason: Cow::Borrowed(cut(reason)),
        }
    }

    /// The status code.
    #[inline]
    #[must_use]
    pub const fn code(&self) -> CloseCode {
        self.code
    }

    /// The reason; empty if there is none. It "is not guaranteed to be human readable" (section
    /// 5.5.1), and a peer can write into it what it likes.
    #[inline]
    #[must_use]
    pub const fn reason(&self) -> &str {
        match &self.reason {
            Cow::Borrowed(reason) => reason,
            Cow::Owned(reason) => reason.as_str(),
        }
    }

    /// Reads the whole, unmasked payload of a close frame; `Ok(None)` if it is empty.
    ///
    /// # Errors
    ///
    /// A payload of one byte or of more than 125, a code that may not travel, a reason that is not
    /// UTF-8; [`ClosePayloadError::close_code`] tells the answer.
    pub fn decode(payload: &[u8]) -> Result<Option<Self>, ClosePayloadError> {
        if payload.len() > FrameHeader::MAX_CONTROL_PAYLOAD {
            return Err(ClosePayloadError::TooLong(payload.len()));
        }
        let Some((&code, reason)) = payload.split_first_chunk() else {
            return if payload.is_empty() {
                Ok(None)
            } else {
                Err(ClosePayloadError::TooShort)
            };
        };
        let code = u16::from_be_bytes(code);
        let code = CloseCode::new(code).ok_or(ClosePayloadError::InvalidCode(code))?;
        let reason = match validate_utf8(reason).map_err(ClosePayloadError::InvalidReason)? {
            "" => Cow::Borrowed(""),
            reason => Cow::Owned(String::from(reason)),
        };
        Ok(Some(Self { code, reason }))
    }

    /// Writes the payload: two bytes of code, then the reason.
    ///
    /// # Panics
    ///
    /// If `dst` has less than [`encoded_len`](Self::encoded_len) bytes of room and cannot grow.
    pub fn encode(&self, dst: &mut impl BufMut) {
        dst.put_u16(self.code.get());
        dst.put_slice(self.reason().as_bytes());
    }

    /// The length of the payload, in bytes: 2 to 125.
    #[inline]
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        2 + self.reason().len()
    }

    /// The payload as bytes, without an allocation, for [`Frame::close`](crate::Frame::close).
    #[must_use]
    pub const fn to_payload(&self) -> ClosePayload {
        let mut bytes = [0; FrameHeader::MAX_CONTROL_PAYLOAD];
        let len = self.encoded_len();
        let (used, _) = bytes.split_at_mut(len);
        let (code, reason) = used.split_at_mut(2);
        code.copy_from_slice(&self.code.get().to_be_bytes());
        reason.copy_from_slice(self.reason().as_bytes());
        ClosePayload {
            bytes,
            len: len as u8,
        }
    }
}

impl From<CloseCode> for CloseFrame {
    fn from(code: CloseCode) -> Self {
        Self::from_static(code, "")
    }
}

/// The code, and the reason quoted and escaped: `1001 "back in five minutes"`.
impl fmt::Display for CloseFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason() {
            "" => write!(f, "{}", self.code),
            reason => write!(f, "{} {reason:?}", self.code),
        }
    }
}

/// The legal payload of a close frame as bytes: empty, or a code and a reason.
///
/// [`CloseFrame::to_payload`] makes it, [`Frame::close`](crate::Frame::close) borrows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosePayload {
    bytes: [u8; FrameHeader::MAX_CONTROL_PAYLOAD],
    len: u8,
}

impl ClosePayload {
    /// No status code: the payload of a close frame that carries none.
    pub const EMPTY: Self = Self {
        bytes: [0; FrameHeader::MAX_CONTROL_PAYLOAD],
        len: 0,
    };

    /// The payload; its length is 0 or 2 to 125 bytes.
    #[inline]
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        self.bytes.split_at(self.len as usize).0
    }
}

const fn cut(reason: &str) -> &str {
    reason
        .split_at(reason.floor_char_boundary(CloseFrame::MAX_REASON))
        .0
}
