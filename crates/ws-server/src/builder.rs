use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use http::Response;
use tokio::net::ToSocketAddrs;
use ws_connection::Config as ConnectionConfig;
use ws_deflate::Deflate;
use ws_frame::CloseFrame;
use ws_handshake::Request;

use crate::{
    AddrLimits, Config, Origins, Overflow, Rate, Server, TrustedProxies, drain::Drain,
    listen::listen, server::Threads, state::State,
};

/// The settings of a [`Server`].
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use std::time::Duration;
/// use ws_server::Server;
///
/// let server = Server::builder()
///     .max_message(64 * 1024)
///     .max_connections(10_000)
///     .ping_interval(Some(Duration::from_secs(10)))
///     .bind("127.0.0.1:0")
///     .await?;
/// println!("listening on ws://{}", server.local_addr()?);
/// # std::io::Result::Ok(())
/// # })?;
/// # std::io::Result::Ok(())
/// ```
#[derive(Clone, Debug)]
pub struct Builder {
    config: Config,
    workers: usize,
    backlog: u32,
    max_connections: usize,
    addrs: AddrLimits,
    drain: Drain,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            config: Config::default(),
            workers: 0,
            backlog: 1024,
            max_connections: 65_536,
            addrs: AddrLimits::default(),
            drain: Drain::default(),
        }
    }
}

/// The server.
impl Builder {
    /// Threads of the server's own, each with a listener and a runtime, among which the kernel
    /// spreads the connections. 0, the default, serves in the caller's runtime.
    #[must_use]
    pub fn workers(mut self, threads: usize) -> Self {
        self.workers = threads;
        self
    }

    /// Connections that the system may hold until they are accepted; 1,024 by default. The system
    /// has a limit of its own (on Linux `net.core.somaxconn`).
    #[must_use]
    pub fn backlog(mut self, connections: u32) -> Self {
        self.backlog = connections;
        self
    }

    /// Connections held at the same time, handshakes included; 65,536 by default. One more is
    /// answered with 503; further ones, when 64 are being told so already, are dropped.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Connections and opening handshakes at the same time for each address of a client, or prefix of
    /// such; half of [`max_connections`](Self::max_connections) by default. One more is answered or
    /// dropped as is said there.
    #[must_use]
    pub fn addr_limits(mut self, limits: AddrLimits) -> Self {
        self.addrs = limits;
        self
    }

    /// How long connections may take to end in a shutdown, once all have got their Close; 10 s by
    /// default. Then they are cut.
    #[must_use]
    pub fn drain_timeout(mut self, wait: Duration) -> Self {
        self.drain.wait = wait;
        self
    }

    /// Over which time a shutdown gives connections their Close, one after the other; 0 by default,
    /// all at once. Clients that come back at once then do not come all at the same time. It is over
    /// when no connection is left.
    #[must_use]
    pub fn drain_spread(mut self, time: Duration) -> Self {
        self.drain.spread = time;
        self
    }

    /// The Close of a shutdown: 1001 by default, "the server is shutting down" (RFC 6455 7.4.1). 1012
    /// (Service Restart) tells clients that it is worth coming back.
    ///
    /// ```
    /// use std::time::Duration;
    /// use ws_server::{CloseCode, CloseFrame, Server};
    ///
    /// let builder = Server::builder()
    ///     .drain_close(CloseFrame::new(CloseCode::SERVICE_RESTART, "a new version is coming"))
    ///     .drain_spread(Duration::from_secs(30));
    /// ```
    #[must_use]
    pub fn drain_close(mut self, frame: CloseFrame) -> Self {
        self.drain.frame = frame;
        self
    }

    /// Binds and listens.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound, for example because the port is in use, whatever the
    /// number of workers.
    pub async fn bind(self, addr: impl ToSocketAddrs) -> io::Result<Server> {
        let listeners = listen(addr, self.backlog, self.workers.max(1)).await?;
        Ok(self.build(listeners))
    }

    /// Takes a listener that exists already; workers share it.
    ///
    /// # Errors
    ///
    /// When it cannot be made non-blocking, or be shared.
    pub fn listener(self, listener: std::net::TcpListener) -> io::Result<Server> {
        listener.set_nonblocking(true)?;
        let mut listeners = vec![listener];
        for _ in 1..self.workers {
            let shared = listeners[0].try_clone()?;
            listeners.push(shared);
        }
        Ok(self.build(listeners))
    }

    fn build(self, listeners: Vec<std::net::TcpListener>) -> Server {
        let state = State::new(
            Arc::new(self.config),
            self.max_connections,
            self.addrs,
            self.drain,
        );
        Server {
            listeners,
            threads: match self.workers {
                0 => Threads::Callers,
                _ => Threads::Own,
            },
            state: Arc::new(state),
            signal: None,
        }
    }
}

/// Its connections.
impl Builder {
    /// All settings of connections at once.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Largest message accepted, in bytes; 1 MiB by default. A longer one ends the connection with
    /// 1009.
    #[must_use]
    pub fn max_message(self, bytes: usize) -> Self {
        self.connection(|connection| connection.with_max_message(bytes))
    }

    /// How many messages a second are taken from one connection, pings and pongs included; `None`, the
    /// default, is no limit. What is above is not lost, it waits:
    /// [`Config::with_max_message_rate`].
    #[must_use]
    pub fn max_message_rate(mut self, rate: impl Into<Option<Rate>>) -> Self {
        self.config = self.config.with_max_message_rate(rate);
        self
    }

    /// How many bytes a second are taken from one connection, as they travel; `None`, the default, is
    /// no limit. What is above waits: [`Config::with_max_byte_rate`].
    #[must_use]
    pub fn max_byte_rate(mut self, rate: impl Into<Option<Rate>>) -> Self {
        self.config = self.config.with_max_byte_rate(rate);
        self
    }

    /// Silence after which a ping is sent; 25 s by default, `None` turns the keepalive off.
    #[must_use]
    pub fn ping_interval(self, silence: Option<Duration>) -> Self {
        self.connection(|connection| connection.with_ping_interval(silence))
    }

    /// What gives way when a client does not read as fast as it is sent to and 4 MiB wait for it
    /// ([`ConnectionConfig::with_max_queue`]): the message that is sent, by default. The same happens when
    /// one callback sends more than that without [`ready`](crate::Client::ready).
    /// [`Client::send_with`](crate::Client::send_with) says otherwise for one message.
    ///
    /// ```
    /// use ws_server::{Overflow, Server};
    ///
    /// // Who reads too slowly is closed with 1008.
    /// let builder = Server::builder().overflow(Overflow::Close);
    /// ```
    #[must_use]
    pub fn overflow(self, overflow: Overflow) -> Self {
        self.connection(|connection| connection.with_overflow(overflow))
    }

    /// How long a connection may be open; `None`, the default, is for ever. Then it is closed with 1001,
    /// behind what was sent before, and [`on_close`](crate::Handler::on_close) is told
    /// [`Limit::Lifetime`](crate::Limit::Lifetime).
    ///
    /// ```
    /// use std::time::Duration;
    /// use ws_server::Server;
    ///
    /// // Behind a balancer: new servers get their share of the clients within an hour.
    /// let builder = Server::builder().max_lifetime(Some(Duration::from_secs(3600)));
    /// ```
    #[must_use]
    pub fn max_lifetime(self, limit: Option<Duration>) -> Self {
        self.connection(|connection| connection.with_max_lifetime(limit))
    }

    /// How long a callback may stay pending; `None`, the default, is for ever. Then it is dropped and the
    /// connection fails with 1011 ([`Timeout::Callback`](crate::Timeout::Callback)).
    /// [`on_upgrade`](crate::Handler::on_upgrade) has the time of the handshake instead, and
    /// [`on_close`](crate::Handler::on_close), behind which there is nothing to protect, as long as it
    /// likes.
    #[must_use]
    pub fn callback_timeout(self, limit: Option<Duration>) -> Self {
        self.connection(|connection| connection.with_callback_timeout(limit))
    }

    /// Changes limits and times of the protocol.
    ///
    /// ```
    /// # use ws_server::Server;
    /// let builder = Server::builder().connection(|c| c.with_high_water(256 * 1024));
    /// ```
    #[must_use]
    pub fn connection(mut self, change: impl FnOnce(ConnectionConfig) -> ConnectionConfig) -> Self {
        let connection = change(self.config.connection().clone());
        self.config = self.config.with_connection(connection);
        self
    }

    /// Compresses messages (permessage-deflate, RFC 7692) with clients that offer it; `None`, the
    /// default, does not. Worth its processor time for text that travels far; leave it off where
    /// secrets and what others may choose share a message, as their length tells of them.
    /// [`Prepared`](crate::Prepared) messages have settings of their own. What it takes of memory,
    /// [`Deflate`] says.
    ///
    /// ```
    /// use ws_server::{Deflate, Server};
    ///
    /// let builder = Server::builder().deflate(Deflate::default());
    /// ```
    #[must_use]
    pub fn deflate(mut self, settings: impl Into<Option<Deflate>>) -> Self {
        self.config = self.config.with_deflate(settings);
        self
    }

    /// How long the opening handshake may take; 10 s by default. Then 408 is answered.
    #[must_use]
    pub fn handshake_timeout(mut self, wait: Duration) -> Self {
        self.config = self.config.with_handshake_timeout(wait);
        self
    }

    /// From which web pages connections are accepted; those of the same host by default.
    #[must_use]
    pub fn origins(mut self, origins: Origins) -> Self {
        self.config = self.config.with_origins(origins);
        self
    }

    /// Which proxies are believed when they say whom they connect for, by the PROXY protocol,
    /// `Forwarded` or `X-Forwarded-For`; none by default.
    ///
    /// ```
    /// use ws_server::{AddrHeader, Server, TrustedProxies};
    ///
    /// let proxies = TrustedProxies::none().trust("127.0.0.1")?.trust("::1")?;
    /// let builder = Server::builder().trusted_proxies(proxies.with_header(AddrHeader::Forwarded));
    /// # Ok::<(), ws_server::PrefixError>(())
    /// ```
    #[must_use]
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.config = self.config.with_trusted_proxies(proxies);
        self
    }

    /// What answers requests that ask for no WebSocket; by default they get 426.
    ///
    /// ```
    /// use ws_server::{Server, bytes::Bytes, http::Response};
    ///
    /// let builder = Server::builder().fallback(|request| {
    ///     let status = if request.path() == "/health" { 204 } else { 404 };
    ///     Response::builder().status(status).body(Bytes::new()).expect("a legal status")
    /// });
    /// ```
    #[must_use]
    pub fn fallback(
        mut self,
        fallback: impl Fn(&Request) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        self.config = self.config.with_fallback(fallback);
        self
    }
}
