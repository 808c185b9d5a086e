use std::{
    fmt::Display,
    future::poll_fn,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, SystemTime},
};

use bytes::{Buf, Bytes};
use http::{
    HeaderValue, Method, Response, StatusCode,
    header::{DATE, RETRY_AFTER},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    time::timeout,
};
use ws_deflate::PermessageDeflate;
use ws_handler::{AddrSource, Handler, Peer, Upgrade, catch};
use ws_handshake::{
    Acceptance, ProxyHeader, ProxyHeaderError, Rejection, Request, RequestError,
    encode_response_head, head_end,
};

use crate::{Config, ProxyProtocol, admission::Admission, pool::Rent, wire::poll_read_into};

/// Bytes that are still taken from a peer whose request was refused.
const DISCARD_UP_TO: usize = 1 << 20;

/// The opening handshake of one connection.
#[derive(Debug)]
pub(crate) struct Opening<'a, S> {
    io: &'a mut S,
    terms: Terms<'a>,
    /// The answer that opens the connection is being written.
    answering: bool,
}

/// What an opening handshake leaves.
#[derive(Debug)]
pub(crate) struct Answered {
    /// What came behind the request.
    pub(crate) early: Vec<u8>,
    /// The client, perhaps behind trusted proxies.
    pub(crate) peer: Peer,
    /// What was agreed on.
    pub(crate) deflate: Option<PermessageDeflate>,
}

/// What a request is judged by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    /// The other end of the transport.
    pub(crate) transport: Peer,
    /// The client, as far as it is known already.
    pub(crate) peer: Peer,
    pub(crate) config: &'a Config,
    pub(crate) admission: Admission,
}

/// What a handshake ends with, when it does not open the connection.
enum Refusal {
    /// One whole response, head and body; then the connection ends.
    Answer(Vec<u8>, Bytes),
    /// The peer went away.
    Gone(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Refusal::Gone(error)
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        tracing::debug!(status = %rejection.status(), "handshake refused");
        Refusal::answer(rejection.into(), &Method::GET)
    }
}

impl Refusal {
    /// "An origin server with a clock [...] MUST generate a Date header field in all 2xx, 3xx and
    /// 4xx responses" (RFC 9110 6.6.1).
    fn answer(mut response: Response<Bytes>, method: &Method) -> Self {
        let date = httpdate::fmt_http_date(SystemTime::now());
        if let Ok(date) = HeaderValue::try_from(date) {
            response.headers_mut().entry(DATE).or_insert(date);
        }
        let mut head = Vec::new();
        let body = encode_response_head(&response, method, &mut head);
        Refusal::Answer(head, body)
    }
}

impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        tracing::debug!("{error}");
        Rejection::from(&error).into()
    }
}

impl From<ProxyHeaderError> for Refusal {
    fn from(error: ProxyHeaderError) -> Self {
        tracing::debug!("{error}");
        let rejection = Rejection::new(StatusCode::BAD_REQUEST);
        rejection.text(&error.to_string()).into()
    }
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Opening<'a, S> {
    pub(crate) fn new(io: &'a mut S, terms: Terms<'a>) -> Self {
        Self {
            io,
            terms,
            answering: false,
        }
    }

    /// Reads the request, asks the handler, and answers; all in the time that the handshake may
    /// take, and before the server is `draining`. `Some` when the connection is open.
    pub(crate) async fn run<H: Handler>(
        mut self,
        handler: &mut H,
        draining: impl Future<Output = ()>,
    ) -> Option<Answered> {
        let limit = self.terms.config.handshake_timeout();
        let opened = tokio::select! {
            biased;
            opened = timeout(limit, self.open(handler)) => opened.ok(),
            () = draining => Some(Err(unavailable("the server is shutting down").into())),
        };
        match opened.unwrap_or_else(|| Err(too_late(limit))) {
            Ok(answered) => return Some(answered),
            Err(Refusal::Gone(error)) => tracing::debug!("gone in the handshake: {error}"),
            Err(Refusal::Answer(..)) if self.answering => {}
            Err(Refusal::Answer(head, body)) => self.refuse(head.chain(body)).await,
        }
        None
    }

    async fn open<H: Handler>(&mut self, handler: &mut H) -> Result<Answered, Refusal> {
        let ahead = self.read_proxy_header().await?;
        let (request, early) = self.read_request(ahead).await?;
        let proxies = self.terms.config.trusted_proxies();
        self.terms.peer = proxies.client_of(self.terms.peer, request.headers());
        let (acceptance, deflate) = self.terms.decide(&request, handler).await?;
        let mut answer = Vec::with_capacity(256);
        acceptance.encode(&mut answer);
        self.answering = true;
        self.io.write_all(&answer).await?;
        self.io.flush().await?;
        Ok(Answered {
            early,
            peer: self.terms.peer,
            deflate,
        })
    }

    /// Learns the client from the header that a trusted proxy sends before the request, and gives
    /// back what came behind it.
    async fn read_proxy_header(&mut self) -> Result<Vec<u8>, Refusal> {
        let Terms {
            config, transport, ..
        } = self.terms;
        let expected = config.trusted_proxies().protocol_of(transport);
        let mut head = Vec::new();
        if expected == ProxyProtocol::Off {
            return Ok(head);
        }
        loop {
            self.read_more(&mut head).await?;
            match ProxyHeader::decode(&head) {
                Ok(None) => {}
                Ok(Some((header, len))) => {
                    if let Some(addr) = header.source() {
                        self.terms.peer = Peer::new(addr, AddrSource::ProxyProtocol);
                    }
                    return Ok(head.split_off(len));
                }
                Err(ProxyHeaderError::Absent { .. }) if expected == ProxyProtocol::Optional => {
                    return Ok(head);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The request, of which `head` came already, and what came behind it. The head is scanned once and decoded once; the first
    /// bytes are looked at alone, so that what is no HTTP is refused without waiting for the rest.
    async fn read_request(&mut self, mut head: Vec<u8>) -> Result<(Request, Vec<u8>), Refusal> {
        let limits = self.terms.config.head();
        let mut scanned = 0;
        loop {
            if head.len() == scanned {
                self.read_more(&mut head).await?;
            }
            let is_whole = head_end(&head, scanned).is_some() || head.len() >= limits.max_head();
            if (is_whole || scanned == 0)
                && let Some((request, len)) = Request::decode(&head, limits)?
            {
                return Ok((request, head.split_off(len)));
            }
            scanned = head.len();
        }
    }

    /// No buffer is held while waiting.
    async fn read_more(&mut self, head: &mut Vec<u8>) -> io::Result<()> {
        poll_fn(|cx| {
            let mut rent = Rent::take();
            let read = poll_read_into(self.io, cx, rent.as_mut_slice());
            read.map_ok(|len| {
                head.extend_from_slice(&rent.as_mut_slice()[..len]);
                len
            })
        })
        .await
        .and_then(|len| match len {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        })
    }

    /// Writes one response and ends our direction, in the time that a handshake may take; then
    /// discards what still comes for a while, so that the peer can read the answer: a request
    /// behind a refused one is never looked at.
    async fn refuse(&mut self, answer: impl Buf) {
        let config = self.terms.config;
        let said = timeout(config.handshake_timeout(), self.say(answer)).await;
        if let Ok(Ok(())) = said {
            let _ = timeout(config.connection().linger(), self.discard()).await;
        }
    }

    async fn say(&mut self, mut answer: impl Buf) -> io::Result<()> {
        self.io.write_all_buf(&mut answer).await?;
        self.io.shutdown().await
    }

    /// Ends with the transport, or when too much came: whoever sends on and on reads no answer.
    async fn discard(&mut self) -> io::Result<()> {
        let mut discarded = Vec::new();
        let mut left = DISCARD_UP_TO;
        while left > 0 {
            discarded.clear();
            self.read_more(&mut discarded).await?;
            left = left.saturating_sub(discarded.len());
        }
        Ok(())
    }
}

impl Terms<'_> {
    async fn decide<H: Handler>(
        self,
        request: &Request,
        handler: &mut H,
    ) -> Result<(Acceptance, Option<PermessageDeflate>), Refusal> {
        request.check_host()?;
        if let Admission::Refused(refused) = self.admission {
            return Err(unavailable(refused).into());
        }
        if !request.asks_for_upgrade() {
            return Err(self.fall_back(request));
        }
        let acceptance = Acceptance::for_request(request)?;
        self.check_origin(request)?;
        let upgrade = Upgrade::new(request, self.peer, acceptance);
        let upgrade = upgrade.with_transport(self.transport);
        let decision = catch(async { handler.on_upgrade(&upgrade).await }).await;
        let acceptance =
            decision.map_err(|panic| self.fault(format_args!("on_upgrade: {panic}")))??;
        if let [extension, ..] = acceptance.accepted_extensions() {
            return Err(self.fault(format_args!(
                "on_upgrade accepted {extension}, which is for the server to do"
            )));
        }
        let Some(deflate) = self.config.agree(&request.extensions()?) else {
            return Ok((acceptance, None));
        };
        let answer = deflate.agreement().extension();
        let acceptance = acceptance.extension(answer);
        Ok((acceptance.expect("it was offered"), Some(deflate)))
    }

    fn check_origin(self, request: &Request) -> Result<(), Refusal> {
        let call = AssertUnwindSafe(|| self.config.origins().check(request));
        let checked = catch_unwind(call);
        Ok(checked.map_err(|_| self.fault("the check of the origin panicked"))??)
    }

    /// The application's fault, which is no business of the peer.
    fn fault(self, what: impl Display) -> Refusal {
        tracing::error!(peer = %self.peer, "{what}");
        Rejection::new(StatusCode::INTERNAL_SERVER_ERROR).into()
    }

    fn fall_back(self, request: &Request) -> Refusal {
        let call = AssertUnwindSafe(|| self.config.answer(request));
        match catch_unwind(call) {
            Ok(response) => Refusal::answer(response, request.method()),
            Err(_) => self.fault("the fallback panicked"),
        }
    }
}

fn unavailable(why: &str) -> Rejection {
    Rejection::new(StatusCode::SERVICE_UNAVAILABLE)
        .header(RETRY_AFTER, HeaderValue::from_static("5"))
        .text(why)
}

fn too_late(limit: Duration) -> Refusal {
    let text = format!("the opening handshake took longer than the {limit:?} that it may");
    Rejection::new(StatusCode::REQUEST_TIMEOUT)
        .text(&text)
        .into()
}
