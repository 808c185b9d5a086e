//! The frames that are sent, prepared once, and what their replies must look like.

/// The masking-key of every frame: fixed, so that runs are alike, and with no byte that leaves a payload as it was.
const KEY: [u8; 4] = [0x9d, 0x3e, 0x71, 0xc4];

/// Text or binary messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Binary,
}

impl Kind {
    pub(crate) fn opcode(self) -> u8 {
        match self {
            Self::Text => 1,
            Self::Binary => 2,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Binary => "binary",
        }
    }
}

/// Replies that are prepared whole take no more than this.
const REPLIES_LIMIT: usize = 64 * 1024;

/// One message, masked and repeated to the depth, and the reply that one of them must get.
#[derive(Debug)]
pub(crate) struct Frames {
    kind: Kind,
    depth: usize,
    payload: Vec<u8>,
    batch: Vec<u8>,
    reply_header: Vec<u8>,
    replies: Vec<u8>,
}

impl Frames {
    /// Prepares `depth` equal messages of `size` bytes.
    pub(crate) fn new(kind: Kind, size: usize, depth: usize) -> Self {
        let payload = payload(kind, size);
        let mut frame = header(kind, size, 0x80);
        frame.extend(KEY);
        frame.extend(
            payload
                .iter()
                .zip(KEY.iter().cycle())
                .map(|(byte, key)| byte ^ key),
        );
        let reply_header = header(kind, size, 0);
        let reply = [&reply_header[..], &payload].concat();
        Self {
            kind,
            depth,
            payload,
            batch: frame.repeat(depth),
            reply_header,
            replies: reply.repeat(depth.min(REPLIES_LIMIT / reply.len())),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// How many messages the batch holds.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// The payload of every message, not masked.
    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// All messages of one turn, as a client sends them.
    pub(crate) fn batch(&self) -> &[u8] {
        &self.batch
    }

    /// Whole replies to the batch, one after the other: as many as are not too large to compare at every turn.
    pub(crate) fn replies(&self) -> &[u8] {
        &self.replies
    }

    /// The header of a reply that comes in one frame, in its shortest form.
    pub(crate) fn reply_header(&self) -> &[u8] {
        &self.reply_header
    }
}

/// RFC 6455 5.2, with FIN set; `mask` is the mask bit.
fn header(kind: Kind, size: usize, mask: u8) -> Vec<u8> {
    let mut header = vec![0x80 | kind.opcode()];
    if let Ok(short @ 0..=125) = u8::try_from(size) {
        header.push(mask | short);
    } else if let Ok(medium) = u16::try_from(size) {
        header.push(mask | 126);
        header.extend(medium.to_be_bytes());
    } else {
        header.push(mask | 127);
        header.extend((size as u64).to_be_bytes());
    }
    header
}

/// Bytes that look random and are the same in every run; letters if they are to be text.
fn payload(kind: Kind, size: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[4]
    };
    (0..size)
        .map(|_| match kind {
            Kind::Text => b'a' + next() % 26,
            Kind::Binary => next(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_in_the_shortest_form() {
        for (size, expected) in [
            (0, &[0x82, 0x00][..]),
            (125, &[0x82, 125]),
            (126, &[0x82, 126, 0, 126]),
            (65_535, &[0x82, 126, 0xff, 0xff]),
            (65_536, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            assert_eq!(Frames::new(Kind::Binary, size, 1).reply_header(), expected);
        }
    }

    #[test]
    fn a_batch_is_the_masked_frame_repeated() {
        let frames = Frames::new(Kind::Text, 5, 3);
        let one = &frames.batch()[..11];
        assert_eq!(&one[..2], [0x81, 0x85]);
        assert_eq!(one[2..6], KEY);
        let unmasked: Vec<u8> = one[6..]
            .iter()
            .zip(KEY.iter().cycle())
            .map(|(b, k)| b ^ k)
            .collect();
        assert_eq!(unmasked, frames.payload());
        assert_eq!(frames.batch(), one.repeat(3));
    }

    #[test]
    fn text_is_text_and_binary_is_not() {
        assert!(
            Frames::new(Kind::Text, 4096, 1)
                .payload()
                .iter()
                .all(u8::is_ascii_lowercase)
        );
        assert!(std::str::from_utf8(Frames::new(Kind::Binary, 4096, 1).payload()).is_err());
    }
}
