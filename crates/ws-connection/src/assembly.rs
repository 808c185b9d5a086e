use bytes::{BufMut, BytesMut};
use ws_frame::{MaskingKey, Utf8Validator};

use crate::{Message, MessageKind, ProtocolError};

/// From this many bytes on the rest of a frame is read straight into the message's buffer.
const ROOM_FROM: usize = 32 << 10;

/// Less room than this is not worth a read, unless it is all that is left.
const ROOM_AT_LEAST: usize = 4 << 10;

/// Most room offered at once: what one read can fill.
const ROOM_AT_MOST: usize = 1 << 20;

/// The message that is being put together: one buffer, however many fragments.
#[derive(Debug)]
pub(crate) struct Assembly {
    payload: BytesMut,
    /// How much of `payload` is unmasked and checked; the rest was read into [`Assembly::room`].
    settled: usize,
    kind: MessageKind,
    utf8: Utf8Validator,
    empty_fragments: u32,
    delivered: bool,
}

impl Assembly {
    pub(crate) fn new(kind: MessageKind) -> Self {
        Self {
            payload: BytesMut::new(),
            settled: 0,
            kind,
            utf8: Utf8Validator::new(),
            empty_fragments: 0,
            delivered: false,
        }
    }

    pub(crate) fn is_delivered(&self) -> bool {
        self.delivered
    }

    pub(crate) fn len(&self) -> usize {
        self.settled
    }

    /// Counts an empty unfinished continuation frame in a row of such.
    pub(crate) fn count_empty_fragment(&mut self, limit: u32) -> Result<(), ProtocolError> {
        self.empty_fragments += 1;
        if self.empty_fragments > limit {
            return Err(ProtocolError::EmptyFragments { limit });
        }
        Ok(())
    }

    pub(crate) fn end_empty_fragments(&mut self) {
        self.empty_fragments = 0;
    }

    /// Appends masked payload; see [`Assembly::settle`].
    pub(crate) fn append(&mut self, masked: &[u8]) {
        self.payload.extend_from_slice(masked);
    }

    /// Bytes appended or read that are not settled yet.
    pub(crate) fn unsettled(&self) -> usize {
        self.payload.len() - self.settled
    }

    /// Unmasks what came since, the first byte being at `offset` of its frame, and checks text as
    /// far as it goes, so that a bad byte is found when it arrives and not when the message ends.
    pub(crate) fn settle(
        &mut self,
        key: Option<MaskingKey>,
        offset: usize,
    ) -> Result<(), ProtocolError> {
        let fresh = &mut self.payload[self.settled..];
        if let Some(key) = key {
            key.apply(fresh, offset);
        }
        if self.kind == MessageKind::Text {
            self.utf8
                .push(fresh)
                .map_err(|_| ProtocolError::InvalidUtf8)?;
        }
        self.settled = self.payload.len();
        Ok(())
    }

    /// Where the next `left` bytes of the frame may be read to, once enough of the message is here:
    /// the buffer grows by what has arrived, never by what was announced.
    pub(crate) fn room(&mut self, left: usize) -> Option<impl BufMut + '_> {
        let left = left.saturating_sub(self.unsettled());
        if self.payload.len() < ROOM_FROM || left == 0 {
            return None;
        }
        if self.spare() < left.min(ROOM_AT_LEAST) {
            let growth = self.payload.len().min(left);
            self.payload.reserve(growth);
        }
        let room = self.spare().min(left).min(ROOM_AT_MOST);
        Some((&mut self.payload).limit(room))
    }

    fn spare(&self) -> usize {
        self.payload.capacity() - self.payload.len()
    }

    /// Ends the message: what is left is to hand out [`message`](Self::message).
    pub(crate) fn finish(&mut self) -> Result<(), ProtocolError> {
        if self.kind == MessageKind::Text {
            self.utf8.finish().map_err(|_| ProtocolError::InvalidUtf8)?;
        }
        self.delivered = true;
        Ok(())
    }

    pub(crate) fn message(&mut self) -> Message<'_> {
        Message::assembled(self.kind, &mut self.payload)
    }
}
