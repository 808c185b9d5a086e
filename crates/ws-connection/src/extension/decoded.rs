use bytes::BytesMut;
use ws_frame::Utf8Validator;

use crate::{MessageKind, ProtocolError};

/// Most room offered at once.
const ROOM_AT_MOST: usize = 64 << 10;

/// What a [`Decoder`](crate::Decoder) has made of a message so far, and where it puts what comes
/// next.
///
/// It keeps the limit of the message and the rules of UTF-8 after each piece, however much comes
/// out of few bytes.
#[derive(Debug)]
pub struct Decoded<'a> {
    payload: &'a mut BytesMut,
    utf8: &'a mut Utf8Validator,
    kind: MessageKind,
    limit: usize,
}

impl<'a> Decoded<'a> {
    pub(crate) fn new(
        payload: &'a mut BytesMut,
        utf8: &'a mut Utf8Validator,
        kind: MessageKind,
        limit: usize,
    ) -> Self {
        Self {
            payload,
            utf8,
            kind,
            limit,
        }
    }

    /// Calls `write` with room for `wanted` bytes, which it fills from the front; it returns how much
    /// it has filled. There is room for one byte at least, and for less than is wanted where the
    /// limit is nearer, or when it is more than 64 KiB.
    ///
    /// The room is zeros before it is filled: to want much more than is needed costs time.
    ///
    /// # Errors
    ///
    /// What `write` returns; 1009 when the message is longer than it may be, 1007 for text that is
    /// not UTF-8.
    ///
    /// # Panics
    ///
    /// When `write` claims more than the room that it got.
    pub fn fill(
        &mut self,
        wanted: usize,
        write: impl FnOnce(&mut [u8]) -> Result<usize, ProtocolError>,
    ) -> Result<usize, ProtocolError> {
        let before = self.payload.len();
        let left = self.limit - before;
        if left == 0 {
            return self.fill_beyond(write);
        }
        let room = wanted.clamp(1, left.min(ROOM_AT_MOST));
        self.reserve(before + room);
        self.payload.resize(before + room, 0);
        let filled = write(&mut self.payload[before..]);
        let len = *filled.as_ref().unwrap_or(&0);
        assert!(len <= room, "{len} bytes in a room of {room}");
        self.payload.truncate(before + len);
        if self.kind == MessageKind::Text {
            self.utf8
                .push(&self.payload[before..])
                .map_err(|_| ProtocolError::InvalidUtf8)?;
        }
        filled
    }

    /// Doubles, on the way of halves to the limit, so that it ends there and not behind it.
    fn reserve(&mut self, len: usize) {
        if len > self.payload.capacity() {
            let halvings = (self.limit / len).ilog2();
            let more = (self.limit >> halvings) - self.payload.len();
            self.payload.reserve(more);
        }
    }

    /// One byte shows that there is more than is allowed; the buffer does not grow for it, which
    /// may be as long as the limit.
    fn fill_beyond(
        &self,
        write: impl FnOnce(&mut [u8]) -> Result<usize, ProtocolError>,
    ) -> Result<usize, ProtocolError> {
        let mut beyond = [0];
        let len = write(&mut beyond)?;
        assert!(len <= 1, "{len} bytes in a room of 1");
        match len {
            0 => Ok(0),
            _ => Err(ProtocolError::DecodedTooBig {
                limit: self.limit as u64,
            }),
        }
    }

    /// The bytes of the message so far.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.payload
    }
}
