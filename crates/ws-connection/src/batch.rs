use std::{collections::VecDeque, io::IoSlice, mem};

use bytes::{Buf, Bytes};

/// Encoded bytes on their way out, taken from a [`Sender`](crate::Sender) by
/// [`transmit`](crate::Sender::transmit) and written by the caller: read it as a [`Buf`], with
/// [`chunks_vectored`](Buf::chunks_vectored) where the transport takes several slices.
///
/// Small frames lie in one buffer; a large payload that its owner gave away leaves uncopied.
#[derive(Debug, Default)]
pub struct Batch {
    front: Segment,
    written: usize,
    rest: VecDeque<Segment>,
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
        self.remaining += segment.len();
        if self.remaining == segment.len() {
            self.front = segment;
            self.written = 0;
        } else {
            self.rest.push_back(segment);
        }
    }

    /// The empty buffer of what was written, to be filled again.
    pub(crate) fn take_spare(&mut self) -> Vec<u8> {
        let mut spare = mem::take(&mut self.front.head);
        spare.clear();
        self.written = 0;
        spare
    }

    pub(crate) fn len(&self) -> usize {
        self.remaining
    }

    fn segments(&self) -> impl Iterator<Item = &[u8]> {
        let front = self.front.head.get(self.written..).unwrap_or_default();
        let rest = self.rest.iter().flat_map(|s| [s.head.as_slice(), &s.body]);
        [front, &self.front.body]
            .into_iter()
            .chain(rest)
            .filter(|s| !s.is_empty())
    }
}

impl Buf for Batch {
    fn remaining(&self) -> usize {
        self.remaining
    }

    fn chunk(&self) -> &[u8] {
        self.segments().next().unwrap_or_default()
    }

    fn chunks_vectored<'a>(&'a self, dst: &mut [IoSlice<'a>]) -> usize {
        let mut used = 0;
        for (slot, bytes) in dst.iter_mut().zip(self.segments()) {
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
        loop {
            let head = (self.front.head.len() - self.written).min(count);
            self.written += head;
            count -= head;
            let body = self.front.body.len().min(count);
            self.front.body.advance(body);
            count -= body;
            let done = self.written == self.front.head.len() && self.front.body.is_empty();
            if !done || self.rest.is_empty() {
                return;
            }
            self.front = self.rest.pop_front().unwrap_or_default();
            self.written = 0;
        }
    }
}
