use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::{IpNet, Ipv4Net};
use ws_handler::{AddrSource, Peer};
use ws_handshake::{ForwardedError, ForwardedNode, forwarded_for, x_forwarded_for};

use crate::PrefixError;

/// Which addresses are proxies of yours, and how they tell whom they connect for. By default there
/// is none, and nobody is believed.
///
/// [`Peer::addr`] is then the client's and [`Peer::source`] says how it was learnt:
///
/// 1. The address of the transport. If it is trusted, what it says is believed:
/// 2. a header of the PROXY protocol, before the request, with
///    [`with_proxy_protocol`](Self::with_proxy_protocol); if the address that it tells is trusted,
///    or it tells none,
/// 3. `Forwarded` or `X-Forwarded-For`, with [`with_header`](Self::with_header): its addresses are
///    followed from the right while they are trusted, and the first that is not is the client's. If
///    all are trusted the leftmost is.
///
/// Where a proxy does not tell (`unknown`, `_hidden`), or what it tells is malformed, which is
/// logged, step 3 leaves what there was. An address that is not trusted is never believed: a PROXY
/// header from it is 400, as it is no request, and its `Forwarded` means nothing.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use std::sync::Arc;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
/// use ws_server::{AddrSource, Client, Config, Handler, Message, ProxyProtocol};
/// use ws_server::{TrustedProxies, serve_connection};
///
/// struct Whoami;
///
/// impl Handler for Whoami {
///     async fn on_open(&mut self, client: &mut Client) {
///         assert_eq!(client.peer().source(), AddrSource::ProxyProtocol);
///         client.send(client.peer().to_string());
///     }
///
///     async fn on_message(&mut self, _: &mut Client, _: Message<'_>) {}
/// }
///
/// let proxies = TrustedProxies::none()
///     .trust("10.0.0.0/8")?
///     .trust("2001:db8::1")?
///     .with_proxy_protocol(ProxyProtocol::Required);
/// let config = Arc::new(Config::default().with_trusted_proxies(proxies));
///
/// // What `Server` does with each connection that it accepts.
/// let (mut proxy, far) = duplex(1024);
/// let transport = std::net::SocketAddr::from(([10, 0, 0, 1], 40_000));
/// tokio::spawn(serve_connection(far, transport, Whoami, config));
///
/// proxy.write_all(b"PROXY TCP4 192.0.2.7 203.0.113.1 4711 443\r\n").await?;
/// proxy
///     .write_all(
///         b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
///           Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
///     )
///     .await?;
/// let mut answer = vec![0; 1024];
/// let mut len = 0;
/// while !answer[..len].ends_with(b"192.0.2.7:4711") {
///     len += proxy.read(&mut answer[len..]).await?;
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TrustedProxies {
    prefixes: Vec<IpNet>,
    unaddressed: Unaddressed,
    protocol: ProxyProtocol,
    header: Option<AddrHeader>,
}

/// Whether trusted proxies send a header of the
/// [PROXY protocol](https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt), version 1 or 2,
/// before what their client sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProxyProtocol {
    /// They send none: one that comes is 400.
    #[default]
    Off,
    /// They always do: without one their connections get 400.
    Required,
    /// They may. Only for the time of a change, and where no trusted address passes on without a
    /// header what its clients send: such a client could write the header itself.
    Optional,
}

/// The request header by which trusted proxies tell whom they connect for. Name the one that they
/// set: the other comes from the client as it pleases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddrHeader {
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For`, for which there is no standard.
    XForwardedFor,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Unaddressed {
    Trusted,
    #[default]
    Untrusted,
}

impl TrustedProxies {
    /// No proxies, the default.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Also trusts an address (`10.0.0.1`, `2001:db8::1`) or all with a prefix (`10.0.0.0/8`,
    /// `2001:db8::/32`). IPv4 addresses in the form of IPv6, as a socket for both tells them, are
    /// IPv4 addresses here.
    ///
    /// # Errors
    ///
    /// When it is neither, or bits behind the prefix are set: `10.0.0.1/8` may have been meant for
    /// one address.
    pub fn trust(mut self, prefix: &str) -> Result<Self, PrefixError> {
        let parsed = match prefix.parse::<IpAddr>() {
            Ok(ip) => Some(IpNet::from(ip)),
            Err(_) => prefix.parse::<IpNet>().ok(),
        };
        let exact = parsed.filter(|net| net.addr() == net.network());
        let net = exact.ok_or_else(|| PrefixError::of(prefix))?;
        self.prefixes.push(canonical(net));
        Ok(self)
    }

    /// Also trusts peers whose transport has no addresses ([`Peer::UNKNOWN`]), such as a proxy at
    /// the other end of a Unix socket.
    #[must_use]
    pub fn trust_unaddressed(mut self) -> Self {
        self.unaddressed = Unaddressed::Trusted;
        self
    }

    /// Whether they send a header of the PROXY protocol; [`ProxyProtocol::Off`] by default.
    ///
    /// It is part of the opening handshake, which must be over in its time, and may have 107 bytes
    /// in version 1 and 4,096 in version 2. What is malformed is 400. `LOCAL` and `UNKNOWN`, with
    /// which proxies connect for themselves, leave the address of the transport.
    ///
    /// It is read from what is served. Where TLS ends before
    /// [`serve_connection`](crate::serve_connection), it has come before TLS: whoever ends TLS reads
    /// it, with [`ProxyHeader`](crate::ProxyHeader), and names the peer with [`Peer::new`].
    #[must_use]
    pub fn with_proxy_protocol(mut self, protocol: ProxyProtocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// The request header that they set; `None`, the default, believes none.
    #[must_use]
    pub fn with_header(mut self, header: impl Into<Option<AddrHeader>>) -> Self {
        self.header = header.into();
        self
    }

    /// Whether this peer is one of them.
    #[must_use]
    pub fn trusts(&self, peer: Peer) -> bool {
        match peer.addr() {
            Some(addr) => self.trusts_ip(addr.ip()),
            None => self.unaddressed == Unaddressed::Trusted,
        }
    }

    fn trusts_ip(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.prefixes.iter().any(|prefix| prefix.contains(&ip))
    }

    /// What is expected before the request.
    pub(crate) fn protocol_of(&self, transport: Peer) -> ProxyProtocol {
        match self.protocol {
            ProxyProtocol::Off => ProxyProtocol::Off,
            protocol if self.trusts(transport) => protocol,
            _ => ProxyProtocol::Off,
        }
    }

    /// Whom `peer` connects for, when it sends these headers.
    pub(crate) fn client_of(&self, peer: Peer, headers: &HeaderMap) -> Peer {
        let Some(header) = self.header.filter(|_| self.trusts(peer)) else {
            return peer;
        };
        let found = match header {
            AddrHeader::Forwarded => self.walk(forwarded_for(headers)),
            AddrHeader::XForwardedFor => self.walk(x_forwarded_for(headers)),
        };
        match found {
            Ok(Some(addr)) => Peer::new(addr, AddrSource::Forwarded),
            Ok(None) => peer,
            Err(error) => {
                tracing::debug!(proxy = %peer, "not believed: {error}");
                peer
            }
        }
    }

    fn walk(
        &self,
        nodes: impl Iterator<Item = Result<ForwardedNode, ForwardedError>>,
    ) -> Result<Option<SocketAddr>, ForwardedError> {
        let mut client = None;
        for node in nodes {
            match node? {
                ForwardedNode::Addr(addr) if self.trusts_ip(addr.ip()) => client = Some(addr),
                ForwardedNode::Addr(addr) => return Ok(Some(addr)),
                ForwardedNode::Hidden => return Ok(None),
            }
        }
        Ok(client)
    }
}

/// An IPv4 prefix in the form of IPv6 as what it means.
fn canonical(net: IpNet) -> IpNet {
    if let IpNet::V6(net) = net
        && let Some(ip) = net.addr().to_ipv4_mapped()
        && let Some(len) = net.prefix_len().checked_sub(96)
        && let Ok(net) = Ipv4Net::new(ip, len)
    {
        return net.into();
    }
    net
}
