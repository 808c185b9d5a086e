use std::ops::Range;

use crate::frames::Header;

/// A frame that comes in several reads.
#[derive(Default)]
pub(crate) struct LargeFrame {
    header: Option<Header>,
    /// Bytes of the payload that have come and are unmasked.
    unmasked: usize,
}

impl LargeFrame {
    /// Unmasks what has come since the last time; true when the frame is whole, else `own` has room for more.
    pub(crate) fn take(&mut self, own: &mut Vec<u8>) -> bool {
        if self.header.is_none() {
            self.header = Header::decode(own);
        }
        let Some(header) = &self.header else {
            own.reserve(1);
            return false;
        };
        let come = own.len().min(header.end());
        header.unmask(self.unmasked, &mut own[header.length + self.unmasked..come]);
        self.unmasked = come - header.length;
        own.reserve(header.end() - come);
        come == header.end()
    }

    /// Where in `own` the reply lies, once the frame is whole.
    pub(crate) fn reply(self, own: &mut [u8]) -> Range<usize> {
        self.header.map_or(0..0, |header| {
            header.write_reply(own, 0, header.length)..header.end()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::tests::{KEY, frame};

    #[test]
    fn a_frame_is_unmasked_piece_by_piece() {
        for size in [0, 5, 200, 70_000] {
            let payload: Vec<u8> = (0..size).map(|at: u32| at.to_le_bytes()[0]).collect();
            let masked = frame(&payload, Some(KEY));
            for step in [1, 3, 4096, masked.len()] {
                let mut large = LargeFrame::default();
                let mut own = Vec::new();
                let mut whole = false;
                for piece in masked.chunks(step) {
                    assert!(!whole);
                    own.extend(piece);
                    whole = large.take(&mut own);
                }
                assert!(whole);
                let reply = large.reply(&mut own);
                assert!(
                    own[reply] == frame(&payload, None),
                    "size {size}, step {step}"
                );
            }
        }
    }
}
