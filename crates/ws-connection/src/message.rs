use std::fmt;

use bytes::{Bytes, BytesMut};
use ws_frame::{Opcode, validate_utf8};

/// Text or binary, the two kinds of message (RFC 6455 5.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// UTF-8 text, opcode 1.
    Text,
    /// Bytes, opcode 2.
    Binary,
}

impl MessageKind {
    /// The opcode of the first frame of such a message.
    #[must_use]
    pub fn opcode(self) -> Opcode {
        match self {
            MessageKind::Text => Opcode::Text,
            MessageKind::Binary => Opcode::Binary,
        }
    }
}

/// Whether a message is compressed, where that was agreed on.
///
/// ```
/// use ws_connection::{Compress, Message};
///
/// let photo = Message::from(&b"\xFF\xD8\xFF"[..]).with_compress(Compress::Never);
/// assert_eq!(photo.compress(), Compress::Never);
/// assert_eq!(Message::from("text").compress(), Compress::Auto);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Compress {
    /// When it is long enough, and becomes shorter.
    #[default]
    Auto,
    /// Never: it is compressed already, or it holds a secret beside what others may choose.
    Never,
    /// However short it is, and even if it becomes longer.
    Always,
}

/// One message, received or to be sent (RFC 6455 5.6). Text is always valid UTF-8.
///
/// A received message borrows from the read buffer, or from the buffer in which its pieces were
/// put together; sending such a message on moves that buffer instead of copying it.
///
/// ```
/// use ws_connection::Message;
///
/// let message = Message::from("hello");
/// assert_eq!(message.as_text(), Some("hello"));
/// assert_eq!(Message::from(vec![1, 2, 3]).as_bytes(), [1, 2, 3]);
/// ```
pub struct Message<'a> {
    kind: MessageKind,
    compress: Compress,
    payload: Payload<'a>,
}

enum Payload<'a> {
    Str(&'a str),
    Slice(&'a [u8]),
    Assembled(&'a mut BytesMut),
    Owned(Bytes),
}

impl<'a> Message<'a> {
    pub(crate) fn assembled(kind: MessageKind, payload: &'a mut BytesMut) -> Self {
        Self {
            kind,
            compress: Compress::Auto,
            payload: Payload::Assembled(payload),
        }
    }

    /// A text message of bytes that can be shared, for example a cached page of JSON; `None`
    /// when they are not UTF-8.
    #[must_use]
    pub fn text_from_bytes(bytes: Bytes) -> Option<Message<'static>> {
        validate_utf8(&bytes).ok()?;
        Some(Message {
            kind: MessageKind::Text,
            compress: Compress::Auto,
            payload: Payload::Owned(bytes),
        })
    }

    /// Says whether this message is to be compressed; [`Compress::Auto`] by default. It means
    /// nothing where no compression was agreed on.
    #[must_use]
    pub fn with_compress(mut self, compress: Compress) -> Self {
        self.compress = compress;
        self
    }

    /// See [`with_compress`](Self::with_compress).
    #[must_use]
    pub fn compress(&self) -> Compress {
        self.compress
    }

    /// Text or binary.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        self.kind
    }

    /// The text, or `None` for a binary message.
    ///
    /// Free for a message that lay whole in the read buffer; one that came in pieces is checked
    /// once more, at the speed of `simdutf8`.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match (self.kind, &self.payload) {
            (MessageKind::Binary, _) => None,
            (MessageKind::Text, Payload::Str(text)) => Some(text),
            (MessageKind::Text, _) => validate_utf8(self.as_bytes()).ok(),
        }
    }

    /// The payload, of either kind.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.payload {
            Payload::Str(text) => text.as_bytes(),
            Payload::Slice(bytes) => bytes,
            Payload::Assembled(bytes) => bytes,
            Payload::Owned(bytes) => bytes,
        }
    }

    /// Bytes of payload.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether the payload is empty, which is legal for both kinds.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The message without a borrow, to be kept or handed to another task. Copies a message that
    /// lay in the read buffer, moves one that was put together from pieces.
    #[must_use]
    pub fn into_owned(self) -> Message<'static> {
        Message {
            kind: self.kind,
            compress: self.compress,
            payload: Payload::Owned(self.into_bytes()),
        }
    }

    /// The payload as shared bytes; copies or moves like [`into_owned`](Self::into_owned).
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        match self.payload {
            Payload::Str(text) => Bytes::copy_from_slice(text.as_bytes()),
            Payload::Slice(bytes) => Bytes::copy_from_slice(bytes),
            Payload::Assembled(bytes) => bytes.split().freeze(),
            Payload::Owned(bytes) => bytes,
        }
    }

    /// The payload when it can leave without a copy, else the message back.
    pub(crate) fn try_into_bytes(self) -> Result<Bytes, Self> {
        match self.payload {
            Payload::Assembled(_) | Payload::Owned(_) => Ok(self.into_bytes()),
            Payload::Str(_) | Payload::Slice(_) => Err(self),
        }
    }
}

impl Clone for Message<'_> {
    /// Shares owned bytes and borrows again what is borrowed; a message that was put together
    /// from pieces is copied.
    fn clone(&self) -> Self {
        let payload = match &self.payload {
            Payload::Str(text) => Payload::Str(text),
            Payload::Slice(bytes) => Payload::Slice(bytes),
            Payload::Assembled(bytes) => Payload::Owned(Bytes::copy_from_slice(bytes)),
            Payload::Owned(bytes) => Payload::Owned(bytes.clone()),
        };
        Self {
            kind: self.kind,
            compress: self.compress,
            payload,
        }
    }
}

impl PartialEq for Message<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Message<'_> {}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_text() {
            Some(text) => f.debug_tuple("Text").field(&text).finish(),
            None => f.debug_tuple("Binary").field(&self.as_bytes()).finish(),
        }
    }
}

impl<'a> From<&'a str> for Message<'a> {
    fn from(text: &'a str) -> Self {
        Self {
            kind: MessageKind::Text,
            compress: Compress::Auto,
            payload: Payload::Str(text),
        }
    }
}

impl<'a> From<&'a [u8]> for Message<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self {
            kind: MessageKind::Binary,
            compress: Compress::Auto,
            payload: Payload::Slice(bytes),
        }
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Message<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl<'a> From<&'a String> for Message<'a> {
    fn from(text: &'a String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for Message<'static> {
    fn from(text: String) -> Self {
        Self {
            kind: MessageKind::Text,
            compress: Compress::Auto,
            payload: Payload::Owned(Bytes::from(text)),
        }
    }
}

impl From<Vec<u8>> for Message<'static> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Bytes::from(bytes))
    }
}

impl From<Bytes> for Message<'static> {
    fn from(bytes: Bytes) -> Self {
        Self {
            kind: MessageKind::Binary,
            compress: Compress::Auto,
            payload: Payload::Owned(bytes),
        }
    }
}
