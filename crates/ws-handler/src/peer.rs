use std::fmt;

use core::net::SocketAddr;

/// Who is at the other end of the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Peer {
    addr: Option<SocketAddr>,
}

impl Peer {
    /// The peer of a transport that has no addresses, such as a pipe.
    pub const UNKNOWN: Peer = Peer { addr: None };

    /// The peer's address and port, where the transport has them.
    #[must_use]
    pub fn addr(&self) -> Option<SocketAddr> {
        self.addr
    }
}

impl From<SocketAddr> for Peer {
    fn from(addr: SocketAddr) -> Self {
        Self { addr: Some(addr) }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.addr {
            Some(addr) => addr.fmt(f),
            None => f.write_str("unknown"),
        }
    }
}
