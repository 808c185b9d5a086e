//! A client over any transport that sends what it is told to, legal or not, and tells what comes back.
//!
//! ```
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! use ws_testing::{naive::Frame, peer::Peer};
//!
//! # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
//! # fn finish<F: Future>(future: F) -> F::Output {
//! #     let mut future = pin!(future);
//! #     let mut context = Context::from_waker(Waker::noop());
//! #     loop {
//! #         if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
//! #             return output;
//! #         }
//! #     }
//! # }
//! # finish(async {
//! let (near, mut far) = tokio::io::duplex(1024);
//! let mut peer = Peer::new(near);
//! peer.send(Frame::text("hi")).await;
//!
//! let mut received = [0; 8];
//! far.read_exact(&mut received).await.expect("a masked frame");
//! far.write_all(&Frame::close(1000, "bye").encode()).await.expect("room");
//! drop(far);
//! assert_eq!(peer.read_lines().await, ["close 1000 'bye'", "end"]);
//! # });
//! ```

use std::{collections::VecDeque, io, mem};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::naive::{Decoder, Frame};

/// The opening handshake of RFC 6455 1.2, without the offers.
pub const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// What a server makes of the key in [`REQUEST`].
pub const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// The masking-key of all frames that have none of their own.
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A client that sends what it is told to; see the [module](self).
#[derive(Debug)]
pub struct Peer<S> {
    io: S,
    /// What was read and not looked at.
    unread: Vec<u8>,
    decoder: Decoder,
    frames: VecDeque<Frame>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    /// A client that has said nothing yet.
    #[must_use]
    pub fn new(io: S) -> Self {
        Self {
            io,
            unread: Vec::new(),
            decoder: Decoder::default(),
            frames: VecDeque::new(),
        }
    }

    /// A client behind its opening handshake.
    ///
    /// # Panics
    ///
    /// When it does not succeed.
    pub async fn open(io: S) -> Self {
        let mut peer = Self::new(io);
        peer.write(REQUEST).await;
        let head = peer.read_head().await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert!(head.contains(ACCEPT), "{head}");
        peer
    }

    /// Writes bytes as they are.
    ///
    /// # Panics
    ///
    /// When the transport does not take them.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let written = self.try_write(bytes).await;
        written.expect("the transport takes it");
    }

    /// Writes bytes as they are, if the transport takes them.
    ///
    /// # Errors
    ///
    /// What the transport says.
    pub async fn try_write(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.io.write_all(bytes.as_ref()).await?;
        self.io.flush().await
    }

    /// Sends a frame; one without a mask gets one.
    ///
    /// # Panics
    ///
    /// When the transport does not take it.
    pub async fn send(&mut self, frame: Frame) {
        self.write(masked(frame)).await;
    }

    /// Ends this direction of the transport.
    ///
    /// # Panics
    ///
    /// When the transport cannot.
    pub async fn finish(&mut self) {
        self.io.shutdown().await.expect("an open transport");
    }

    /// The head of a response, the empty line at its end included; or what came until the transport ended.
    pub async fn read_head(&mut self) -> String {
        const END: &[u8] = b"\r\n\r\n";
        let head = loop {
            let end = self.unread.windows(END.len()).position(|four| four == END);
            if let Some(end) = end {
                let frames = self.unread.split_off(end + END.len());
                break mem::replace(&mut self.unread, frames);
            }
            if !matches!(self.read_more().await, Ok(1..)) {
                break mem::take(&mut self.unread);
            }
        };
        String::from_utf8_lossy(&head).into_owned()
    }

    /// The next frame; `None` at the end of the transport.
    ///
    /// # Errors
    ///
    /// What the transport says.
    ///
    /// # Panics
    ///
    /// When the frame is none that a server may send.
    pub async fn read_frame(&mut self) -> io::Result<Option<Frame>> {
        loop {
            let bytes = mem::take(&mut self.unread);
            let frames = self.decoder.push_all(&bytes).expect("legal headers");
            self.frames.extend(frames);
            if let Some(frame) = self.frames.pop_front() {
                assert_eq!((frame.mask, frame.rsv), (None, 0), "{frame}");
                return Ok(Some(frame));
            }
            if self.read_more().await? == 0 {
                let whole = self.decoder.is_between_frames();
                assert!(whole, "the transport ends inside a frame");
                return Ok(None);
            }
        }
    }

    /// The next frame as a transcript tells it: `text 'hi'`; or `end`, or an error of the transport.
    ///
    /// # Panics
    ///
    /// When the frame is none that a server may send.
    pub async fn read_line(&mut self) -> String {
        match self.read_frame().await {
            Ok(Some(frame)) => frame.to_string(),
            Ok(None) => "end".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    /// All frames until the transport ends, and how it ends.
    ///
    /// # Panics
    ///
    /// When there is a frame that no server may send.
    pub async fn read_lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            match self.read_frame().await {
                Ok(Some(frame)) => lines.push(frame.to_string()),
                Ok(None) => {
                    lines.push("end".to_owned());
                    return lines;
                }
                Err(error) => {
                    lines.push(error.to_string());
                    return lines;
                }
            }
        }
    }

    /// All bytes until the transport ends, those of frames that were read already excepted.
    ///
    /// # Errors
    ///
    /// What the transport says.
    pub async fn read_bytes(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = mem::take(&mut self.unread);
        self.io.read_to_end(&mut bytes).await?;
        Ok(bytes)
    }

    /// The transport.
    pub fn io(&mut self) -> &mut S {
        &mut self.io
    }

    async fn read_more(&mut self) -> io::Result<usize> {
        self.unread.reserve(16 * 1024);
        self.io.read_buf(&mut self.unread).await
    }
}

/// The bytes of a frame as a client sends it.
#[must_use]
pub fn masked(frame: Frame) -> Vec<u8> {
    match frame.mask {
        Some(_) => frame.encode(),
        None => frame.masked(KEY).encode(),
    }
}
