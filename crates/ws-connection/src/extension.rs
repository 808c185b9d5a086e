use std::{borrow::Cow, fmt};

use bytes::{Bytes, BytesMut};
use ws_frame::{CloseCode, Rsv, Utf8Validator};

use crate::{Message, MessageKind, ProtocolError};

/// An extension that carries the payload of messages in another form (RFC 6455 5.8, 9), as
/// permessage-deflate does; agreed on in the opening handshake.
///
/// It makes a half for each half of an endpoint:
/// [`Receiver::with_extension`](crate::Receiver::with_extension) and
/// [`Sender::with_extension`](crate::Sender::with_extension). The protocol stays theirs: frames,
/// fragments, control frames, limits and UTF-8 are looked after as without an extension.
///
/// ```
/// use std::time::Instant;
/// use bytes::Buf;
/// use ws_connection::{
///     Batch, Config, Decoded, Decoder, Encoder, Event, Extension, Message, ProtocolError,
///     Receiver, Sender,
/// };
/// use ws_frame::Rsv;
///
/// /// Turns every bit around.
/// #[derive(Debug)]
/// struct Inverted;
///
/// impl Extension for Inverted {
///     fn rsv(&self) -> Rsv {
///         Rsv::RSV2
///     }
///     fn decoder(&self) -> Box<dyn Decoder> {
///         Box::new(Inverted)
///     }
///     fn encoder(&self) -> Box<dyn Encoder> {
///         Box::new(Inverted)
///     }
/// }
///
/// impl Decoder for Inverted {
///     fn decode(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
///         let mut rest = piece;
///         while !rest.is_empty() {
///             output.fill(rest.len(), |room| {
///                 let len = room.len().min(rest.len());
///                 let (now, later) = rest.split_at(len);
///                 for (to, from) in room.iter_mut().zip(now) {
///                     *to = !from;
///                 }
///                 rest = later;
///                 Ok(len)
///             })?;
///         }
///         Ok(())
///     }
///     fn finish(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
///         self.decode(piece, output)
///     }
/// }
///
/// impl Encoder for Inverted {
///     fn encode(&mut self, message: &Message<'_>) -> Option<Vec<u8>> {
///         Some(message.as_bytes().iter().map(|byte| !byte).collect())
///     }
///     fn skip(&mut self) {}
/// }
///
/// let mut sender = Sender::server(Config::default()).with_extension(&Inverted);
/// sender.send("hi").expect("open");
/// let mut batch = Batch::default();
/// sender.transmit(Instant::now(), &mut batch);
/// assert_eq!(batch.chunk(), b"\xA1\x02\x97\x96");
///
/// let mut receiver = Receiver::client(Config::default()).with_extension(&Inverted);
/// let mut bytes = batch.chunk().to_vec();
/// match receiver.receive(&mut &mut bytes[..])? {
///     Some(Event::Message(message)) => assert_eq!(message.as_text(), Some("hi")),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), ProtocolError>(())
/// ```
pub trait Extension: fmt::Debug {
    /// The reserved bits that the first frame of a message has when its payload has the other
    /// form; one at least.
    fn rsv(&self) -> Rsv;

    /// What brings the payloads that are received back into their own form.
    fn decoder(&self) -> Box<dyn Decoder>;

    /// What brings the payloads that are sent into the other form.
    fn encoder(&self) -> Box<dyn Encoder>;
}

/// The receiving half of an [`Extension`].
pub trait Decoder: fmt::Debug + Send {
    /// Decodes a piece of a message that is not the last, unmasked and in order, wherever fragments
    /// begin and end. It may also keep it until more has come.
    ///
    /// # Errors
    ///
    /// What is wrong with it, most often an [`ExtensionError`]; the connection fails.
    fn decode(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError>;

    /// Decodes the last piece of a message, or the whole of one that came at once; it may be empty.
    /// What comes next is another message.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or that it cannot be the end.
    fn finish(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError>;
}

/// The sending half of an [`Extension`].
pub trait Encoder: fmt::Debug + Send {
    /// The payload of this message in its other form; `None` leaves it in its own.
    fn encode(&mut self, message: &Message<'_>) -> Option<Vec<u8>>;

    /// A message in the other form leaves now that [`encode`](Self::encode) has not made: what is
    /// remembered of earlier messages no longer is what the peer remembers.
    fn skip(&mut self);
}

/// A payload in the form of an [`Extension`], with the reserved bits that say so: made beforehand,
/// for [`Sender::send_encoded`](crate::Sender::send_encoded).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    pub(crate) rsv: Rsv,
    pub(crate) payload: Bytes,
}

impl Encoded {
    /// A payload as it is to travel.
    #[must_use]
    pub fn new(rsv: Rsv, payload: impl Into<Bytes>) -> Self {
        Self {
            rsv,
            payload: payload.into(),
        }
    }

    /// The payload as it is to travel.
    #[must_use]
    pub fn payload(&self) -> &Bytes {
        &self.payload
    }
}

/// Most room offered at once.
const ROOM_AT_MOST: usize = 64 << 10;

/// What a [`Decoder`] has made of a message so far, and where it puts what comes next.
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

/// What an [`Extension`] finds wrong with what the peer sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionError {
    code: CloseCode,
    what: Cow<'static, str>,
}

impl ExtensionError {
    /// An error that is told to the peer with this code and this sentence, of which a Close takes
    /// 123 bytes.
    #[must_use]
    pub fn new(code: CloseCode, what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            what: what.into(),
        }
    }

    /// The status code that tells the peer.
    #[must_use]
    pub fn close_code(&self) -> CloseCode {
        self.code
    }
}

impl fmt::Display for ExtensionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for ExtensionError {}
