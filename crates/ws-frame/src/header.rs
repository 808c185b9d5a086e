use bytes::BufMut;

use crate::{ClosePayload, FrameError, LengthForm, MaskingKey, Opcode, Rsv};

const FIN: u8 = 0x80;
const MASK: u8 = 0x80;
/// The values of the seven-bit length field that announce a longer one behind it.
const LENGTH_IN_16_BITS: u8 = 126;
const LENGTH_IN_64_BITS: u8 = 127;

/// Everything of a frame but its payload: the 2 to 14 bytes in front of it (RFC 6455 section 5.2).
///
/// A header that exists may be sent: its opcode is defined, its length fits in 63 bits, and a
/// control frame is whole and at most 125 bytes long (section 5.5). Whether the reserved bits, the
/// masking and the order of the frames are right depends on the connection, which is not known
/// here.
///
/// ```
/// use ws_frame::{FrameHeader, MaskingKey, Opcode};
///
/// let header = FrameHeader::text(5).with_masking_key(MaskingKey::new([1, 2, 3, 4]));
/// let mut wire = Vec::new();
/// header.encode(&mut wire);
/// assert_eq!(wire, [0x81, 0x85, 1, 2, 3, 4]);
/// assert_eq!(FrameHeader::decode(&wire), Ok(Some((header, 6))));
/// assert_eq!(FrameHeader::decode(&wire[..5]), Ok(None)); // one byte is missing
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FrameHeader {
    payload_len: u64,
    masking_key: Option<MaskingKey>,
    opcode: Opcode,
    rsv: Rsv,
    is_final: bool,
}

impl FrameHeader {
    /// The longest header, in bytes: two, a 64-bit length and a masking key.
    pub const MAX_LEN: usize = 14;

    /// The longest payload of a control frame, in bytes (RFC 6455 section 5.5).
    pub const MAX_CONTROL_PAYLOAD: usize = 125;

    /// The longest payload that a header can announce: 2^63 - 1 bytes, since "the most significant
    /// bit MUST be 0" (RFC 6455 section 5.2).
    pub const MAX_PAYLOAD: u64 = u64::MAX >> 1;

    /// A whole message or control frame: final, no reserved bit, not masked. Lengths are in bytes.
    ///
    /// # Errors
    ///
    /// [`FrameError::ControlTooLong`] for a control frame of more than 125 bytes,
    /// [`FrameError::LengthTopBitSet`] above [`MAX_PAYLOAD`](Self::MAX_PAYLOAD).
    #[inline]
    pub const fn new(opcode: Opcode, payload_len: u64) -> Result<Self, FrameError> {
        if payload_len > Self::MAX_PAYLOAD {
            return Err(FrameError::LengthTopBitSet(payload_len));
        }
        if opcode.is_control() && payload_len > Self::MAX_CONTROL_PAYLOAD as u64 {
            return Err(FrameError::ControlTooLong {
                opcode,
                len: payload_len,
            });
        }
        Ok(Self::unchecked(opcode, payload_len))
    }

    /// A fragment with others behind it: FIN is 0 (RFC 6455 section 5.4). `opcode` is text or
    /// binary for the first fragment of a message, continuation for the others; the last one is
    /// [`continuation`](Self::continuation).
    ///
    /// # Errors
    ///
    /// [`FrameError::ControlFragmented`] for a control opcode, [`FrameError::LengthTopBitSet`]
    /// above [`MAX_PAYLOAD`](Self::MAX_PAYLOAD).
    #[inline]
    pub const fn fragment(opcode: Opcode, payload_len: u64) -> Result<Self, FrameError> {
        if opcode.is_control() {
            return Err(FrameError::ControlFragmented(opcode));
        }
        match Self::new(opcode, payload_len) {
            Ok(header) => Ok(Self {
                is_final: false,
                ..header
            }),
            Err(error) => Err(error),
        }
    }

    /// A whole text message of `payload_len` bytes. A length above 2^63 - 1, which no slice has,
    /// counts as 2^63 - 1.
    #[inline]
    #[must_use]
    pub const fn text(payload_len: usize) -> Self {
        Self::data(Opcode::Text, payload_len)
    }

    /// A whole binary message of `payload_len` bytes. A length above 2^63 - 1, which no slice has,
    /// counts as 2^63 - 1.
    #[inline]
    #[must_use]
    pub const fn binary(payload_len: usize) -> Self {
        Self::data(Opcode::Binary, payload_len)
    }

    /// The last fragment of a message, `payload_len` bytes long. A length above 2^63 - 1, which no
    /// slice has, counts as 2^63 - 1.
    #[inline]
    #[must_use]
    pub const fn continuation(payload_len: usize) -> Self {
        Self::data(Opcode::Continuation, payload_len)
    }

    /// The same header with this key, as every frame of a client has one (RFC 6455 section 5.1). It
    /// announces the masking; the payload is masked by [`MaskingKey::apply`].
    #[inline]
    #[must_use]
    pub const fn with_masking_key(self, masking_key: MaskingKey) -> Self {
        Self {
            masking_key: Some(masking_key),
            ..self
        }
    }

    /// The same header with exactly these reserved bits, for an extension that was negotiated (RFC
    /// 6455 section 9).
    #[inline]
    #[must_use]
    pub const fn with_rsv(self, rsv: Rsv) -> Self {
        Self { rsv, ..self }
    }

    /// Whether this is the last frame of its message: the FIN bit. Always true for a control frame.
    #[inline]
    #[must_use]
    pub const fn is_final(&self) -> bool {
        self.is_final
    }

    /// What the frame is.
    #[inline]
    #[must_use]
    pub const fn opcode(&self) -> Opcode {
        self.opcode
    }

    /// The reserved bits, as they were sent.
    #[inline]
    #[must_use]
    pub const fn rsv(&self) -> Rsv {
        self.rsv
    }

    /// The key that the payload is masked with; `None` if the MASK bit is 0.
    #[inline]
    #[must_use]
    pub const fn masking_key(&self) -> Option<MaskingKey> {
        self.masking_key
    }

    /// The length of the payload, in bytes: what the sender announced, which may be far more than
    /// will ever arrive.
    #[inline]
    #[must_use]
    pub const fn payload_len(&self) -> u64 {
        self.payload_len
    }

    /// The length of this header on the wire, in bytes: 2 to [`MAX_LEN`](Self::MAX_LEN).
    #[inline]
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        let length = match self.payload_len {
            0..=125 => 0,
            126..=0xFFFF => 2,
            _ => 8,
        };
        2 + length + if self.masking_key.is_some() { 4 } else { 0 }
    }

    /// Reads the header at the start of `src`, and tells its length in bytes; the payload follows
    /// there.
    ///
    /// `Ok(None)` means that more bytes are needed: call again with the same bytes and more.
    /// Nothing is kept, so a partial header is at most 13 bytes.
    ///
    /// # Errors
    ///
    /// As early as the bytes allow: a reserved opcode and a fragmented control frame on the first
    /// byte, a control frame that is too long on the second, a length with its top bit set or not
    /// in the shortest form when the last byte of the length is there. The reserved bits are
    /// returned, not judged.
    #[inline]
    pub fn decode(src: &[u8]) -> Result<Option<(Self, usize)>, FrameError> {
        let Some(&first) = src.first() else {
            return Ok(None);
        };
        let Some(opcode) = Opcode::from_bits(first & 0x0F) else {
            return Err(FrameError::ReservedOpcode(first & 0x0F));
        };
        let is_final = first & FIN != 0;
        if opcode.is_control() && !is_final {
            return Err(FrameError::ControlFragmented(opcode));
        }
        let Some(&second) = src.get(1) else {
            return Ok(None);
        };
        let field = second & !MASK;
        if opcode.is_control() && field >= LENGTH_IN_16_BITS {
            return Err(FrameError::ControlTooLong {
                opcode,
                len: u64::from(field),
            });
        }
        let Some((payload_len, key_at)) = decode_length(field, src)? else {
            return Ok(None);
        };
        let header = Self {
            payload_len,
            masking_key: None,
            opcode,
            rsv: Rsv::from_first_byte(first),
            is_final,
        };
        if second & MASK == 0 {
            return Ok(Some((header, key_at)));
        }
        let Some(&key) = src[key_at..].first_chunk() else {
            return Ok(None);
        };
        Ok(Some((
            header.with_masking_key(MaskingKey::new(key)),
            key_at + key.len(),
        )))
    }

    /// Writes the header, with its length in the shortest form (RFC 6455 section 5.2: "the minimal
    /// number of bytes MUST be used to encode the length").
    ///
    /// # Panics
    ///
    /// If `dst` has less than [`encoded_len`](Self::encoded_len) bytes of room and cannot grow.
    #[inline]
    pub fn encode(&self, dst: &mut impl BufMut) {
        let (bytes, len) = self.to_bytes();
        // One arm for each length that exists: a copy of constant length is a store, one of
        // variable length a call (measured: 3 ns a header against 11).
        match len {
            2 => dst.put_slice(&bytes[..2]),
            4 => dst.put_slice(&bytes[..4]),
            6 => dst.put_slice(&bytes[..6]),
            8 => dst.put_slice(&bytes[..8]),
            10 => dst.put_slice(&bytes[..10]),
            _ => dst.put_slice(&bytes[..Self::MAX_LEN]),
        }
    }

    /// The encoded header, and how many of the bytes belong to it. It is put together in a
    /// register, first byte lowest, since bytes that were stored one by one stall the copy that
    /// reads them.
    #[inline]
    const fn to_bytes(self) -> ([u8; 16], usize) {
        let first = self.opcode.bits() | self.rsv.bits() | if self.is_final { FIN } else { 0 };
        let (field, length, mut len) = match self.payload_len {
            short @ 0..=125 => (short as u8, 0, 2),
            126..=0xFFFF => (
                LENGTH_IN_16_BITS,
                (self.payload_len as u16).swap_bytes() as u64,
                4,
            ),
            _ => (LENGTH_IN_64_BITS, self.payload_len.swap_bytes(), 10),
        };
        let mut word = first as u128 | (field as u128) << 8 | (length as u128) << 16;
        if let Some(key) = self.masking_key {
            word |= (MASK as u128) << 8 | (u32::from_le_bytes(key.to_bytes()) as u128) << (len * 8);
            len += 4;
        }
        (word.to_le_bytes(), len)
    }

    /// Infallible, since a `ClosePayload` is never longer than a control frame may be.
    #[inline]
    pub(crate) const fn close(payload: &ClosePayload) -> Self {
        Self::unchecked(Opcode::Close, payload.as_bytes().len() as u64)
    }

    #[inline]
    const fn data(opcode: Opcode, payload_len: usize) -> Self {
        let payload_len = payload_len as u64;
        let fits = payload_len <= Self::MAX_PAYLOAD;
        Self::unchecked(opcode, if fits { payload_len } else { Self::MAX_PAYLOAD })
    }

    /// The caller has checked that the opcode may have this length.
    #[inline]
    const fn unchecked(opcode: Opcode, payload_len: u64) -> Self {
        Self {
            payload_len,
            masking_key: None,
            opcode,
            rsv: Rsv::NONE,
            is_final: true,
        }
    }
}

/// The length of the payload, and where the length ends in the header.
#[inline]
fn decode_length(field: u8, src: &[u8]) -> Result<Option<(u64, usize)>, FrameError> {
    match field {
        LENGTH_IN_16_BITS => {
            let Some(&bytes) = src[2..].first_chunk() else {
                return Ok(None);
            };
            let len = u64::from(u16::from_be_bytes(bytes));
            if len < u64::from(LENGTH_IN_16_BITS) {
                return Err(FrameError::LengthNotMinimal {
                    encoded_in: LengthForm::Bits16,
                    len,
                });
            }
            Ok(Some((len, 4)))
        }
        LENGTH_IN_64_BITS => {
            let Some(&bytes) = src[2..].first_chunk() else {
                return Ok(None);
            };
            let len = u64::from_be_bytes(bytes);
            if len > FrameHeader::MAX_PAYLOAD {
                return Err(FrameError::LengthTopBitSet(len));
            }
            if len <= u64::from(u16::MAX) {
                return Err(FrameError::LengthNotMinimal {
                    encoded_in: LengthForm::Bits64,
                    len,
                });
            }
            Ok(Some((len, 10)))
        }
        short => Ok(Some((u64::from(short), 2))),
    }
}
