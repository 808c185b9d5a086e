//! Compressed payloads (RFC 7692 7.2), by a library that no server under load is made with.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

use super::coding::Coding;
use super::reply_error::ReplyError;

/// What a message leaves out at its end (RFC 7692 7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// The level that most libraries and browsers use.
const LEVEL: u32 = 6;

/// Compresses a payload for itself, in the only window that is never too large: one that it does not refer beyond.
pub(crate) fn deflate(payload: &[u8]) -> Vec<u8> {
    let mut deflated = Vec::with_capacity(payload.len() + payload.len() / 100 + 64);
    Compress::new(Compression::new(LEVEL), false)
        .compress_vec(payload, &mut deflated, FlushCompress::Sync)
        .expect("a compressor takes all bytes");
    assert!(deflated.ends_with(&TAIL), "the flush had room to end");
    deflated.truncate(deflated.len() - TAIL.len());
    deflated
}

/// So many MiB of zeros, compressed in pieces of one MiB, each of which would be whole by itself.
pub(crate) fn zeros_of_mib(count: usize) -> Vec<u8> {
    let piece = [deflate(&vec![0; 1 << 20]), TAIL.to_vec()].concat();
    let mut deflated = piece.repeat(count);
    deflated.truncate(deflated.len() - TAIL.len());
    deflated
}

/// The compressed replies of one connection.
#[derive(Debug)]
pub(crate) struct Deflated {
    coding: Coding,
    inflater: Decompress,
    /// What has come of a message that is under way.
    wire: Option<Vec<u8>>,
    inflated: Vec<u8>,
    /// The payload of a reply that was found right: one like it need not be inflated.
    known: Vec<u8>,
}

impl Deflated {
    /// For a connection that has agreed on compression.
    pub(crate) fn agreed(coding: Coding) -> Option<Box<Self>> {
        (coding != Coding::Plain).then(|| {
            Box::new(Self {
                coding,
                inflater: Decompress::new(false),
                wire: None,
                inflated: Vec::new(),
                known: Vec::new(),
            })
        })
    }

    pub(crate) fn begin(&mut self) {
        self.wire = Some(Vec::new());
    }

    pub(crate) fn is_under_way(&self) -> bool {
        self.wire.is_some()
    }

    /// Takes payload if it belongs to a compressed message.
    pub(crate) fn take(&mut self, payload: &[u8]) -> bool {
        match &mut self.wire {
            Some(wire) => {
                wire.extend(payload);
                true
            }
            None => false,
        }
    }

    /// The message, if it was a compressed one, is whole: it must inflate to what was sent.
    pub(crate) fn finish(&mut self, sent: &[u8]) -> Result<(), ReplyError> {
        let Some(wire) = self.wire.take() else {
            return Ok(());
        };
        let has_no_past = self.coding == Coding::NoTakeover;
        if has_no_past && wire == self.known {
            return Ok(());
        }
        if has_no_past {
            self.inflater.reset(false);
        }
        self.inflate(&wire, sent.len())?;
        if self.inflated != sent {
            let seen = self.inflated.iter().zip(sent);
            let same = seen.take_while(|(seen, sent)| seen == sent).count();
            return Err(ReplyError::Payload { at: same });
        }
        self.known = wire;
        Ok(())
    }

    /// One byte more than was sent is enough to see that it is too much.
    fn inflate(&mut self, wire: &[u8], len: usize) -> Result<(), ReplyError> {
        self.inflated.clear();
        self.inflated.reserve(len + 1);
        for piece in [wire, &TAIL] {
            let before = self.inflater.total_in();
            self.inflater
                .decompress_vec(piece, &mut self.inflated, FlushDecompress::Sync)
                .map_err(|_| ReplyError::NotDeflate)?;
            if self.inflater.total_in() - before < piece.len() as u64 {
                return Err(ReplyError::NotDeflate);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finish(deflated: &mut Deflated, wire: &[u8], sent: &[u8]) -> Result<(), ReplyError> {
        deflated.begin();
        assert!(deflated.take(wire));
        deflated.finish(sent)
    }

    #[test]
    fn a_reply_must_inflate_to_what_was_sent() {
        let sent = b"all that was sent, all that was sent";
        let wire = deflate(sent);
        let mut deflated = Deflated::agreed(Coding::NoTakeover).unwrap();
        for _ in 0..3 {
            assert_eq!(finish(&mut deflated, &wire, sent), Ok(()));
        }
        let other = deflate(b"all that was said, all that was said");
        let error = finish(&mut deflated, &other, sent);
        assert_eq!(error, Err(ReplyError::Payload { at: 14 }));
        let longer = deflate(b"all that was sent, all that was sent!");
        assert!(finish(&mut deflated, &longer, sent).is_err());
        let shorter = deflate(&sent[..7]);
        let error = finish(&mut deflated, &shorter, sent);
        assert_eq!(error, Err(ReplyError::Payload { at: 7 }));
        let cut = finish(&mut deflated, &wire[..wire.len() - 3], sent);
        assert!(cut.is_err());
        assert_eq!(
            finish(&mut deflated, &[0xff, 0xff], sent),
            Err(ReplyError::NotDeflate)
        );
    }

    #[test]
    fn a_reply_may_refer_to_those_before_where_that_is_agreed_on() {
        let sent = b"neither here nor there";
        let mut compress = Compress::new(Compression::new(9), false);
        let mut next = || {
            let mut wire = Vec::with_capacity(100);
            compress
                .compress_vec(sent, &mut wire, FlushCompress::Sync)
                .unwrap();
            wire.truncate(wire.len() - TAIL.len());
            wire
        };
        let (first, second) = (next(), next());
        assert!(second.len() < first.len());
        let mut kept = Deflated::agreed(Coding::Takeover).unwrap();
        assert_eq!(finish(&mut kept, &first, sent), Ok(()));
        assert_eq!(finish(&mut kept, &second, sent), Ok(()));
        let mut fresh = Deflated::agreed(Coding::NoTakeover).unwrap();
        assert_eq!(finish(&mut fresh, &first, sent), Ok(()));
        assert!(finish(&mut fresh, &second, sent).is_err());
    }

    #[test]
    fn a_plain_message_is_not_taken() {
        assert!(Deflated::agreed(Coding::Plain).is_none());
        let mut deflated = Deflated::agreed(Coding::NoTakeover).unwrap();
        assert!(!deflated.take(b"plain"));
        assert_eq!(deflated.finish(b"whatever"), Ok(()));
    }
}
