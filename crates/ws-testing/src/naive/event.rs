use std::fmt;

use ws_connection::MessageKind;

/// An event that owns what it tells, so that lists of them can be compared.
#[derive(Clone, PartialEq, Eq)]
pub enum Event {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Vec<u8>),
    /// A ping.
    Ping(Vec<u8>),
    /// A pong.
    Pong(Vec<u8>),
    /// A Close: its code and reason, if it has a payload.
    Close(Option<(u16, String)>),
}

/// # Panics
///
/// When a text message is not text.
impl From<&ws_connection::Event<'_>> for Event {
    fn from(event: &ws_connection::Event<'_>) -> Self {
        match event {
            ws_connection::Event::Message(message) => match message.kind() {
                MessageKind::Text => {
                    let text = std::str::from_utf8(message.as_bytes());
                    Event::Text(text.expect("text is UTF-8").to_owned())
                }
                MessageKind::Binary => Event::Binary(message.as_bytes().to_vec()),
            },
            ws_connection::Event::Ping(payload) => Event::Ping(payload.to_vec()),
            ws_connection::Event::Pong(payload) => Event::Pong(payload.to_vec()),
            ws_connection::Event::Close(frame) => Event::Close(
                frame
                    .as_ref()
                    .map(|frame| (frame.code().get(), frame.reason().to_owned())),
            ),
        }
    }
}

/// As a transcript tells it: `text 'hi'`, `binary of 70000 bytes`, `close 1000 'bye'`. Long payloads are only counted.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Text(text) => write_payload(f, "text", text.as_bytes()),
            Event::Binary(bytes) => write_payload(f, "binary", bytes),
            Event::Ping(bytes) => write_payload(f, "ping", bytes),
            Event::Pong(bytes) => write_payload(f, "pong", bytes),
            Event::Close(None) => f.write_str("close"),
            Event::Close(Some((code, reason))) => {
                write!(f, "close {code} '{}'", reason.escape_debug())
            }
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{self}>")
    }
}

pub(super) fn write_payload(f: &mut fmt::Formatter<'_>, name: &str, bytes: &[u8]) -> fmt::Result {
    match bytes.len() {
        0..=40 => write!(f, "{name} '{}'", bytes.escape_ascii()),
        len => write!(f, "{name} of {len} bytes"),
    }
}
