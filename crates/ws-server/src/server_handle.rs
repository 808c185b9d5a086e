use std::sync::Arc;

use crate::{
    Metrics,
    state::{Ask, State},
};

/// Looks at a [`Server`](crate::Server) that serves, and ends it, from any task or thread.
///
/// It keeps no server alive; behind its end it does nothing.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # #[derive(Clone)]
/// # struct Echo;
/// # impl ws_server::Handler for Echo {
/// #     async fn on_message(&mut self, c: &mut ws_server::Client, m: ws_server::Message<'_>) {
/// #         c.send(m);
/// #     }
/// # }
/// use ws_server::Server;
///
/// let server = Server::bind("127.0.0.1:0").await?;
/// let handle = server.handle();
/// let serving = tokio::spawn(server.serve(Echo));
///
/// assert_eq!(handle.connections(), 0);
/// handle.shut_down();
/// let report = serving.await.expect("no panic")?;
/// assert_eq!(report.open(), 0);
/// # std::io::Result::Ok(())
/// # })?;
/// # std::io::Result::Ok(())
/// ```
#[derive(Clone, Debug)]
pub struct ServerHandle {
    state: Arc<State>,
}

impl ServerHandle {
    pub(crate) fn new(state: Arc<State>) -> Self {
        Self { state }
    }

    /// Begins the shutdown: nothing more is accepted, handshakes that are under way get 503, and
    /// every connection gets a Close after what was sent to it. What has not ended at
    /// [the deadline](crate::Builder::drain_timeout) is cut. Then `serve` returns with its report.
    pub fn shut_down(&self) {
        self.state.ask(Ask::Drain);
    }

    /// Cuts what a shutdown still waits for; or begins one that waits for nothing, in which nobody
    /// gets a Close.
    pub fn cut(&self) {
        self.state.ask(Ask::Cut);
    }

    /// Whether a shutdown has begun.
    #[must_use]
    pub fn is_shutting_down(&self) -> bool {
        self.state.is_draining()
    }

    /// Connections that are there now, those in their opening handshake included.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.state.connections()
    }

    /// What the server has done so far.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.state.config.metrics().clone()
    }
}
