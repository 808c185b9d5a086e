//! One socket of an attacker: bytes go out as they are, frames are read.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use rustix::net::sockopt;

use crate::failure::Failure;
use crate::load::generator::frames::{FIN, masked};
use crate::load::generator::{Coding, Frames, Kind, handshake};

/// How long an attacker waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) const TEXT: u8 = 1;
pub(super) const BINARY: u8 = 2;
pub(super) const CLOSE: u8 = 8;
pub(super) const PING: u8 = 9;
pub(super) const PONG: u8 = 10;

/// A connection, open or not yet.
#[derive(Debug)]
pub(super) struct Peer {
    socket: TcpStream,
    unread: Vec<u8>,
}

/// A frame of the server's.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) fin: bool,
    pub(super) opcode: u8,
    pub(super) payload: Vec<u8>,
}

/// How the server's direction has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Fin,
    Reset,
    /// Not yet, although it was waited for.
    Open,
}

impl Peer {
    /// Connects and says nothing.
    pub(super) fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let socket = TcpStream::connect_timeout(&address, PATIENCE)?;
        socket.set_nodelay(true)?;
        Self::behind(socket)
    }

    /// Connects and upgrades.
    pub(super) fn open(address: SocketAddr) -> Result<Self, Failure> {
        Self::open_coded(address, Coding::Plain)
    }

    /// The same, with compression agreed on.
    pub(super) fn open_coded(address: SocketAddr, coding: Coding) -> Result<Self, Failure> {
        let frames = Frames::new(Kind::Binary, 1, 1, coding);
        Self::behind(handshake::open(address, &frames)?)
    }

    fn behind(socket: TcpStream) -> Result<Self, Failure> {
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            socket,
            unread: Vec::new(),
        })
    }

    pub(super) fn socket(&self) -> &TcpStream {
        &self.socket
    }

    /// Has small and large messages echoed and closes: what anybody does.
    pub(super) fn visit(mut self) -> Result<(), Failure> {
        for size in [1, 4096] {
            self.send(&masked(FIN | BINARY, &vec![7; size]))?;
            self.expect(BINARY, size)?;
        }
        self.send(&masked(FIN | CLOSE, &1000_u16.to_be_bytes()))?;
        match self.close_code()? {
            Some(1000) => Ok(()),
            other => Err(Failure::failed(format!(
                "a Close with 1000 was answered with {other:?}"
            ))),
        }
    }

    /// Sends all of it, or fails.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.socket
            .write_all(bytes)
            .map_err(|error| Failure::failed(format!("the server does not take it: {error}")))
    }

    /// Sends pieces until the socket takes no more; how many bytes it took.
    pub(super) fn send_while_taken(&mut self, piece: &[u8], count: usize) -> usize {
        let mut taken = 0;
        for _ in 0..count {
            let mut rest = piece;
            while !rest.is_empty() {
                match self.socket.write(rest) {
                    Ok(length) if length > 0 => {
                        taken += length;
                        rest = &rest[length..];
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Ok(_) | Err(_) => return taken,
                }
            }
        }
        taken
    }

    /// The next frame; `None` when there is none any more.
    pub(super) fn next(&mut self) -> Result<Option<Reply>, Failure> {
        loop {
            if let Some((reply, length)) = whole(&self.unread) {
                self.unread.drain(..length);
                return Ok(Some(reply));
            }
            if self.read()? != End::Open {
                return Ok(None);
            }
        }
    }

    /// The next message, in however many frames, has to be of this opcode and size.
    pub(super) fn expect(&mut self, opcode: u8, size: usize) -> Result<(), Failure> {
        let ended = || {
            Failure::failed(format!(
                "the connection ended where opcode {opcode} was due"
            ))
        };
        let first = self.next()?.ok_or_else(ended)?;
        let (mut fin, mut seen) = (first.fin, first.payload.len());
        while !fin {
            let more = self.next()?.ok_or_else(ended)?;
            fin = more.fin;
            seen += more.payload.len();
        }
        if (first.opcode, seen) == (opcode, size) {
            return Ok(());
        }
        Err(Failure::failed(format!(
            "opcode {} with {seen} bytes came where opcode {opcode} with {size} was due",
            first.opcode
        )))
    }

    /// The code of the Close that comes, whatever comes before; 1005 for one without; `None` if none comes.
    pub(super) fn close_code(&mut self) -> Result<Option<u16>, Failure> {
        while let Some(reply) = self.next()? {
            if reply.opcode == CLOSE {
                let code = reply.payload.first_chunk().copied();
                return Ok(Some(code.map_or(1005, u16::from_be_bytes)));
            }
        }
        Ok(None)
    }

    /// Everything that still comes, and how it ends.
    pub(super) fn rest(&mut self) -> Result<(Vec<u8>, End), Failure> {
        loop {
            match self.read() {
                Ok(End::Open) => {}
                Ok(end) => return Ok((std::mem::take(&mut self.unread), end)),
                // Nothing came for as long as an attacker waits.
                Err(Failure::Failed(_)) => {
                    return Ok((std::mem::take(&mut self.unread), End::Open));
                }
                Err(usage) => return Err(usage),
            }
        }
    }

    /// Waits for bytes; `End::Open` if some came.
    fn read(&mut self) -> Result<End, Failure> {
        let mut buffer = [0; 64 * 1024];
        match self.socket.read(&mut buffer) {
            Ok(0) => Ok(End::Fin),
            Ok(length) => {
                self.unread.extend(&buffer[..length]);
                Ok(End::Open)
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(End::Reset),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                Err(Failure::failed("no answer came in 10 s"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Ends our direction only.
    pub(super) fn fin(&self) -> Result<(), Failure> {
        Ok(self.socket.shutdown(Shutdown::Write)?)
    }

    /// Ends both at once, by RST.
    pub(super) fn reset(self) -> Result<(), Failure> {
        sockopt::set_socket_linger(&self.socket, Some(Duration::ZERO))
            .map_err(std::io::Error::from)?;
        Ok(())
    }
}

/// The first frame, if it is there whole, and its length.
fn whole(bytes: &[u8]) -> Option<(Reply, usize)> {
    let [first, second] = *bytes.first_chunk()?;
    let (length, header) = match second {
        126 => (
            u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?) as usize,
            4,
        ),
        127 => (
            u64::from_be_bytes(*bytes.get(2..)?.first_chunk()?) as usize,
            10,
        ),
        short => (short as usize, 2),
    };
    let end = header + length;
    let payload = bytes.get(header..end)?.to_vec();
    let opcode = first & 0x0f;
    let fin = first & FIN != 0;
    Some((
        Reply {
            fin,
            opcode,
            payload,
        },
        end,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_told_when_it_is_whole() {
        let ping = [0x89, 2, 7, 8];
        for length in 0..ping.len() {
            assert_eq!(whole(&ping[..length]), None);
        }
        let (reply, length) = whole(&[&ping[..], &[0x81]].concat()).unwrap();
        assert_eq!((reply.opcode, reply.payload, length), (PING, vec![7, 8], 4));
        let medium = [&[0x82, 126, 1, 0][..], &[5; 256]].concat();
        assert_eq!(whole(&medium).unwrap().1, 260);
        let large = [&[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0][..], &[5; 65_536]].concat();
        assert_eq!(whole(&large).unwrap().0.payload.len(), 65_536);
    }
}
