use std::{
    io,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite};
use ws_handler::{AddrSource, Peer};
use ws_handshake::{ProxyHeader, ProxyHeaderError, Request, head_end};

use crate::{
    Config, ProxyProtocol,
    admission::{Admission, Excess},
    connection::Connection,
    patience::Patience,
    pool::Rent,
    presence::Arriving,
    refusal::Refusal,
    state::Place,
    traced::Story,
    wire::poll_read_into,
};

/// A connection of which the request is awaited: all that a peer costs that says little.
#[derive(Debug)]
pub(crate) struct Opening<S, H> {
    pub(crate) connection: Connection<S, H>,
    pub(crate) config: Arc<Config>,
    pub(crate) admission: Admission,
    pub(crate) patience: Patience,
    pub(crate) arriving: Arriving,
    /// The client, as far as it is known already.
    pub(crate) client: Peer,
    /// What is to come before the request.
    proxy: ProxyProtocol,
    head: Vec<u8>,
    /// Bytes of `head` that were looked at.
    scanned: usize,
}

/// What came of a request, and behind it.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) request: Request,
    pub(crate) early: Vec<u8>,
}

impl<S, H> Opening<S, H>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    pub(crate) fn new(
        connection: Connection<S, H>,
        config: Arc<Config>,
        place: Option<Place>,
        admission: Admission,
    ) -> Self {
        let transport = connection.peer;
        Self {
            client: transport,
            proxy: config.trusted_proxies().protocol_of(transport),
            patience: Patience::new(&config, place),
            arriving: Arriving::new(config.metrics()),
            head: Vec::new(),
            scanned: 0,
            connection,
            config,
            admission,
        }
    }

    /// Reads the request, as long as that may go on.
    pub(crate) fn poll_asked(&mut self, cx: &mut Context<'_>) -> Poll<Result<Asked, Refusal>> {
        if let Poll::Ready(asked) = self.poll_head(cx) {
            return Poll::Ready(asked);
        }
        self.patience.poll_over(cx, &self.config).map(Err)
    }

    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<Asked, Refusal>> {
        loop {
            let found = match self.proxy {
                ProxyProtocol::Off => self.find_request()?,
                ProxyProtocol::Optional | ProxyProtocol::Required => {
                    self.find_proxy_header()?;
                    None
                }
            };
            if let Some(asked) = found {
                return Poll::Ready(Ok(asked));
            }
            if self.proxy != ProxyProtocol::Off || self.scanned == self.head.len() {
                ready!(self.poll_more(cx))?;
            }
        }
    }

    /// Learns the client from the header that a trusted proxy sends before the request.
    fn find_proxy_header(&mut self) -> Result<(), Refusal> {
        if self.head.is_empty() {
            return Ok(());
        }
        match ProxyHeader::decode(&self.head) {
            Ok(None) => return Ok(()),
            Ok(Some((header, len))) => {
                if let Some(addr) = header.source() {
                    let client = Peer::new(addr, AddrSource::ProxyProtocol);
                    if !self.config.trusted_proxies().trusts(client) {
                        Story::current().tell_peer(client);
                    }
                    self.learn(client)?;
                }
                self.head.drain(..len);
            }
            Err(ProxyHeaderError::Absent { .. }) if self.proxy == ProxyProtocol::Optional => {}
            Err(error) => return Err(error.into()),
        }
        self.proxy = ProxyProtocol::Off;
        Ok(())
    }

    /// From here on the connection counts for this client.
    ///
    /// # Errors
    ///
    /// When it is to be dropped for that; it is counted then when it is refused.
    pub(crate) fn learn(&mut self, client: Peer) -> Result<(), Excess> {
        self.client = client;
        if let Some(place) = &mut self.patience.place
            && self.admission == Admission::Granted
        {
            match place.count_for(client)? {
                Admission::Granted => {}
                Admission::Refused(excess) => {
                    self.config.metrics().add(excess.refused(), 1);
                    self.admission = Admission::Refused(excess);
                }
            }
        }
        Ok(())
    }

    /// The request, when it is there. The head is scanned once and decoded once; the first bytes are
    /// looked at alone, so that what is no HTTP is refused without waiting for the rest.
    fn find_request(&mut self) -> Result<Option<Asked>, Refusal> {
        let Self { head, scanned, .. } = self;
        if head.len() == *scanned {
            return Ok(None);
        }
        let limits = self.config.head();
        let is_whole = head_end(head, *scanned).is_some() || head.len() >= limits.max_head();
        if (is_whole || *scanned == 0)
            && let Some((request, len)) = Request::decode(head, limits)?
        {
            let early = head.split_off(len);
            return Ok(Some(Asked { request, early }));
        }
        *scanned = head.len();
        Ok(None)
    }

    /// No buffer is held while waiting.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut rent = Rent::take();
        let len = ready!(poll_read_into(
            &mut self.connection.io,
            cx,
            rent.as_mut_slice()
        ))?;
        if len == 0 {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        self.head.extend_from_slice(&rent.as_mut_slice()[..len]);
        Poll::Ready(Ok(()))
    }
}
