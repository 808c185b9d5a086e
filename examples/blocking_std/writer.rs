//! The thread that writes, and that keeps the time.

use std::{
    io::{self, ErrorKind, IoSlice, Write},
    net::{Shutdown, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

use bytes::Buf;
use ws_connection::{Batch, Role, Sender};

use crate::{
    deadline::{Deadline, is_timeout},
    error::Error,
    outlet::Outlet,
};

/// Slices of one vectored write.
const SLICES: usize = 16;

/// The writing end of a connection.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) stream: &'a TcpStream,
    pub(crate) outlet: &'a Outlet,
    pub(crate) role: Role,
    /// Whether the peer has ended its direction of the transport.
    pub(crate) peer_ended: &'a AtomicBool,
}

impl Writer<'_> {
    /// Writes and keeps the time until the connection is over; then ends the transport, which ends
    /// the reader, too.
    pub(crate) fn run(&self) -> Result<(), Error> {
        let ended = self.write_all();
        if ended.is_err() {
            self.outlet.change(Sender::abort);
        }
        // An error means that it is gone already.
        let _ = self.stream.shutdown(Shutdown::Both);
        self.outlet.wake();
        ended
    }

    /// The loop of ws-connection's documentation, but for the reading.
    fn write_all(&self) -> Result<(), Error> {
        let mut batch = Batch::default();
        let mut half_closed = false;
        let mut broken = Ok(());
        let mut sender = self.outlet.lock();
        loop {
            let now = Instant::now();
            sender.transmit(now, &mut batch);
            // Somebody may wait for room, or for the last byte.
            self.outlet.wake();
            let peer_ended = self.peer_ended.load(Ordering::Acquire);
            if sender.is_over() || sender.is_done() && peer_ended {
                return broken;
            }
            let deadline = sender.poll_timeout();
            if deadline.is_some_and(|at| at <= now) {
                if let Some(timeout) = sender.handle_timeout(now) {
                    broken = broken.and(Err(Error::Timeout(timeout)));
                }
                continue;
            }
            if batch.has_remaining() {
                drop(sender);
                write_some(self.stream, &mut batch, deadline).map_err(Error::Transport)?;
                sender = self.outlet.lock();
                continue;
            }
            batch.release();
            // "The server MUST close the TCP connection" first (RFC 6455 7.1.1); it then waits for
            // the client, as a client waits for the server from the start.
            if sender.is_done() && self.role == Role::Server && !half_closed {
                half_closed = true;
                let _ = self.stream.shutdown(Shutdown::Write);
            }
            sender = self.outlet.wait(sender, deadline);
        }
    }
}

/// Writes what the socket takes, and nothing if it takes nothing until then.
fn write_some(mut stream: &TcpStream, batch: &mut Batch, until: Option<Instant>) -> io::Result<()> {
    stream.set_write_timeout(Deadline::at(until).left())?;
    let mut slices = [IoSlice::new(&[]); SLICES];
    let used = batch.chunks_vectored(&mut slices);
    match stream.write_vectored(&slices[..used]) {
        Ok(0) => Err(ErrorKind::WriteZero.into()),
        Ok(len) => {
            batch.advance(len);
            Ok(())
        }
        // The sender sees that there was no progress, and for how long.
        Err(error) if error.kind() == ErrorKind::Interrupted || is_timeout(&error) => Ok(()),
        Err(error) => Err(error),
    }
}
