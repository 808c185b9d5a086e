//! Frames as their bytes say it, legal or not: the suite sends those that are not, too.

/// The masking-key of every masked frame of a seed, which is RFC 6455 5.7's. Those of the suite are random.
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// One frame, or the beginning of one at the end of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// All in front of the masking-key.
    start: Vec<u8>,
    is_masked: bool,
    /// Not masked.
    payload: Vec<u8>,
}

/// Cuts a stream into frames; what is left over at its end is no header yet, and is dropped.
pub(super) fn split(mut bytes: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    while let Some((frame, rest)) = Frame::read(bytes) {
        frames.push(frame);
        bytes = rest;
    }
    frames
}

impl Frame {
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (start, len) = match bytes.get(1)? & 0x7F {
            126 => (4, u64::from(u16::from_be_bytes(*bytes[2..].first_chunk()?))),
            127 => (10, u64::from_be_bytes(*bytes[2..].first_chunk()?)),
            len => (2, u64::from(len)),
        };
        let is_masked = bytes[1] & 0x80 != 0;
        let (start, rest) = bytes.split_at(start);
        let (key, rest) = if is_masked {
            rest.split_first_chunk()?
        } else {
            (&[0; 4], rest)
        };
        let len = usize::try_from(len).map_or(rest.len(), |len| len.min(rest.len()));
        let (payload, rest) = rest.split_at(len);
        let frame = Self {
            start: start.to_vec(),
            is_masked,
            payload: masked(payload, *key),
        };
        Some((frame, rest))
    }

    /// The four bits of the opcode.
    pub(super) fn opcode(&self) -> u8 {
        self.start[0] & 0xF
    }

    /// Not masked.
    pub(super) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The header alone, with the masking-key that all frames have.
    pub(super) fn header(&self) -> Vec<u8> {
        let key = if self.is_masked { &KEY[..] } else { &[] };
        [&self.start, key].concat()
    }

    /// The bytes of the frame, masked, if it was, with the key that all frames have.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let key = if self.is_masked { KEY } else { [0; 4] };
        [self.header(), masked(&self.payload, key)].concat()
    }
}

fn masked(payload: &[u8], key: [u8; 4]) -> Vec<u8> {
    let key = key.iter().cycle();
    payload
        .iter()
        .zip(key)
        .map(|(byte, key)| byte ^ key)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "Hello" of RFC 6455 5.7, masked with another key.
    const HELLO: &[u8] = b"\x81\x85\x01\x02\x03\x04\x49\x67\x6f\x68\x6e";

    #[test]
    fn a_masked_frame_gets_the_key_that_all_have() {
        let frames = split(HELLO);
        assert_eq!(frames.len(), 1);
        assert_eq!(frames[0].payload(), b"Hello");
        assert_eq!(frames[0].header(), b"\x81\x85\x37\xfa\x21\x3d");
        assert_eq!(
            frames[0].bytes(),
            b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
        );
    }

    #[test]
    fn frames_of_a_server_are_left_as_they_are_with_every_form_of_length() {
        for header in [
            &b"\x81\x05"[..],
            b"\x82\x7e\x00\x05",
            b"\x8a\x7f\0\0\0\0\0\0\0\x05",
        ] {
            let bytes = [header, b"Hello\x88\x00"].concat();
            let frames = split(&bytes);
            assert_eq!((frames.len(), frames[0].payload()), (2, &b"Hello"[..]));
            assert_eq!(frames[1].opcode(), 8);
            assert_eq!(
                frames.iter().flat_map(Frame::bytes).collect::<Vec<_>>(),
                bytes
            );
        }
    }

    #[test]
    fn illegal_frames_are_frames() {
        let bytes = b"\x73\x80\x01\x02\x03\x04\x09\x7e\x00\x01a\xff\x00";
        let opcodes: Vec<u8> = split(bytes).iter().map(Frame::opcode).collect();
        assert_eq!(opcodes, [3, 9, 15]);
    }

    #[test]
    fn the_beginning_of_a_frame_is_kept_and_that_of_a_header_is_not() {
        let stream = [HELLO, &HELLO[..8]].concat();
        let payloads: Vec<Vec<u8>> = split(&stream)
            .iter()
            .map(|frame| frame.payload().to_vec())
            .collect();
        assert_eq!(payloads, [b"Hello".to_vec(), b"He".to_vec()]);
        for len in 0..6 {
            assert_eq!(split(&HELLO[..len]), [], "{len}");
        }
        assert_eq!(
            split(b"\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xffa")[0].payload(),
            b"a"
        );
    }
}
