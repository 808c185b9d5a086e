use std::ops::Range;

/// The length of a masking-key.
const MASK: usize = 4;

/// What [`strip`] made of a buffer.
pub(crate) struct Stripped {
    /// Where the server's frames lie now.
    pub(crate) replies: Range<usize>,
    /// How many bytes of client frames they were made of; what follows is a partial frame.
    pub(crate) consumed: usize,
}

/// Turns the whole client frames at the start of `bytes` into server frames, in place.
///
/// The payload of the first frame stays where it is, since a header without a key is four bytes
/// shorter; those of the frames behind it move up.
pub(crate) fn strip(bytes: &mut [u8]) -> Stripped {
    let mut consumed = 0;
    let mut replies = 0..0;
    while let Some(header) = Header::decode(&bytes[consumed..]) {
        let payload = consumed + header.length..consumed + header.end();
        if payload.end > bytes.len() {
            break;
        }
        if consumed == 0 {
            replies = MASK..MASK;
        }
        let moved = replies.end + header.length - MASK;
        header.write_reply(bytes, consumed, moved);
        if payload.start != moved {
            bytes.copy_within(payload.clone(), moved);
        }
        replies.end = moved + header.payload;
        header.unmask(0, &mut bytes[moved..replies.end]);
        consumed = payload.end;
    }
    Stripped { replies, consumed }
}

/// The header of a client's frame, which is always masked.
pub(crate) struct Header {
    pub(crate) length: usize,
    pub(crate) payload: usize,
    key: [u8; MASK],
}

impl Header {
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (payload, key_at) = match bytes.get(1)? & 0x7f {
            126 => {
                let length = bytes.get(2..4)?.try_into().ok()?;
                (usize::from(u16::from_be_bytes(length)), 4)
            }
            127 => {
                let length = bytes.get(2..10)?.try_into().ok()?;
                (usize::try_from(u64::from_be_bytes(length)).ok()?, 10)
            }
            short => (usize::from(short), 2),
        };
        let key = bytes.get(key_at..key_at + MASK)?.try_into().ok()?;
        Some(Self {
            length: key_at + MASK,
            payload,
            key,
        })
    }

    /// Where the frame ends, from where it begins.
    pub(crate) fn end(&self) -> usize {
        self.length + self.payload
    }

    /// Unmasks a piece of the payload that begins at `offset` in it.
    pub(crate) fn unmask(&self, offset: usize, piece: &mut [u8]) {
        let mut key = self.key;
        key.rotate_left(offset % MASK);
        let [a, b, c, d] = key;
        let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
        let (chunks, rest) = piece.as_chunks_mut::<8>();
        for chunk in chunks {
            *chunk = (u64::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
        }
        for (byte, key) in rest.iter_mut().zip(key.iter().cycle()) {
            *byte ^= key;
        }
    }

    /// Writes the header of the reply so that it ends at `payload_at`, and says where it begins.
    pub(crate) fn write_reply(
        &self,
        bytes: &mut [u8],
        header_at: usize,
        payload_at: usize,
    ) -> usize {
        let length = self.length - MASK;
        let at = payload_at - length;
        bytes.copy_within(header_at..header_at + length, at);
        bytes[at + 1] &= 0x7f;
        at
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

    pub(crate) fn frame(payload: &[u8], key: Option<[u8; 4]>) -> Vec<u8> {
        let bit = if key.is_some() { 0x80 } else { 0 };
        let mut frame = vec![0x82];
        match payload.len() {
            short @ 0..126 => frame.push(bit | u8::try_from(short).unwrap()),
            medium @ 126..65_536 => {
                frame.push(bit | 126);
                frame.extend(u16::try_from(medium).unwrap().to_be_bytes());
            }
            long => {
                frame.push(bit | 127);
                frame.extend(u64::try_from(long).unwrap().to_be_bytes());
            }
        }
        frame.extend(key.iter().flatten());
        let key = key.unwrap_or_default();
        frame.extend(payload.iter().zip(key.iter().cycle()).map(|(p, k)| p ^ k));
        frame
    }

    #[test]
    fn whole_frames_become_server_frames_and_the_rest_stays() {
        let payloads: Vec<Vec<u8>> = [0, 1, 7, 8, 125, 126, 300, 65_535, 65_536, 70_001]
            .iter()
            .map(|&length| (0..length).map(|at: u32| at.to_le_bytes()[0]).collect())
            .collect();
        let mut bytes: Vec<u8> = payloads.iter().flat_map(|p| frame(p, Some(KEY))).collect();
        let expected: Vec<u8> = payloads.iter().flat_map(|p| frame(p, None)).collect();
        let whole = bytes.len();
        bytes.extend(&frame(b"partial", Some(KEY))[..9]);

        let stripped = strip(&mut bytes);
        assert_eq!(stripped.consumed, whole);
        assert!(bytes[stripped.replies] == expected);
    }

    #[test]
    fn a_partial_frame_is_left_alone_at_every_length() {
        let frame = frame(&[9; 300], Some(KEY));
        for length in 0..frame.len() {
            let mut bytes = frame[..length].to_vec();
            let stripped = strip(&mut bytes);
            assert_eq!((stripped.consumed, stripped.replies), (0, 0..0));
            assert!(bytes == frame[..length]);
        }
    }
}
