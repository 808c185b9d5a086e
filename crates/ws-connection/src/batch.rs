use std::{io::IoSlice, mem};

use bytes::{Buf, Bytes};

use crate::rare_queue::RareQueue;

/// Encoded bytes on their way out, taken from a [`Sender`](crate::Sender) by
/// [`transmit`](crate::Sender::transmit) and written by the caller: read it as a [`Buf`], with
/// [`chunks_vectored`](Buf::chunks_vectored) where the transport takes several slices.
///
/// Small frames lie in one buffer; a large payload that its owner gave away leaves uncopied.
#[derive(Debug, Default)]
pub struct Batch {
    front: Vec<u8>,
    /// Bytes of `front` that are written.
    written: usize,
    rest: RareQueue<Bytes>,
    remaining: usize,
}

/// Whole frames, or parts of them: `body` follows `head`.
#[derive(Debug, Default)]
pub(crate) struct Segment {
    pub(crate) head: Vec<u8>,
    pub(crate) body: Bytes,
}

impl Segment {
    pub(crate) fn len(&self) -> usize {
        self.head.len() + self.body.len()
    }
}

impl Batch {
    pub(crate) fn push(&mut self, segment: Segment) {
        if self.remaining == 0 {
            self.front = segment.head;
            self.written = 0;
            self.remaining = self.front.len();
        } else {
            self.push_shared(segment.head.into());
        }
        self.push_shared(segment.body);
    }

    fn push_shared(&mut self, bytes: Bytes) {
        self.remaining += bytes.len();
        if !bytes.is_empty() {
            self.rest.push_back(bytes);
        }
    }

    /// The empty buffer of what was written, to be filled again.
    pub(crate) fn take_spare(&mut self) -> Vec<u8> {
        let mut spare = mem::take(&mut self.front);
        spare.clear();
        self.written = 0;
        spare
    }

    /// Gives the buffers of a batch back that is written.
    #[inline]
    pub fn release(&mut self) {
        if self.remaining == 0 {
            self.front = Vec::new();
            self.written = 0;
            self.rest = RareQueue::default();
        }
    }

    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let front = &self.front[self.written..];
        let front = (!front.is_empty()).then_some(front);
        front.into_iter().chain(self.rest.iter().map(Bytes::as_ref))
    }
}

impl Buf for Batch {
    fn remaining(&self) -> usize {
        self.remaining
    }

    fn chunk(&self) -> &[u8] {
        self.pieces().next().unwrap_or_default()
    }

    fn chunks_vectored<'a>(&'a self, dst: &mut [IoSlice<'a>]) -> usize {
        let mut used = 0;
        for (slot, bytes) in dst.iter_mut().zip(self.pieces()) {
            *slot = IoSlice::new(bytes);
            used += 1;
        }
        used
    }

    fn advance(&mut self, mut count: usize) {
        assert!(
            count <= self.remaining,
            "advanced past the end of the batch"
        );
        self.remaining -= count;
        let front = (self.front.len() - self.written).min(count);
        self.written += front;
        count -= front;
        while count > 0
            && let Some(piece) = self.rest.front_mut()
        {
            let taken = piece.len().min(count);
            piece.advance(taken);
            count -= taken;
            if piece.is_empty() {
                self.rest.pop_front();
            }
        }
    }
}
