//! Connections that the test polls itself.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use tokio::runtime::{self, Runtime};
use ws_server::{Config, Handler, Peer, serve_connection};

use crate::script::Script;

/// A connection that is served.
pub(crate) struct Serving(Pin<Box<dyn Future<Output = ()>>>);

impl Serving {
    pub(crate) fn start(handler: impl Handler, script: &Arc<Script>, config: &Arc<Config>) -> Self {
        let future = serve_connection(script.follow(), Peer::UNKNOWN, handler, config.clone());
        Self(Box::pin(future))
    }

    /// Nobody is woken: whoever lets others go first is asked again.
    pub(crate) fn poll(&mut self) -> Poll<()> {
        self.0
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    }
}

/// With a clock that stands.
pub(crate) fn runtime() -> Runtime {
    let mut builder = runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("a runtime")
}
