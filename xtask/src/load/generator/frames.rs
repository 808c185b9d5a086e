//! The frames that are sent, prepared once, and what their replies must look like.

use super::coding::Coding;
use super::deflated::deflate;
use super::payload::payload;

/// The masking-key of every frame: fixed, so that runs are alike, and with no byte that leaves a payload as it was.
const KEY: [u8; 4] = [0x9d, 0x3e, 0x71, 0xc4];

/// The last frame of its message.
pub(crate) const FIN: u8 = 0x80;

/// RFC 7692 6: a compressed message.
pub(crate) const RSV1: u8 = 0x40;

/// What the messages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters that look random.
    Text,
    /// Text like what JSON APIs send, which shrinks.
    Json,
    /// Bytes that look random.
    Binary,
}

impl Kind {
    pub(crate) fn opcode(self) -> u8 {
        match self {
            Self::Text | Self::Json => 1,
            Self::Binary => 2,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "JSON text",
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
    coding: Coding,
    depth: usize,
    payload: Vec<u8>,
    batch: Vec<u8>,
    reply_header: Vec<u8>,
    replies: Vec<u8>,
}

impl Frames {
    /// Prepares `depth` equal messages of `size` bytes before they are compressed.
    pub(crate) fn new(kind: Kind, size: usize, depth: usize, coding: Coding) -> Self {
        let payload = payload(kind, size);
        let frame = match coding {
            Coding::Plain => masked(FIN | kind.opcode(), &payload),
            Coding::NoTakeover | Coding::Takeover => {
                masked(FIN | RSV1 | kind.opcode(), &deflate(&payload))
            }
        };
        let reply_header = header(FIN | kind.opcode(), size, 0);
        let reply = [&reply_header[..], &payload].concat();
        Self {
            kind,
            coding,
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

    pub(crate) fn coding(&self) -> Coding {
        self.coding
    }

    /// How many bytes back a compressed message can refer.
    pub(crate) fn reach(&self) -> usize {
        self.payload.len()
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

    /// Whole uncompressed replies to the batch, one after the other: as many as are not too large to compare at every
    /// turn.
    pub(crate) fn replies(&self) -> &[u8] {
        &self.replies
    }

    /// The header of an uncompressed reply that comes in one frame, in its shortest form.
    pub(crate) fn reply_header(&self) -> &[u8] {
        &self.reply_header
    }
}

/// A client's frame; `first` is its first byte.
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = masked_header(first, payload.len());
    let keys = KEY.iter().cycle();
    frame.extend(payload.iter().zip(keys).map(|(byte, key)| byte ^ key));
    frame
}

/// The header of a client's frame, with its masking-key.
pub(crate) fn masked_header(first: u8, size: usize) -> Vec<u8> {
    let mut header = header(first, size, 0x80);
    header.extend(KEY);
    header
}

/// RFC 6455 5.2; `mask` is the mask bit.
fn header(first: u8, size: usize, mask: u8) -> Vec<u8> {
    let mut header = vec![first];
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
            assert_eq!(
                Frames::new(Kind::Binary, size, 1, Coding::Plain).reply_header(),
                expected
            );
        }
    }

    #[test]
    fn a_batch_is_the_masked_frame_repeated() {
        let frames = Frames::new(Kind::Text, 5, 3, Coding::Plain);
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
    fn a_compressed_batch_is_marked_and_masked() {
        let frames = Frames::new(Kind::Json, 1024, 2, Coding::NoTakeover);
        let one = &frames.batch()[..frames.batch().len() / 2];
        assert_eq!(one[..2], [0xc1, 0xfe]);
        let wire: Vec<u8> = one[8..]
            .iter()
            .zip(KEY.iter().cycle())
            .map(|(b, k)| b ^ k)
            .collect();
        assert_eq!(wire, deflate(frames.payload()));
        assert_eq!(one[2..4], (wire.len() as u16).to_be_bytes());
        assert_eq!(frames.batch(), one.repeat(2));
    }
}
