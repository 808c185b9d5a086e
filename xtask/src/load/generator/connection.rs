//! One connection to the server: a batch goes out, its replies are counted.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use super::frames::Frames;
use super::handshake;
use super::replies::{Check, Replies};
use crate::failure::Failure;
use crate::process::stop_if_interrupted;

/// A connection behind its handshake, blocking until told otherwise.
#[derive(Debug)]
pub(crate) struct Connection {
    socket: TcpStream,
    replies: Replies,
    /// Bytes of the batch that the socket has taken.
    written: usize,
    /// Replies to the batch that have not come.
    awaited: usize,
    begun: Instant,
}

impl Connection {
    pub(crate) fn open(
        address: SocketAddr,
        check: Check,
        frames: &Frames,
    ) -> Result<Self, Failure> {
        Ok(Self {
            socket: handshake::open(address, frames)?,
            replies: Replies::new(check, frames.coding()),
            written: 0,
            awaited: 0,
            begun: Instant::now(),
        })
    }

    /// Opens `count` of them, one after the other.
    pub(crate) fn open_many(
        count: usize,
        address: SocketAddr,
        check: Check,
        frames: &Frames,
    ) -> Result<Vec<Self>, Failure> {
        (0..count)
            .map(|_| {
                stop_if_interrupted()?;
                Self::open(address, check, frames)
            })
            .collect()
    }

    pub(crate) fn set_nonblocking(&self) -> io::Result<()> {
        self.socket.set_nonblocking(true)
    }

    /// Sends a batch and waits for all its replies; for a blocking connection.
    pub(crate) fn echo(&mut self, frames: &Frames, scratch: &mut [u8]) -> Result<(), Failure> {
        self.send(frames)?;
        while self.awaited > 0 {
            if self.read(frames, scratch)?.bytes == 0 {
                return Err(Failure::failed("the server did not reply in 10 s"));
            }
        }
        Ok(())
    }

    /// Sends a batch whole and awaits nothing; for a blocking connection.
    pub(crate) fn send(&mut self, frames: &Frames) -> Result<(), Failure> {
        self.begin(frames)?;
        if self.written < frames.batch().len() {
            return Err(Failure::failed(
                "the server did not take a whole batch in 10 s",
            ));
        }
        Ok(())
    }

    /// Begins a batch and writes what the socket takes of it now.
    pub(crate) fn begin(&mut self, frames: &Frames) -> Result<(), Failure> {
        self.written = 0;
        self.awaited = frames.depth();
        self.begun = Instant::now();
        self.write(frames)
    }

    /// Goes on with the batch; returns when all is written or the socket takes no more.
    pub(crate) fn write(&mut self, frames: &Frames) -> Result<(), Failure> {
        while self.written < frames.batch().len() {
            match self.socket.write(&frames.batch()[self.written..]) {
                Ok(taken) => self.written += taken,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(lost(&error)),
            }
        }
        Ok(())
    }

    /// Reads once and counts.
    pub(crate) fn read(
        &mut self,
        frames: &Frames,
        scratch: &mut [u8],
    ) -> Result<Progress, Failure> {
        let bytes = match self.socket.read(scratch) {
            Ok(0) => {
                return Err(Failure::failed(
                    "the server ended a connection without a Close frame",
                ));
            }
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(error) => return Err(lost(&error)),
        };
        let whole = self
            .replies
            .receive(&scratch[..bytes], frames)
            .map_err(|error| Failure::failed(error.to_string()))?;
        let Some(awaited) = self.awaited.checked_sub(whole) else {
            return Err(Failure::failed(
                "the server sent more replies than it got messages",
            ));
        };
        self.awaited = awaited;
        Ok(Progress { bytes, whole })
    }

    /// Bytes of the batch that the socket has taken.
    pub(crate) fn written(&self) -> usize {
        self.written
    }

    /// Whether every reply to the batch has come.
    pub(crate) fn is_answered(&self) -> bool {
        self.awaited == 0
    }

    /// How long ago the batch was begun.
    pub(crate) fn age(&self) -> Duration {
        self.begun.elapsed()
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// What one read brought.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// 0 when the socket had nothing, or when a blocking one was waited for in vain.
    pub(crate) bytes: usize,
    /// Replies that have become whole.
    pub(crate) whole: usize,
}

fn lost(error: &io::Error) -> Failure {
    Failure::failed(format!("a connection was lost: {error}"))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;
    use crate::load::generator::coding::Coding;
    use crate::load::generator::frames::Kind;

    /// A server that answers one handshake, then says `reply`, then waits for the end.
    fn scripted(reply: Vec<u8>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            let mut head = [0; 4096];
            let _ = socket.read(&mut head).unwrap();
            let response = "HTTP/1.1 101 Switching Protocols\r\n\
                            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
            socket.write_all(response.as_bytes()).unwrap();
            let _ = socket.read(&mut head).unwrap();
            socket.write_all(&reply).unwrap();
            let _ = socket.read(&mut head);
        });
        address
    }

    fn echoed(reply: Vec<u8>, frames: &Frames) -> Result<(), Failure> {
        Connection::open(scripted(reply), Check::Payload, frames)?.echo(frames, &mut [0; 1024])
    }

    #[test]
    fn a_batch_is_echoed() {
        let frames = Frames::new(Kind::Text, 3, 2, Coding::Plain);
        let reply = [frames.reply_header(), frames.payload()].concat();
        assert!(echoed(reply.repeat(2), &frames).is_ok());
    }

    #[test]
    fn a_reply_too_many_is_an_error() {
        let frames = Frames::new(Kind::Text, 3, 2, Coding::Plain);
        let reply = [frames.reply_header(), frames.payload()].concat();
        let error = echoed(reply.repeat(3), &frames).unwrap_err();
        assert!(error.to_string().contains("more replies"), "{error}");
    }
}
