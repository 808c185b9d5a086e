//! The thread that reads.

use std::{
    io::{ErrorKind, Read},
    net::TcpStream,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use ws_connection::{Event, Message, ProtocolError, Receiver};

use crate::{error::Error, outlet::Outlet};

/// Bytes of one read.
///
/// A long message passes through here, too: std cannot yet read into the uninitialised bytes of
/// `Receiver::payload_room` without unsafe code. What reads into a `BufMut` can.
const BUFFER: usize = 64 << 10;

/// The reading end of a connection.
#[derive(Debug)]
pub(crate) struct Reader<'a, F> {
    pub(crate) stream: &'a TcpStream,
    pub(crate) outlet: &'a Outlet,
    pub(crate) receiver: Receiver,
    pub(crate) on_message: F,
    /// How long what was queued before a failure may take to leave.
    pub(crate) last_words: Duration,
    pub(crate) peer_ended: &'a AtomicBool,
}

impl<F> Reader<'_, F>
where
    F: FnMut(&Outlet, Message<'_>) -> Result<(), Error>,
{
    /// Reads until the transport ends; `early` came before.
    pub(crate) fn run(&mut self, early: &mut [u8]) -> Result<(), Error> {
        let ended = self.read_all(early);
        self.peer_ended.store(true, Ordering::Release);
        let nothing_to_say = !self.receiver.is_discarding();
        self.outlet.change(|sender| {
            // Behind a Close or a failure a Close of ours may still have to leave.
            if nothing_to_say || ended.is_err() {
                sender.abort();
            }
        });
        ended
    }

    fn read_all(&mut self, early: &mut [u8]) -> Result<(), Error> {
        let mut failed = Ok(());
        if !early.is_empty() {
            failed = self.handle(early)?;
        }
        let mut buffer = vec![0; BUFFER];
        loop {
            let mut stream = self.stream;
            match stream.read(&mut buffer) {
                Ok(0) => return failed.map_err(Error::Protocol),
                Ok(len) => {
                    let handled = self.handle(&mut buffer[..len])?;
                    failed = failed.and(handled);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    failed.map_err(Error::Protocol)?;
                    return Err(Error::Transport(error));
                }
            }
        }
    }

    /// Handles what one read brought. A protocol error does not end the reading: our Close is to
    /// reach the peer, and the rest of what it sends is discarded.
    fn handle(&mut self, input: &mut [u8]) -> Result<Result<(), ProtocolError>, Error> {
        // A message may take its time, as when nobody reads what we print. The peer's silence
        // means nothing meanwhile.
        self.outlet.change(|sender| {
            let now = Instant::now();
            sender.handle_read(now);
            sender.pause_reading(now);
        });
        let handled = self.receive(input)?;
        if let Err(error) = &handled {
            // Failing drops what has not begun to leave: replies to what came before the error.
            let until = Instant::now().checked_add(self.last_words);
            self.outlet.wait_until_written(until);
            self.outlet.change(|sender| sender.fail(error));
        }
        self.outlet
            .change(|sender| sender.resume_reading(Instant::now()));
        Ok(handled)
    }

    fn receive(&mut self, mut input: &mut [u8]) -> Result<Result<(), ProtocolError>, Error> {
        loop {
            match self.receiver.receive(&mut input) {
                Ok(None) => return Ok(Ok(())),
                Ok(Some(Event::Message(message))) => (self.on_message)(self.outlet, message)?,
                Ok(Some(control)) => self
                    .outlet
                    .change(|sender| sender.on_event(Instant::now(), &control)),
                Err(error) => return Ok(Err(error)),
            }
        }
    }
}
