use bytes::BufMut;

use crate::{ClosePayload, FrameError, FrameHeader, MaskingKey, Opcode, Rsv};

/// A header and the payload that belongs to it, to be sent.
///
/// The constructors are `const`, so that frames which are always the same can be constants.
///
/// ```
/// use ws_frame::{Frame, FrameError, MaskingKey};
///
/// const HELLO: Frame<'_> = Frame::text("Hello");
///
/// let mut wire = Vec::new();
/// HELLO.encode(&mut wire);
/// assert_eq!(wire, b"\x81\x05Hello");
///
/// // A client masks.
/// wire.clear();
/// let key = MaskingKey::new([0x37, 0xfa, 0x21, 0x3d]);
/// Frame::ping(b"Hello")?.with_masking_key(key).encode(&mut wire);
/// assert_eq!(wire, b"\x89\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
/// # Ok::<(), FrameError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Frame<'a> {
    header: FrameHeader,
    payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// A whole text message.
    #[inline]
    #[must_use]
    pub const fn text(text: &'a str) -> Self {
        Self {
            header: FrameHeader::text(text.len()),
            payload: text.as_bytes(),
        }
    }

    /// A whole binary message.
    #[inline]
    #[must_use]
    pub const fn binary(payload: &'a [u8]) -> Self {
        Self {
            header: FrameHeader::binary(payload.len()),
            payload,
        }
    }

    /// The last fragment of a message. Fragments of text may end inside a character (RFC 6455
    /// section 5.6).
    #[inline]
    #[must_use]
    pub const fn continuation(payload: &'a [u8]) -> Self {
        Self {
            header: FrameHeader::continuation(payload.len()),
            payload,
        }
    }

    /// A fragment with others behind it: `opcode` is text or binary for the first one of a message,
    /// continuation for the others.
    ///
    /// # Errors
    ///
    /// [`FrameError::ControlFragmented`] for a control opcode.
    #[inline]
    pub const fn fragment(opcode: Opcode, payload: &'a [u8]) -> Result<Self, FrameError> {
        match FrameHeader::fragment(opcode, payload.len() as u64) {
            Ok(header) => Ok(Self { header, payload }),
            Err(error) => Err(error),
        }
    }

    /// A ping (RFC 6455 section 5.5.2).
    ///
    /// # Errors
    ///
    /// [`FrameError::ControlTooLong`] for a payload of more than 125 bytes.
    #[inline]
    pub const fn ping(payload: &'a [u8]) -> Result<Self, FrameError> {
        Self::control(Opcode::Ping, payload)
    }

    /// A pong; as an answer it carries the payload of the ping (RFC 6455 section 5.5.3).
    ///
    /// # Errors
    ///
    /// [`FrameError::ControlTooLong`] for a payload of more than 125 bytes.
    #[inline]
    pub const fn pong(payload: &'a [u8]) -> Result<Self, FrameError> {
        Self::control(Opcode::Pong, payload)
    }

    /// A close frame (RFC 6455 section 5.5.1): from
    /// [`CloseFrame::to_payload`](crate::CloseFrame::to_payload), or [`ClosePayload::EMPTY`] for
    /// one without a status code.
    #[inline]
    #[must_use]
    pub const fn close(payload: &'a ClosePayload) -> Self {
        Self {
            header: FrameHeader::close(payload),
            payload: payload.as_bytes(),
        }
    }

    /// The same frame, to be masked with this key while it is encoded (RFC 6455 section 5.3).
    #[inline]
    #[must_use]
    pub const fn with_masking_key(self, masking_key: MaskingKey) -> Self {
        Self {
            header: self.header.with_masking_key(masking_key),
            ..self
        }
    }

    /// The same frame with exactly these reserved bits, for an extension that was negotiated (RFC
    /// 6455 section 9).
    #[inline]
    #[must_use]
    pub const fn with_rsv(self, rsv: Rsv) -> Self {
        Self {
            header: self.header.with_rsv(rsv),
            ..self
        }
    }

    /// The header.
    #[inline]
    #[must_use]
    pub const fn header(&self) -> FrameHeader {
        self.header
    }

    /// The payload, not masked.
    #[inline]
    #[must_use]
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// The length of the whole frame on the wire, in bytes.
    #[inline]
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        self.header.encoded_len() + self.payload.len()
    }

    /// Writes the header and the payload, masked if there is a key. The payload itself is not
    /// changed.
    ///
    /// # Panics
    ///
    /// If `dst` has less than [`encoded_len`](Self::encoded_len) bytes of room and cannot grow.
    #[inline]
    pub fn encode(&self, dst: &mut impl BufMut) {
        self.header.encode(dst);
        match self.header.masking_key() {
            None => dst.put_slice(self.payload),
            Some(key) => put_masked(key, self.payload, dst),
        }
    }

    #[inline]
    const fn control(opcode: Opcode, payload: &'a [u8]) -> Result<Self, FrameError> {
        match FrameHeader::new(opcode, payload.len() as u64) {
            Ok(header) => Ok(Self { header, payload }),
            Err(error) => Err(error),
        }
    }
}

/// Through a block on the stack, since what was put into a `BufMut` cannot be changed afterwards.
fn put_masked(key: MaskingKey, payload: &[u8], dst: &mut impl BufMut) {
    const BLOCK: usize = 256;
    let mut block = [0; BLOCK];
    for piece in payload.chunks(BLOCK) {
        let masked = &mut block[..piece.len()];
        masked.copy_from_slice(piece);
        // Every piece begins at a multiple of BLOCK, so of 4.
        key.apply(masked, 0);
        dst.put_slice(masked);
    }
}
