use std::{fmt, io};

use ws_connection::{ClosingHandshake, ProtocolError, Side, Timeout};
use ws_frame::CloseCode;

use crate::{Limit, Panic, Peer, Record};

/// How a connection ended, told once, to [`on_close`](crate::Handler::on_close).
#[derive(Debug)]
pub struct CloseInfo {
    handshake: ClosingHandshake,
    cause: Cause,
    peer: Peer,
    record: Record,
}

/// Why a connection ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// The peer sent the first Close.
    Peer,
    /// The application sent the first Close.
    Us,
    /// The server is being shut down.
    Shutdown,
    /// The application ended it with `abort`, or the shutdown's deadline came.
    Abort,
    /// The peer broke the protocol or a limit.
    Protocol(ProtocolError),
    /// The peer took longer than it may.
    Timeout(Timeout),
    /// The server ended it at a limit of its own.
    Limit(Limit),
    /// The transport broke, or ended without a Close (`UnexpectedEof`).
    Transport(io::Error),
    /// A callback panicked.
    Panic(Panic),
}

impl CloseInfo {
    /// What the driver of a connection tells.
    #[must_use]
    pub fn new(handshake: ClosingHandshake, cause: Cause) -> Self {
        let record = Record::default();
        Self {
            handshake,
            cause,
            peer: Peer::UNKNOWN,
            record,
        }
    }

    /// Of the connection of this peer.
    #[must_use]
    pub fn with_peer(mut self, peer: Peer) -> Self {
        self.peer = peer;
        self
    }

    /// With what the connection did while it was open.
    #[must_use]
    pub fn with_record(mut self, record: Record) -> Self {
        self.record = record;
        self
    }

    /// Whose connection it was, as [`Client::peer`](crate::Client::peer) told it.
    #[must_use]
    pub fn peer(&self) -> Peer {
        self.peer
    }

    /// Why it ended.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        &self.cause
    }

    /// Both Close frames and which was the first.
    #[must_use]
    pub fn handshake(&self) -> &ClosingHandshake {
        &self.handshake
    }

    /// The number that a log wants (RFC 6455 7.1.5): the code that the peer sent; 1005 when its
    /// Close named none; else 1006, the transport ended without one.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.handshake.status()
    }

    /// The reason that the peer gave, "" when none (RFC 6455 7.1.6).
    #[must_use]
    pub fn reason(&self) -> &str {
        let frame = self.handshake.received().flatten();
        frame.map_or("", |frame| frame.reason())
    }

    /// The code of our own Close; `None` when none left, or one without a code.
    #[must_use]
    pub fn sent_code(&self) -> Option<CloseCode> {
        Some(self.handshake.sent()??.code())
    }

    /// Whether both sides sent a Close (RFC 6455 7.1.4).
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.handshake.is_complete()
    }

    /// How long it was open, what it carried, and its last round trip.
    ///
    /// ```
    /// # fn f(close: &ws_handler::CloseInfo) {
    /// let record = close.record();
    /// println!("{close} after {:?} and {} messages", record.duration, record.received.messages);
    /// # }
    /// ```
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Whose Close was the first; `None` when there was none.
    #[must_use]
    pub fn first(&self) -> Option<Side> {
        self.handshake.first()
    }
}

/// As `1006 (a callback panicked: oh dear), sent 1011`; what was sent is left out where it is the same.
impl fmt::Display for CloseInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status();
        write!(f, "{status} ({})", self.cause)?;
        match self.sent_code().map(CloseCode::get) {
            Some(sent) if sent != status => write!(f, ", sent {sent}"),
            Some(_) | None => Ok(()),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Peer => f.write_str("closed by the peer"),
            Cause::Us => f.write_str("closed by the application"),
            Cause::Shutdown => f.write_str("closed by the shutdown of the server"),
            Cause::Abort => f.write_str("aborted"),
            Cause::Protocol(error) => error.fmt(f),
            Cause::Timeout(timeout) => timeout.fmt(f),
            Cause::Limit(limit) => limit.fmt(f),
            Cause::Transport(error) => write!(f, "transport: {error}"),
            Cause::Panic(panic) => panic.fmt(f),
        }
    }
}
