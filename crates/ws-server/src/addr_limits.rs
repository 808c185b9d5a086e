/// How many of a server's connections one client address may have; a prefix of addresses counts as one,
/// since an IPv6 client chooses freely within its /64.
///
/// Counted is the address of the client: behind [trusted proxies](crate::TrustedProxies) the one that
/// they tell, never their own. A peer without an address, such as a pipe, counts nowhere. Both
/// limits are half of [`Builder::max_connections`](crate::Builder::max_connections) (rounded up) by
/// default: no address can take all places, and a server behind a proxy that it was not told of,
/// whose clients all seem to be one, still has that many. Where clients connect directly, far less does:
///
/// ```
/// use ws_server::{AddrLimits, Server};
///
/// let limits = AddrLimits::default().with_connections(200).with_handshakes(50);
/// let builder = Server::builder().addr_limits(limits);
/// ```
///
/// What is above gets 503 with Retry-After and a sentence that says so, or is dropped, as is said at
/// [`Builder::max_connections`](crate::Builder::max_connections).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddrLimits {
    connections: Cap,
    handshakes: Cap,
    ipv4_prefix: u8,
    ipv6_prefix: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cap {
    /// Half of all connections.
    Half,
    AtMost(usize),
    Off,
}

impl Default for AddrLimits {
    fn default() -> Self {
        Self {
            connections: Cap::Half,
            handshakes: Cap::Half,
            ipv4_prefix: 32,
            ipv6_prefix: 64,
        }
    }
}

impl AddrLimits {
    /// Connections at the same time, handshakes included; `None` turns the limit off.
    #[must_use]
    pub fn with_connections(mut self, connections: impl Into<Option<usize>>) -> Self {
        self.connections = Cap::of(connections.into());
        self
    }

    /// Opening handshakes at the same time, each from the accepted connection to its answer, or to
    /// its end if it is refused; `None` turns the limit off.
    #[must_use]
    pub fn with_handshakes(mut self, handshakes: impl Into<Option<usize>>) -> Self {
        self.handshakes = Cap::of(handshakes.into());
        self
    }

    /// Bits of an IPv4 address that count; 32 by default and at most: each address for itself. An
    /// IPv4 address in the form of IPv6 is one.
    #[must_use]
    pub fn with_ipv4_prefix(mut self, bits: u8) -> Self {
        self.ipv4_prefix = bits.min(32);
        self
    }

    /// Bits of an IPv6 address that count; 64 by default and at most.
    #[must_use]
    pub fn with_ipv6_prefix(mut self, bits: u8) -> Self {
        self.ipv6_prefix = bits.min(64);
        self
    }

    /// See [`with_ipv4_prefix`](Self::with_ipv4_prefix).
    #[must_use]
    pub fn ipv4_prefix(&self) -> u8 {
        self.ipv4_prefix
    }

    /// See [`with_ipv6_prefix`](Self::with_ipv6_prefix).
    #[must_use]
    pub fn ipv6_prefix(&self) -> u8 {
        self.ipv6_prefix
    }

    /// Of a server with so many connections; `None` is no limit.
    pub(crate) fn connections(&self, of: usize) -> Option<usize> {
        self.connections.of_all(of)
    }

    /// See [`connections`](Self::connections).
    pub(crate) fn handshakes(&self, of: usize) -> Option<usize> {
        self.handshakes.of_all(of)
    }
}

impl Cap {
    fn of(limit: Option<usize>) -> Self {
        limit.map_or(Self::Off, Self::AtMost)
    }

    fn of_all(self, all: usize) -> Option<usize> {
        match self {
            Self::Half => Some(all.div_ceil(2)),
            Self::AtMost(limit) => Some(limit),
            Self::Off => None,
        }
    }
}
