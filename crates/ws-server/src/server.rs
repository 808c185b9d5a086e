use std::{fmt, future::Future, io, net::SocketAddr, pin::Pin, sync::Arc};

use tokio::net::ToSocketAddrs;
use ws_deflate::Traffic;
use ws_handler::Handler;

use crate::{
    Builder, DrainReport, Metrics, ServerHandle,
    state::{Ask, State},
    workers::Workers,
};

type Signal = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A WebSocket server that listens on a TCP port.
///
/// ```no_run
/// use ws_server::{Client, Handler, Message, Server};
///
/// #[derive(Clone)]
/// struct Echo;
///
/// impl Handler for Echo {
///     async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
///         client.send(message);
///     }
/// }
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     Server::bind("127.0.0.1:9001").await?.serve(Echo).await?;
///     Ok(())
/// }
/// ```
pub struct Server {
    pub(crate) listeners: Vec<std::net::TcpListener>,
    pub(crate) threads: Threads,
    pub(crate) state: Arc<State>,
    pub(crate) signal: Option<Signal>,
}

/// Where connections are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Threads {
    /// In the caller's runtime.
    Callers,
    /// In threads of the server's own, one for each listener.
    Own,
}

impl Server {
    /// Listens on `addr` with the default settings; [`builder`](Self::builder) has others. Port 0
    /// takes a free one, which [`local_addr`](Self::local_addr) tells.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound, for example because the port is in use.
    pub async fn bind(addr: impl ToSocketAddrs) -> io::Result<Self> {
        Self::builder().bind(addr).await
    }

    /// Takes a listener that exists already, for example one passed by a service manager. A tokio
    /// listener becomes one with [`into_std`](tokio::net::TcpListener::into_std).
    ///
    /// # Errors
    ///
    /// When it cannot be made non-blocking.
    pub fn from_listener(listener: std::net::TcpListener) -> io::Result<Self> {
        Self::builder().listener(listener)
    }

    /// All settings.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Bytes before and after compression, of all its connections; to be kept and looked at while
    /// it serves. Without [`Builder::deflate`] it stays at 0.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// use ws_server::{Deflate, Server, Volume};
    ///
    /// let server = Server::builder().deflate(Deflate::default()).bind("127.0.0.1:0").await?;
    /// let traffic = server.traffic();
    /// println!("sent: {}, received: {}", traffic.sent(), traffic.received());
    /// assert_eq!(traffic.sent(), Volume::default(), "nobody has come yet");
    /// # std::io::Result::Ok(())
    /// # })?;
    /// # std::io::Result::Ok(())
    /// ```
    #[must_use]
    pub fn traffic(&self) -> Arc<Traffic> {
        self.state.config.traffic().clone()
    }

    /// What it has done so far; to be kept and looked at while it serves.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.state.config.metrics().clone()
    }

    /// The address that is listened on.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        match self.listeners.first() {
            Some(listener) => listener.local_addr(),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// Looks at it and ends it while it serves.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        ServerHandle::new(self.state.clone())
    }

    /// Shuts down when `signal` is ready, as [`ServerHandle::shut_down`] does: nothing more is
    /// accepted, every connection gets a Close with 1001 after what was sent to it, and what has not
    /// ended at the drain deadline is cut. `serve` then returns.
    #[must_use]
    pub fn with_shutdown(mut self, signal: impl Future<Output = ()> + Send + 'static) -> Self {
        self.signal = Some(Box::pin(signal));
        self
    }

    /// Serves each connection with a clone of `prototype`. Without
    /// [`with_shutdown`](Self::with_shutdown) and a [`handle`](Self::handle) it never ends: no error
    /// of one connection, or of accepting it, stops the server. When it returns its port is free.
    ///
    /// Dropping the future stops accepting and drops the connections of the server's own workers;
    /// in the caller's runtime those that are open go on.
    ///
    /// # Errors
    ///
    /// When the workers cannot be started.
    pub async fn serve<H>(self, prototype: H) -> io::Result<DrainReport>
    where
        H: Handler + Clone + Sync,
    {
        self.serve_with(move || prototype.clone()).await
    }

    /// [`serve`](Self::serve) with a shutdown on `signal`.
    ///
    /// # Errors
    ///
    /// When the workers cannot be started.
    pub async fn serve_with_shutdown<H>(
        self,
        prototype: H,
        signal: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<DrainReport>
    where
        H: Handler + Clone + Sync,
    {
        self.with_shutdown(signal).serve(prototype).await
    }

    /// Serves each connection with what `make` returns, for handlers that are not `Clone`.
    ///
    /// # Errors
    ///
    /// When the workers cannot be started.
    pub async fn serve_with<H, F>(self, make: F) -> io::Result<DrainReport>
    where
        H: Handler,
        F: Fn() -> H + Send + Sync + 'static,
    {
        let state = self.state;
        let stop = Stop(&state);
        let make = Arc::new(make);
        let workers = match self.threads {
            Threads::Own => Workers::start(self.listeners, &state, &make)?,
            Threads::Callers => Workers::spawn(self.listeners, &state, &make)?,
        };
        let signal = self
            .signal
            .unwrap_or_else(|| Box::pin(std::future::pending()));
        tokio::select! {
            () = signal => {}
            () = state.asked(Ask::Drain) => {}
            () = state.end_late_openings() => {}
        }
        tracing::info!("shutting down");
        let report = state.drain().await;
        drop(stop);
        workers.join().await;
        Ok(report)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("listeners", &self.listeners)
            .field("threads", &self.threads)
            .field("config", &self.state.config)
            .finish_non_exhaustive()
    }
}

/// Stops the listeners and workers when `serve` ends, or is dropped.
struct Stop<'a>(&'a State);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}
