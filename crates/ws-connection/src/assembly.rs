use bytes::{BufMut, BytesMut};
use ws_frame::{MaskingKey, Utf8Validator};

use crate::{Decoded, Decoder, Message, MessageKind, ProtocolError, agreed::Form};

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
    form: Form,
    /// Bytes that have come in the form of an extension, but for the last piece: nothing comes behind it.
    encoded: u64,
    kind: MessageKind,
    utf8: Utf8Validator,
    empty_fragments: u32,
    /// As far as half a word counts; so many frames are 8 GB at least.
    frames: u32,
    delivered: bool,
}

impl Assembly {
    pub(crate) fn new(kind: MessageKind, form: Form) -> Self {
        Self {
            payload: BytesMut::new(),
            settled: 0,
            form,
            encoded: 0,
            kind,
            utf8: Utf8Validator::new(),
            empty_fragments: 0,
            frames: 1,
            delivered: false,
        }
    }

    pub(crate) fn is_delivered(&self) -> bool {
        self.delivered
    }

    /// Bytes of the message that have come, in the form in which they travel.
    pub(crate) fn len(&self) -> u64 {
        match self.form {
            Form::Plain => self.settled as u64,
            Form::Encoded => self.encoded,
        }
    }

    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// Counts an empty unfinished continuation frame in a row of such.
    pub(crate) fn count_empty_fragment(&mut self, limit: u32) -> Result<(), ProtocolError> {
        self.empty_fragments += 1;
        if self.empty_fragments > limit {
            return Err(ProtocolError::EmptyFragments { limit });
        }
        Ok(())
    }

    /// Counts one more frame, of this length, to what the message costs.
    pub(crate) fn charge(&mut self, len: u64, limit: u64) -> Result<(), ProtocolError> {
        self.frames = self.frames.saturating_add(1);
        let payload = self.len().saturating_add(len);
        let cost = payload.saturating_add(self.frames.into());
        if cost > limit {
            return Err(ProtocolError::TooCostly { cost, limit });
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
    /// Returns how many bytes that were.
    pub(crate) fn settle(
        &mut self,
        key: Option<MaskingKey>,
        offset: usize,
    ) -> Result<u64, ProtocolError> {
        let fresh = &mut self.payload[self.settled..];
        let len = fresh.len() as u64;
        if let Some(key) = key {
            key.apply(fresh, offset);
        }
        if self.kind == MessageKind::Text {
            self.utf8
                .push(fresh)
                .map_err(|_| ProtocolError::InvalidUtf8)?;
        }
        self.settled = self.payload.len();
        Ok(len)
    }

    /// Appends what `decoder` makes of a piece.
    pub(crate) fn decode(
        &mut self,
        piece: &[u8],
        decoder: &mut dyn Decoder,
        limit: usize,
    ) -> Result<(), ProtocolError> {
        self.encoded += piece.len() as u64;
        decoder.decode(piece, &mut self.decoded(limit))?;
        self.settled = self.payload.len();
        Ok(())
    }

    /// The same for the last piece, which ends the message.
    pub(crate) fn decode_last(
        &mut self,
        piece: &[u8],
        decoder: &mut dyn Decoder,
        limit: usize,
    ) -> Result<(), ProtocolError> {
        decoder.finish(piece, &mut self.decoded(limit))?;
        self.settled = self.payload.len();
        Ok(())
    }

    fn decoded(&mut self, limit: usize) -> Decoded<'_> {
        Decoded::new(&mut self.payload, &mut self.utf8, self.kind, limit)
    }

    /// Where the next `left` bytes of the frame may be read to, once enough of the message is here:
    /// the buffer grows by what has arrived, never by what was announced.
    pub(crate) fn room(&mut self, left: usize) -> Option<impl BufMut + '_> {
        let left = left.saturating_sub(self.unsettled());
        if self.form != Form::Plain || self.payload.len() < ROOM_FROM || left == 0 {
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
