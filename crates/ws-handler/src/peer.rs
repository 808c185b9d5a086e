use std::fmt;

use core::net::SocketAddr;

/// Who is at the other end: of the transport, or behind the proxies that are trusted.
///
/// An address that a proxy told is here only where the server was told to believe that proxy;
/// [`source`](Self::source) says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Peer {
    addr: Option<SocketAddr>,
    source: AddrSource,
}

/// How an address was learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddrSource {
    /// It is the other end of the transport.
    Transport,
    /// A trusted proxy told it in a header of the PROXY protocol.
    ProxyProtocol,
    /// Trusted proxies told it in `Forwarded` (RFC 7239) or `X-Forwarded-For`.
    Forwarded,
}

impl Peer {
    /// The peer of a transport that has no addresses, such as a pipe.
    pub const UNKNOWN: Peer = Peer {
        addr: None,
        source: AddrSource::Transport,
    };

    /// The peer at an address that was learnt so.
    ///
    /// ```
    /// use ws_handler::{AddrSource, Peer};
    ///
    /// let peer = Peer::new(([192, 0, 2, 7], 4711).into(), AddrSource::ProxyProtocol);
    /// assert_eq!(peer.to_string(), "192.0.2.7:4711");
    /// ```
    #[must_use]
    pub fn new(addr: SocketAddr, source: AddrSource) -> Self {
        Self {
            addr: Some(addr),
            source,
        }
    }

    /// The peer's address and port, where the transport has them, or a trusted proxy told them. The
    /// port is 0 where a proxy told only the address.
    #[must_use]
    pub fn addr(&self) -> Option<SocketAddr> {
        self.addr
    }

    /// How the address was learnt.
    #[must_use]
    pub fn source(&self) -> AddrSource {
        self.source
    }
}

impl From<SocketAddr> for Peer {
    fn from(addr: SocketAddr) -> Self {
        Self::new(addr, AddrSource::Transport)
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
