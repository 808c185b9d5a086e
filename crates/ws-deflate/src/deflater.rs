use std::mem;

use ws_connection::{Compress, Encoded, Encoder, Message};
use ws_frame::Rsv;
use zlib_rs::DeflateFlush;

use crate::{
    Deflate, WindowBits,
    pool::{Compressor, with_compressor, with_scratch},
    shape::Shape,
};

/// What a flush ends with and a message leaves out (RFC 7692 7.2.1).
const TAIL: &[u8] = b"\x00\x00\xff\xff";

/// Deflates messages each for itself (RFC 7692 7.2.1), without reference to earlier ones: any
/// thread may do it, in any order, and any connection may take it whose window is not smaller.
///
/// ```
/// use ws_connection::Message;
/// use ws_deflate::{Deflate, Deflater, WindowBits};
///
/// let deflater = Deflater::new(&Deflate::default(), WindowBits::MAX);
/// let text = "[0,0,0,0]".repeat(100);
/// let encoded = deflater.encode(&Message::from(&text)).expect("it becomes shorter");
/// assert!(encoded.payload().len() < 50);
///
/// assert_eq!(deflater.encode(&Message::from("short")), None);
/// ```
#[derive(Clone, Debug)]
pub struct Deflater {
    shape: Shape,
    threshold: usize,
}

impl Deflater {
    /// With the level, the memory level and the threshold of these settings, and a window that the
    /// peer has agreed to.
    #[must_use]
    pub fn new(settings: &Deflate, window_bits: WindowBits) -> Self {
        Self {
            shape: Shape::new(settings, window_bits),
            threshold: settings.threshold(),
        }
    }

    /// The payload deflated; `None` when the message leaves as it is, because it is shorter than
    /// the [threshold](Deflate::with_threshold), would not become shorter, or
    /// [says so](Message::with_compress).
    #[must_use]
    pub fn encode(&self, message: &Message<'_>) -> Option<Encoded> {
        Some(Encoded::new(Rsv::RSV1, self.deflate(message)?))
    }

    /// Whether [`encode`](Self::encode) is any work for this message: whether it tries.
    #[must_use]
    pub fn tries(&self, message: &Message<'_>) -> bool {
        self.most(message).is_some()
    }

    fn deflate(&self, message: &Message<'_>) -> Option<Vec<u8>> {
        let most = self.most(message)?;
        // A full flush makes it forget, and costs less than a reset.
        with_compressor(self.shape, |compressor| {
            compressor.deflate(message.as_bytes(), most, DeflateFlush::FullFlush)
        })
    }

    /// How long the deflated message may be; `None` when it is not to be deflated.
    fn most(&self, message: &Message<'_>) -> Option<usize> {
        match message.compress() {
            Compress::Never => None,
            Compress::Auto if message.len() < self.threshold => None,
            Compress::Auto => message.len().checked_sub(1),
            Compress::Always => Some(usize::MAX),
        }
    }
}

/// Deflates the messages of one connection, each with reference to those before.
#[derive(Debug)]
pub(crate) struct TakeoverDeflater {
    deflater: Deflater,
    /// From the first message that is deflated on.
    compressor: Option<Box<Compressor>>,
    /// What it remembers is not what the peer remembers.
    is_astray: bool,
}

impl TakeoverDeflater {
    pub(crate) fn new(deflater: Deflater) -> Self {
        Self {
            deflater,
            compressor: None,
            is_astray: false,
        }
    }
}

impl Encoder for TakeoverDeflater {
    fn encode(&mut self, message: &Message<'_>) -> Option<Vec<u8>> {
        let most = self.deflater.most(message)?;
        let shape = self.deflater.shape;
        let compressor = self
            .compressor
            .get_or_insert_with(|| Box::new(Compressor::new(shape)));
        if mem::take(&mut self.is_astray) {
            compressor.reset();
        }
        let payload = compressor.deflate(message.as_bytes(), most, DeflateFlush::SyncFlush);
        // The peer sees nothing of what does not leave.
        self.is_astray = payload.is_none();
        payload
    }

    /// References count backwards from where they stand, so a compressor that forgets all is right
    /// whatever the peer remembers.
    fn skip(&mut self) {
        self.is_astray = true;
    }
}

impl Encoder for Deflater {
    fn encode(&mut self, message: &Message<'_>) -> Option<Vec<u8>> {
        self.deflate(message)
    }

    fn skip(&mut self) {}
}

impl Compressor {
    /// The payload deflated, in at most so many bytes, and flushed.
    fn deflate(&mut self, payload: &[u8], most: usize, flush: DeflateFlush) -> Option<Vec<u8>> {
        with_scratch(|scratch| self.deflate_through(scratch, payload, most, flush))
    }

    fn deflate_through(
        &mut self,
        scratch: &mut [u8],
        payload: &[u8],
        most: usize,
        flush: DeflateFlush,
    ) -> Option<Vec<u8>> {
        let Self { deflate } = self;
        let mut deflated = Vec::new();
        let mut rest = payload;
        loop {
            let (taken, written) = (deflate.total_in(), deflate.total_out());
            // What it says is to be seen in what it wrote.
            let _ = deflate.compress(rest, scratch, flush);
            let taken = (deflate.total_in() - taken) as usize;
            let written = (deflate.total_out() - written) as usize;
            rest = &rest[taken..];
            deflated.extend_from_slice(&scratch[..written]);
            if deflated.len() > most.saturating_add(TAIL.len()) {
                return None;
            }
            if written < scratch.len() {
                break;
            }
        }
        if payload.is_empty() && deflated.is_empty() {
            // A second flush in a row says nothing. What is left of an empty block is one octet (RFC 7692 7.2.1).
            return Some(vec![0]);
        }
        let len = deflated.len().checked_sub(TAIL.len())?;
        let is_whole = rest.is_empty() && deflated[len..] == *TAIL;
        deflated.truncate(len);
        (is_whole && len <= most).then_some(deflated)
    }
}
