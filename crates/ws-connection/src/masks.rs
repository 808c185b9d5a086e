use std::fmt;

use ws_frame::{FrameHeader, MaskingKey};

/// Where the keys of outgoing frames come from (RFC 6455 5.3, 10.3).
pub(crate) enum Masks {
    /// A server masks nothing.
    None,
    Fresh(Box<Keys>),
}

/// In a box of their own, so that the many that have none are smaller.
pub(crate) struct Keys {
    next: Box<dyn FnMut() -> MaskingKey + Send>,
}

impl Masks {
    pub(crate) fn fresh(keys: impl FnMut() -> MaskingKey + Send + 'static) -> Self {
        let next = Box::new(keys);
        Masks::Fresh(Box::new(Keys { next }))
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Masks::None)
    }

    /// Appends the frame to `dst`, masked with a key of its own where that is demanded.
    #[inline]
    pub(crate) fn encode(&mut self, header: FrameHeader, payload: &[u8], dst: &mut Vec<u8>) {
        let header = match self {
            Masks::None => header,
            Masks::Fresh(keys) => header.with_masking_key((keys.next)()),
        };
        dst.reserve(header.encoded_len() + payload.len());
        header.encode(dst);
        let start = dst.len();
        dst.extend_from_slice(payload);
        if let Some(key) = header.masking_key() {
            key.apply(&mut dst[start..], 0);
        }
    }
}

impl fmt::Debug for Masks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Masks::None => "None",
            Masks::Fresh(_) => "Fresh",
        })
    }
}
