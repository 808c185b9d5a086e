use std::fmt;

use super::{Event, event::write_payload, opcode, read_close};

/// One frame as its bytes say it, legal or not: every field of RFC 6455 5.2 can be set to anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The FIN bit.
    pub fin: bool,
    /// The RSV bits, RSV1 being `0b100`.
    pub rsv: u8,
    /// Four bits, with a meaning or without.
    pub opcode: u8,
    /// The masking-key; `None` leaves the MASK bit 0.
    pub mask: Option<[u8; 4]>,
    /// How the length is written.
    pub length: Length,
    /// The length that is written, when it is not that of the payload.
    pub announced: Option<u64>,
    /// The payload before masking.
    pub payload: Vec<u8>,
}

/// The three forms of a payload length (RFC 6455 5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Length {
    /// The only legal one.
    #[default]
    Shortest,
    /// Behind 126, however short the payload.
    Bits16,
    /// Behind 127, however short the payload.
    Bits64,
}

/// Legal frames of a server.
impl Frame {
    /// A final frame, not masked; only the low four bits of `opcode` count.
    #[must_use]
    pub fn new(opcode: u8, payload: impl AsRef<[u8]>) -> Self {
        Self {
            fin: true,
            rsv: 0,
            opcode: opcode & 0xF,
            mask: None,
            length: Length::Shortest,
            announced: None,
            payload: payload.as_ref().to_vec(),
        }
    }

    /// A whole text message; the payload need not be UTF-8.
    #[must_use]
    pub fn text(payload: impl AsRef<[u8]>) -> Self {
        Self::new(opcode::TEXT, payload)
    }

    /// A whole binary message.
    #[must_use]
    pub fn binary(payload: impl AsRef<[u8]>) -> Self {
        Self::new(opcode::BINARY, payload)
    }

    /// The last fragment of a message.
    #[must_use]
    pub fn continuation(payload: impl AsRef<[u8]>) -> Self {
        Self::new(opcode::CONTINUATION, payload)
    }

    /// A ping.
    #[must_use]
    pub fn ping(payload: impl AsRef<[u8]>) -> Self {
        Self::new(opcode::PING, payload)
    }

    /// A pong.
    #[must_use]
    pub fn pong(payload: impl AsRef<[u8]>) -> Self {
        Self::new(opcode::PONG, payload)
    }

    /// A Close with any code and any reason, legal or not.
    #[must_use]
    pub fn close(code: u16, reason: impl AsRef<[u8]>) -> Self {
        let payload = [&code.to_be_bytes(), reason.as_ref()].concat();
        Self::new(opcode::CLOSE, payload)
    }

    /// A Close without a status code.
    #[must_use]
    pub fn close_without_status() -> Self {
        Self::new(opcode::CLOSE, "")
    }
}

/// Knobs.
impl Frame {
    /// FIN = 0.
    #[must_use]
    pub fn unfinished(mut self) -> Self {
        self.fin = false;
        self
    }

    /// These RSV bits, RSV1 being `0b100`; only the low three bits count.
    #[must_use]
    pub fn with_rsv(mut self, rsv: u8) -> Self {
        self.rsv = rsv & 0b111;
        self
    }

    /// Masked with this key.
    #[must_use]
    pub fn masked(mut self, key: [u8; 4]) -> Self {
        self.mask = Some(key);
        self
    }

    /// With its length in this form.
    #[must_use]
    pub fn with_length(mut self, length: Length) -> Self {
        self.length = length;
        self
    }

    /// Announcing a payload of `len` bytes, whatever follows.
    #[must_use]
    pub fn announcing(mut self, len: u64) -> Self {
        self.announced = Some(len);
        self
    }

    /// The bytes of the header alone.
    #[must_use]
    pub fn encode_header(&self) -> Vec<u8> {
        let len = self.announced.unwrap_or(self.payload.len() as u64);
        let mask = if self.mask.is_some() { 0x80 } else { 0 };
        let fin = if self.fin { 0x80 } else { 0 };
        let mut bytes = vec![fin | self.rsv << 4 | self.opcode];
        match (self.length, len) {
            (Length::Shortest, 0..=125) => bytes.push(mask | len as u8),
            (Length::Shortest, 126..=0xFFFF) | (Length::Bits16, _) => {
                bytes.push(mask | 126);
                bytes.extend((len as u16).to_be_bytes());
            }
            (Length::Shortest, _) | (Length::Bits64, _) => {
                bytes.push(mask | 127);
                bytes.extend(len.to_be_bytes());
            }
        }
        bytes.extend(self.mask.into_iter().flatten());
        bytes
    }

    /// The bytes of the frame.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.encode_header();
        let key = self.mask.unwrap_or_default();
        for (i, byte) in self.payload.iter().enumerate() {
            bytes.push(byte ^ key[i % 4]);
        }
        bytes
    }

    /// The bytes of several frames behind one another.
    #[must_use]
    pub fn encode_all(frames: &[Frame]) -> Vec<u8> {
        frames.iter().flat_map(Frame::encode).collect()
    }
}

/// As a transcript tells it: `text 'he'...` for a first fragment, `ping '?'`, `close 1000 'bye'`.
impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.opcode, read_close(&self.payload)) {
            (opcode::CLOSE, Ok(close)) => Event::Close(close).fmt(f)?,
            (opcode::CONTINUATION, _) => write_payload(f, "continuation", &self.payload)?,
            (opcode::TEXT, _) => write_payload(f, "text", &self.payload)?,
            (opcode::BINARY, _) => write_payload(f, "binary", &self.payload)?,
            (opcode::CLOSE, _) => write_payload(f, "bad close", &self.payload)?,
            (opcode::PING, _) => write_payload(f, "ping", &self.payload)?,
            (opcode::PONG, _) => write_payload(f, "pong", &self.payload)?,
            (other, _) => write_payload(f, &format!("opcode {other:X}"), &self.payload)?,
        }
        f.write_str(if self.fin { "" } else { "..." })
    }
}
