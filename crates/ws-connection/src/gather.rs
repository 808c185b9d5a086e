use std::mem;

use bytes::{Buf, Bytes};

use crate::{
    Batch,
    batch::Segment,
    masks::Masks,
    queue::{BATCH_BYTES, SHARE_FROM},
    waiting::Waiting,
};

/// Fills a batch out of small pieces: they are copied together, so that many of them leave in one write.
#[derive(Debug)]
pub(crate) struct Gather<'a> {
    batch: &'a mut Batch,
    head: Vec<u8>,
}

impl<'a> Gather<'a> {
    /// `spare` is an empty buffer.
    pub(crate) fn new(batch: &'a mut Batch, spare: Vec<u8>) -> Self {
        Self { batch, head: spare }
    }

    /// Whether the batch may grow by so many bytes. The first ones always fit, so that all of them
    /// leave.
    pub(crate) fn fits(&self, len: usize) -> bool {
        let gathered = self.batch.remaining() + self.head.len();
        gathered == 0 || gathered + len <= BATCH_BYTES
    }

    pub(crate) fn push(&mut self, segment: Segment) {
        let Segment { head, body } = segment;
        let joins = body.is_empty() || !self.head.is_empty();
        if joins && head.len() < SHARE_FROM {
            self.head.extend_from_slice(&head);
        } else {
            self.flush(Bytes::new());
            self.head = head;
        }
        if !body.is_empty() {
            self.flush(body);
        }
    }

    /// A message that fits into one frame.
    pub(crate) fn push_message(&mut self, message: Waiting, masks: &mut Masks) {
        let Waiting { first, payload, .. } = message;
        let header = first.header(payload.len(), 0);
        if payload.len() < SHARE_FROM || !masks.is_none() {
            masks.encode(header, &payload, &mut self.head);
        } else {
            masks.encode(header, &[], &mut self.head);
            self.flush(payload);
        }
    }

    fn flush(&mut self, body: Bytes) {
        if !self.head.is_empty() {
            let head = mem::take(&mut self.head);
            self.batch.push(Segment { head, body });
        }
    }

    /// The empty buffer back, if it was not needed.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.flush(Bytes::new());
        self.head
    }
}
