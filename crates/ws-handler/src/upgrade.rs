use ws_handshake::{Acceptance, Request};

use crate::Peer;

/// A request to open a WebSocket connection that satisfies RFC 6455 4.2.1, for
/// [`on_upgrade`](crate::Handler::on_upgrade) to accept or to refuse.
#[derive(Debug)]
pub struct Upgrade<'a> {
    request: &'a Request,
    peer: Peer,
    acceptance: Acceptance,
}

impl<'a> Upgrade<'a> {
    /// What the driver of a connection hands out; `acceptance` is that of `request`.
    #[must_use]
    pub fn new(request: &'a Request, peer: Peer, acceptance: Acceptance) -> Self {
        Self {
            request,
            peer,
            acceptance,
        }
    }

    /// The request: path, query, headers, offered subprotocols.
    #[must_use]
    pub fn request(&self) -> &Request {
        self.request
    }

    /// Who asks.
    #[must_use]
    pub fn peer(&self) -> Peer {
        self.peer
    }

    /// The answer that accepts: 101 without a subprotocol; select one and add headers to it.
    #[must_use]
    pub fn accept(&self) -> Acceptance {
        self.acceptance.clone()
    }
}
