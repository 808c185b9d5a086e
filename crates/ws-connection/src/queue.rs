use std::mem;

use bytes::{Buf, Bytes};
use ws_frame::{FrameHeader, Opcode, Rsv};

use crate::{
    Batch, Encoded, Message, MessageKind, batch::Segment, masks::Masks, rare_queue::RareQueue,
};

/// A batch is not filled beyond this many bytes, but by a single segment that is longer.
pub(crate) const BATCH_BYTES: usize = 256 << 10;

/// A payload that its owner gave away leaves uncopied from this length on: below, copying it is
/// cheaper than a slice of its own in the write.
const SHARE_FROM: usize = 8 << 10;

/// First allocation of a batch: some tens of small replies.
const FIRST_CAPACITY: usize = 1 << 10;

/// Data frames, encoded and in order, that no batch has taken yet.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// What has to leave before the tail.
    segments: RareQueue<Segment>,
    tail: Vec<u8>,
    len: usize,
}

impl Queue {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Encodes one message, in fragments when it is longer than `fragment_size`.
    #[inline]
    pub(crate) fn push(&mut self, message: Message<'_>, fragment_size: usize, masks: &mut Masks) {
        let first = Start {
            opcode: message.kind().opcode(),
            rsv: Rsv::NONE,
        };
        if message.len().min(fragment_size) < SHARE_FROM || !masks.is_none() {
            return self.push_copied(first, message.as_bytes(), fragment_size, masks);
        }
        match message.try_into_bytes() {
            Ok(bytes) => self.push_shared(first, bytes, fragment_size, masks),
            Err(message) => self.push_copied(first, message.as_bytes(), fragment_size, masks),
        }
    }

    /// The same for a message in the form of an extension.
    pub(crate) fn push_encoded(
        &mut self,
        kind: MessageKind,
        encoded: Encoded,
        fragment_size: usize,
        masks: &mut Masks,
    ) {
        let Encoded { rsv, payload } = encoded;
        let first = Start {
            opcode: kind.opcode(),
            rsv,
        };
        if payload.len().min(fragment_size) < SHARE_FROM || !masks.is_none() {
            self.push_copied(first, &payload, fragment_size, masks);
        } else {
            self.push_shared(first, payload, fragment_size, masks);
        }
    }

    #[inline]
    fn push_copied(&mut self, first: Start, payload: &[u8], size: usize, masks: &mut Masks) {
        if self.tail.capacity() == 0 {
            let first = payload.len().min(size) + FrameHeader::MAX_LEN;
            self.tail = Vec::with_capacity(first.max(FIRST_CAPACITY));
        }
        let mut frame = first;
        let mut rest = payload;
        loop {
            let (chunk, after) = rest.split_at(rest.len().min(size));
            let header = frame.header(chunk.len(), after.len());
            let before = self.tail.len();
            masks.encode(header, chunk, &mut self.tail);
            self.len += self.tail.len() - before;
            if self.tail.len() >= BATCH_BYTES {
                self.cut(Bytes::new());
            }
            if after.is_empty() {
                return;
            }
            frame = Start::CONTINUATION;
            rest = after;
        }
    }

    fn push_shared(&mut self, first: Start, payload: Bytes, size: usize, masks: &mut Masks) {
        let mut frame = first;
        let mut rest = payload;
        while rest.has_remaining() {
            let chunk = rest.split_to(rest.len().min(size));
            let header = frame.header(chunk.len(), rest.len());
            let before = self.tail.len();
            masks.encode(header, &[], &mut self.tail);
            self.len += self.tail.len() - before + chunk.len();
            self.cut(chunk);
            frame = Start::CONTINUATION;
        }
    }

    /// Ends the segment that is being filled; what comes next may be split off here.
    fn cut(&mut self, body: Bytes) {
        let head = mem::take(&mut self.tail);
        self.segments.push_back(Segment { head, body });
    }

    /// Moves frames to `batch` as far as they fit, and gets its spare buffer back.
    #[inline]
    pub(crate) fn take(&mut self, batch: &mut Batch, spare: Vec<u8>) {
        while let Some(segment) = self.segments.pop_front_if(|next| fits(batch, next.len())) {
            self.len -= segment.len();
            batch.push(segment);
        }
        if self.segments.is_empty() && !self.tail.is_empty() && fits(batch, self.tail.len()) {
            self.len -= self.tail.len();
            let head = mem::replace(&mut self.tail, spare);
            let body = Bytes::new();
            batch.push(Segment { head, body });
        }
    }

    /// Drops what has not begun to leave, and the buffers.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Gives the empty buffers back: nothing is waiting and nothing is being written.
    #[inline]
    pub(crate) fn release(&mut self) {
        let holds_buffers = self.tail.capacity() > 0 || self.segments.holds_buffers();
        if holds_buffers && self.is_empty() {
            self.clear();
        }
    }
}

/// Whether a batch may grow by `len` bytes. The first ones always fit, so that all of them leave.
#[inline]
fn fits(batch: &Batch, len: usize) -> bool {
    !batch.has_remaining() || batch.remaining() + len <= BATCH_BYTES
}

/// What a data frame says in its first byte, but for FIN.
#[derive(Clone, Copy, Debug)]
struct Start {
    opcode: Opcode,
    rsv: Rsv,
}

impl Start {
    const CONTINUATION: Self = Self {
        opcode: Opcode::Continuation,
        rsv: Rsv::NONE,
    };

    /// The header of a frame of a message of which `after` bytes follow in later frames.
    #[inline]
    fn header(self, len: usize, after: usize) -> FrameHeader {
        let header = match after {
            0 => FrameHeader::new(self.opcode, len as u64),
            _ => FrameHeader::fragment(self.opcode, len as u64),
        };
        let header = header.expect("a data frame over a slice is always legal");
        header.with_rsv(self.rsv)
    }
}
