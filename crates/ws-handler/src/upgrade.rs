use ws_handshake::{Acceptance, Request};

use crate::Peer;

/// A request to open a WebSocket connection that satisfies RFC 6455 4.2.1, for
/// [`on_upgrade`](crate::Handler::on_upgrade) to accept or to refuse.
#[derive(Debug)]
pub struct Upgrade<'a> {
    request: &'a Request,
    peer: Peer,
    transport: Peer,
    acceptance: Acceptance,
}

impl<'a> Upgrade<'a> {
    /// What the driver of a connection hands out; `acceptance` is that of `request`.
    #[must_use]
    pub fn new(request: &'a Request, peer: Peer, acceptance: Acceptance) -> Self {
        Self {
            request,
            peer,
            transport: peer,
            acceptance,
        }
    }

    /// The same, which came over a transport with another end than `peer`: a proxy.
    #[must_use]
    pub fn with_transport(mut self, transport: Peer) -> Self {
        self.transport = transport;
        self
    }

    /// The request: path, query, headers, offered subprotocols.
    #[must_use]
    pub fn request(&self) -> &Request {
        self.request
    }

    /// Who asks; behind proxies, if they are trusted and told who it is.
    #[must_use]
    pub fn peer(&self) -> Peer {
        self.peer
    }

    /// The other end of the transport: the peer itself, or the nearest proxy. It is told only here,
    /// so that open connections need not keep it.
    #[must_use]
    pub fn transport(&self) -> Peer {
        self.transport
    }

    /// The answer that accepts: 101 without a subprotocol; select one and add headers to it.
    #[must_use]
    pub fn accept(&self) -> Acceptance {
        self.acceptance.clone()
    }
}
