use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{
    HeaderValue, Response, StatusCode,
    header::{SEC_WEBSOCKET_VERSION, UPGRADE},
};
use ws_connection::{Config as ConnectionConfig, Role};
use ws_deflate::{Deflate, PermessageDeflate, Traffic};
use ws_handshake::{Extension, Limits, Rejection, Request};

use crate::{Metrics, Origins, Rate, TrustedProxies, meter::Meter};

/// What serves a request that asks for no WebSocket.
type Fallback = dyn Fn(&Request) -> Response<Bytes> + Send + Sync;

/// The settings of connections.
///
/// Every limit that protects memory is on by default, and so are the times of the handshake, writing,
/// silence and closing. The age of a connection, the time of callbacks and the rates have none.
///
/// ```
/// use ws_server::{Config, ConnectionConfig};
///
/// let config = Config::default()
///     .with_connection(ConnectionConfig::default().with_max_message(64 * 1024));
/// assert_eq!(config.connection().max_message(), 65_536);
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Config {
    connection: Arc<ConnectionConfig>,
    head: Limits,
    handshake_timeout: Duration,
    origins: Origins,
    trusted_proxies: TrustedProxies,
    fallback: Arc<Fallback>,
    deflate: Option<Arc<Deflate>>,
    max_message_rate: Option<Rate>,
    max_byte_rate: Option<Rate>,
    metrics: Metrics,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            connection: Arc::default(),
            head: Limits::default(),
            handshake_timeout: Duration::from_secs(10),
            origins: Origins::default(),
            trusted_proxies: TrustedProxies::default(),
            fallback: Arc::new(upgrade_required),
            deflate: None,
            max_message_rate: None,
            max_byte_rate: None,
            metrics: Metrics::default(),
        }
    }
}

impl Config {
    /// Limits and times of the protocol: message size, write queue, keepalive, closing handshake.
    #[must_use]
    pub fn with_connection(mut self, connection: ConnectionConfig) -> Self {
        self.connection = Arc::new(connection);
        self
    }

    /// Limits of the request head: 16 KiB and 100 headers by default.
    #[must_use]
    pub fn with_head(mut self, limits: Limits) -> Self {
        self.head = limits;
        self
    }

    /// How long the whole opening handshake may take, from the accepted connection to the answer,
    /// [`on_upgrade`](crate::Handler::on_upgrade) included; 10 s by default. Then 408 is answered.
    #[must_use]
    pub fn with_handshake_timeout(mut self, wait: Duration) -> Self {
        self.handshake_timeout = wait;
        self
    }

    /// From which web pages connections are accepted; those of the same host by default.
    #[must_use]
    pub fn with_origins(mut self, origins: Origins) -> Self {
        self.origins = origins;
        self
    }

    /// Which proxies are believed when they say whom they connect for; none by default.
    #[must_use]
    pub fn with_trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.trusted_proxies = proxies;
        self
    }

    /// What answers requests that ask for no WebSocket: a page, a health check. By default they
    /// get 426. The connection ends after the answer.
    #[must_use]
    pub fn with_fallback(
        mut self,
        fallback: impl Fn(&Request) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        self.fallback = Arc::new(fallback);
        self
    }

    /// Compresses messages (permessage-deflate, RFC 7692) with clients that offer it; `None`, the
    /// default, does not. What it takes of memory, [`Deflate`] says.
    #[must_use]
    pub fn with_deflate(mut self, settings: impl Into<Option<Deflate>>) -> Self {
        self.deflate = settings.into().map(Arc::new);
        self
    }

    /// See [`with_deflate`](Self::with_deflate).
    #[must_use]
    pub fn deflate(&self) -> Option<&Deflate> {
        self.deflate.as_deref()
    }

    /// How many messages a second are taken from one connection, pings and pongs included; `None`, the
    /// default, is no limit.
    ///
    /// What is above is neither refused nor lost: nothing more is handed out or read until it is
    /// due, so that the peer cannot send either. Meanwhile the connection goes on in all else: what
    /// is sent to the peer is written, and its silence is not counted. Once the application or a
    /// shutdown has closed the connection there is no limit, for the peer's answer comes last.
    #[must_use]
    pub fn with_max_message_rate(mut self, rate: impl Into<Option<Rate>>) -> Self {
        self.max_message_rate = rate.into();
        self
    }

    /// How many bytes a second are taken from one connection, as they travel: headers of frames are
    /// counted, and what is compressed as it comes. `None`, the default, is no limit.
    ///
    /// What is above waits as with [`with_max_message_rate`](Self::with_max_message_rate). A message is
    /// handed out when it is there; what it took more than was due is waited for behind it, and so it
    /// may be longer than the burst.
    #[must_use]
    pub fn with_max_byte_rate(mut self, rate: impl Into<Option<Rate>>) -> Self {
        self.max_byte_rate = rate.into();
        self
    }

    /// See [`with_max_message_rate`](Self::with_max_message_rate).
    #[must_use]
    pub fn max_message_rate(&self) -> Option<Rate> {
        self.max_message_rate
    }

    /// See [`with_max_byte_rate`](Self::with_max_byte_rate).
    #[must_use]
    pub fn max_byte_rate(&self) -> Option<Rate> {
        self.max_byte_rate
    }

    /// For one connection from now on.
    pub(crate) fn meter(&self, now: Instant) -> Option<Box<Meter>> {
        Meter::new(self.max_message_rate, self.max_byte_rate, now)
    }

    /// Bytes before and after compression, of all connections with these settings and their
    /// clones.
    #[must_use]
    pub fn traffic(&self) -> &Arc<Traffic> {
        self.metrics.traffic()
    }

    /// What all connections with these settings and their clones do.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// What both sides agree on, when these are the offers of a client.
    pub(crate) fn agree<'a>(
        &self,
        offers: impl IntoIterator<Item = &'a Extension>,
    ) -> Option<PermessageDeflate> {
        let settings = self.deflate.as_ref()?;
        let agreement = settings.accept(offers)?;
        let deflate = PermessageDeflate::new(settings.clone(), agreement, Role::Server);
        Some(deflate.with_traffic(self.traffic().clone()))
    }

    /// See [`with_connection`](Self::with_connection).
    #[must_use]
    pub fn connection(&self) -> &ConnectionConfig {
        &self.connection
    }

    pub(crate) fn shared_connection(&self) -> &Arc<ConnectionConfig> {
        &self.connection
    }

    /// See [`with_head`](Self::with_head).
    #[must_use]
    pub fn head(&self) -> &Limits {
        &self.head
    }

    /// See [`with_handshake_timeout`](Self::with_handshake_timeout).
    #[must_use]
    pub fn handshake_timeout(&self) -> Duration {
        self.handshake_timeout
    }

    /// See [`with_origins`](Self::with_origins).
    #[must_use]
    pub fn origins(&self) -> &Origins {
        &self.origins
    }

    /// See [`with_trusted_proxies`](Self::with_trusted_proxies).
    #[must_use]
    pub fn trusted_proxies(&self) -> &TrustedProxies {
        &self.trusted_proxies
    }

    pub(crate) fn answer(&self, request: &Request) -> Response<Bytes> {
        (self.fallback)(request)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("connection", &self.connection)
            .field("head", &self.head)
            .field("handshake_timeout", &self.handshake_timeout)
            .field("origins", &self.origins)
            .field("trusted_proxies", &self.trusted_proxies)
            .field("deflate", &self.deflate)
            .field("max_message_rate", &self.max_message_rate)
            .field("max_byte_rate", &self.max_byte_rate)
            .finish_non_exhaustive()
    }
}

/// RFC 9110 15.5.22.
fn upgrade_required(_: &Request) -> Response<Bytes> {
    let text = "this server speaks only WebSocket (RFC 6455): ask for it with `Upgrade: websocket`";
    Rejection::new(StatusCode::UPGRADE_REQUIRED)
        .header(UPGRADE, HeaderValue::from_static("websocket"))
        .header(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"))
        .text(text)
        .into()
}
