use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use ws_connection::{
    Compress, Decoded, Decoder, Encoder, Extension, ExtensionError, Message, ProtocolError,
};
use ws_frame::{CloseCode, Rsv};

/// A message travels as half of it: each byte stands for two. It ends with a full stop, which stands for nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doubled {
    /// The halves that there are.
    pub(crate) alive: Arc<AtomicUsize>,
    /// How often the encoder was told that it was passed over.
    pub(crate) skipped: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct Half {
    shared: Doubled,
    ended: bool,
}

impl Doubled {
    fn half(&self) -> Half {
        self.alive.fetch_add(1, Relaxed);
        Half {
            shared: self.clone(),
            ended: false,
        }
    }

    pub(crate) fn alive(&self) -> usize {
        self.alive.load(Relaxed)
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        self.shared.alive.fetch_sub(1, Relaxed);
    }
}

impl Extension for Doubled {
    fn rsv(&self) -> Rsv {
        Rsv::RSV2
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(self.half())
    }

    fn encoder(&self) -> Box<dyn Encoder> {
        Box::new(self.half())
    }
}

fn wrong(what: &'static str) -> ProtocolError {
    ExtensionError::new(CloseCode::INVALID_PAYLOAD, what).into()
}

impl Decoder for Half {
    fn decode(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
        for byte in piece {
            if self.ended {
                return Err(wrong("something behind the full stop"));
            }
            self.ended = *byte == b'.';
            let times = if self.ended { 0 } else { 2 };
            for _ in 0..times {
                let before = output.as_slice().len();
                output.fill(1, |room| {
                    room[0] = *byte;
                    Ok(1)
                })?;
                assert_eq!(output.as_slice().len(), before + 1);
            }
        }
        Ok(())
    }

    fn finish(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
        self.decode(piece, output)?;
        // As one asks that cannot know before whether more comes, also at the limit.
        output.fill(1, |_| Ok(0))?;
        match std::mem::take(&mut self.ended) {
            true => Ok(()),
            false => Err(wrong("no full stop")),
        }
    }
}

impl Encoder for Half {
    fn encode(&mut self, message: &Message<'_>) -> Option<Vec<u8>> {
        let bytes = message.as_bytes();
        let is_doubled = bytes
            .chunks(2)
            .all(|pair| pair.len() == 2 && pair[0] == pair[1]);
        if message.compress() == Compress::Never || !is_doubled {
            return None;
        }
        Some(bytes.iter().copied().step_by(2).chain([b'.']).collect())
    }

    fn skip(&mut self) {
        self.shared.skipped.fetch_add(1, Relaxed);
    }
}
