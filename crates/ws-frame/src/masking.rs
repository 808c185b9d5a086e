/// The four bytes that a client XORs over the payload of a frame (RFC 6455 section 5.3).
///
/// Every frame of a client carries a key, no frame of a server does (section 5.1). A client's keys
/// "MUST be derived from a strong source of entropy"; this crate draws none.
///
/// ```
/// use ws_frame::MaskingKey;
///
/// let key = MaskingKey::new([0x37, 0xfa, 0x21, 0x3d]);
/// let mut payload = *b"Hello";
/// key.apply(&mut payload, 0);
/// assert_eq!(payload, [0x7f, 0x9f, 0x4d, 0x51, 0x58]);
/// key.apply(&mut payload, 0);
/// assert_eq!(&payload, b"Hello");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MaskingKey([u8; 4]);

impl MaskingKey {
    /// The key with these bytes, in the order in which they travel.
    #[inline]
    #[must_use]
    pub const fn new(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The bytes of the key, in the order in which they travel.
    #[inline]
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 4] {
        self.0
    }

    /// XORs `payload` in place; masking and unmasking are the same act.
    ///
    /// `offset` is the place of `payload[0]` in the payload of its frame, in bytes, so that a
    /// payload can be treated in pieces as they arrive. Only `offset % 4` counts.
    #[inline]
    pub fn apply(self, payload: &mut [u8], offset: usize) {
        let key = u32::from_le_bytes(self.0).rotate_right((offset % 4) as u32 * 8);
        let key = u64::from(key) << 32 | u64::from(key);
        let (words, tail) = payload.as_chunks_mut::<8>();
        for word in words {
            *word = (u64::from_le_bytes(*word) ^ key).to_le_bytes();
        }
        for (byte, key) in tail.iter_mut().zip(key.to_le_bytes()) {
            *byte ^= key;
        }
    }
}

impl From<[u8; 4]> for MaskingKey {
    #[inline]
    fn from(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }
}
