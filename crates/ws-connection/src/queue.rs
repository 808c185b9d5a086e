use std::mem;

use bytes::{Buf, Bytes};
use ws_frame::{FrameHeader, Rsv};

use crate::{
    Batch, Encoded, Message, MessageKind,
    backlog::{Backlog, Item},
    batch::Segment,
    gather::Gather,
    masks::Masks,
    start::Start,
    waiting::Waiting,
};

/// A batch is not filled beyond this many bytes, but by a single segment that is longer.
pub(crate) const BATCH_BYTES: usize = 256 << 10;

/// A payload that its owner gave away leaves uncopied from this length on: below, copying it is
/// cheaper than a slice of its own in the write.
pub(crate) const SHARE_FROM: usize = 8 << 10;

/// First allocation of a batch: some tens of small replies.
const FIRST_CAPACITY: usize = 1 << 10;

/// Messages in order that no batch has taken yet: data frames, and what may give way until it leaves.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// What has to leave before the tail.
    backlog: Option<Box<Backlog>>,
    tail: Vec<u8>,
}

impl Queue {
    /// Bytes of all, and what is charged for those that are kept apart.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.tail.len() + self.backlog.as_ref().map_or(0, |all| all.len())
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.tail.is_empty() && self.backlog.as_ref().is_none_or(|all| all.is_empty())
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
        self.push_payload(first, payload, fragment_size, masks);
    }

    fn push_payload(
        &mut self,
        first: Start,
        payload: Bytes,
        fragment_size: usize,
        masks: &mut Masks,
    ) {
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
            masks.encode(header, chunk, &mut self.tail);
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
            masks.encode(header, &[], &mut self.tail);
            self.cut(chunk);
            frame = Start::CONTINUATION;
        }
    }

    /// Ends the segment that is being filled; what comes next may be split off here.
    fn cut(&mut self, body: Bytes) {
        let head = mem::take(&mut self.tail);
        let frames = Item::Frames(Segment { head, body });
        self.backlog.get_or_insert_default().push(frames);
    }

    /// Moves frames to `batch` as far as they fit, and gets its spare buffer back.
    #[inline]
    pub(crate) fn take(
        &mut self,
        batch: &mut Batch,
        mut spare: Vec<u8>,
        fragment_size: usize,
        masks: &mut Masks,
    ) {
        if self.backlog.is_some() {
            spare = self.take_backlog(batch, spare, fragment_size, masks);
        }
        let is_next = self.backlog.as_ref().is_none_or(|all| all.is_empty());
        if is_next && !self.tail.is_empty() && fits(batch, self.tail.len()) {
            let head = mem::replace(&mut self.tail, spare);
            let body = Bytes::new();
            batch.push(Segment { head, body });
        }
    }

    /// What comes before the tail. Returns the spare buffer.
    fn take_backlog(
        &mut self,
        batch: &mut Batch,
        spare: Vec<u8>,
        fragment_size: usize,
        masks: &mut Masks,
    ) -> Vec<u8> {
        let backlog = self.backlog.get_or_insert_default();
        let mut gather = Gather::new(batch, spare);
        while let Some(item) = backlog.pop_if(|item| gather.fits(item.cost())) {
            match item {
                Item::Frames(segment) => gather.push(segment),
                Item::Cut(head) => gather.push(Segment {
                    head,
                    body: Bytes::new(),
                }),
                Item::Waiting(Some(message)) if message.payload.len() > fragment_size => {
                    let frames = Self::frames(message, fragment_size, masks);
                    backlog.begin(*frames.backlog.unwrap_or_default());
                }
                Item::Waiting(waiting) => {
                    if let Some(message) = waiting {
                        gather.push_message(message, masks);
                    }
                }
            }
        }
        gather.finish()
    }

    /// The frames of one message, with no tail.
    fn frames(message: Waiting, fragment_size: usize, masks: &mut Masks) -> Self {
        let mut queue = Self::default();
        queue.push_payload(message.first, message.payload, fragment_size, masks);
        if !queue.tail.is_empty() {
            queue.cut(Bytes::new());
        }
        queue
    }

    /// Drops what has not begun to leave, and the buffers.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Gives the empty buffers back: nothing is waiting and nothing is being written.
    #[inline]
    pub(crate) fn release(&mut self) {
        let holds_buffers = self.tail.capacity() > 0 || self.backlog.is_some();
        if holds_buffers && self.is_empty() {
            self.clear();
        }
    }
}

/// Messages that may give way.
impl Queue {
    pub(crate) fn push_waiting(&mut self, message: Waiting) {
        let backlog = self.backlog.get_or_insert_default();
        if !self.tail.is_empty() {
            let mut head = mem::take(&mut self.tail);
            // Many may stand between messages that give way.
            head.shrink_to_fit();
            backlog.push(Item::Cut(head));
        }
        backlog.push_waiting(message);
    }

    /// See [`Backlog::droppable`].
    pub(crate) fn droppable(&self) -> usize {
        self.backlog.as_ref().map_or(0, |all| all.droppable())
    }

    /// See [`Backlog::waiting`].
    pub(crate) fn waiting(&self, key: u64) -> Option<&Waiting> {
        self.backlog.as_ref()?.waiting(key)
    }

    /// See [`Backlog::replace`].
    pub(crate) fn replace(&mut self, new: Waiting) -> Result<Waiting, Waiting> {
        match &mut self.backlog {
            Some(backlog) => backlog.replace(new),
            None => Err(new),
        }
    }

    /// See [`Backlog::drop_oldest`].
    pub(crate) fn drop_oldest(&mut self) -> Option<Waiting> {
        self.backlog.as_mut()?.drop_oldest()
    }
}

/// Whether a batch may grow by `len` bytes. The first ones always fit, so that all of them leave.
#[inline]
fn fits(batch: &Batch, len: usize) -> bool {
    !batch.has_remaining() || batch.remaining() + len <= BATCH_BYTES
}
