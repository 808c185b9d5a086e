use std::{io, sync::Arc, thread, time::Duration};

use futures_util::future::join_all;
use tokio::{net::TcpListener, runtime, sync::oneshot, time::timeout};
use ws_handler::Handler;

use crate::{
    accept::accept_loop,
    state::{Phase, State},
};

/// How long they may take to end after the last connection has ended or was cut.
const PATIENCE: Duration = Duration::from_secs(1);

/// What serves one listener each.
#[derive(Debug)]
pub(crate) struct Workers {
    ended: Vec<oneshot::Receiver<()>>,
}

impl Workers {
    /// Tasks of the caller's runtime.
    pub(crate) fn spawn<H, F>(
        listeners: Vec<std::net::TcpListener>,
        state: &Arc<State>,
        make: &Arc<F>,
    ) -> io::Result<Self>
    where
        H: Handler,
        F: Fn() -> H + Send + Sync + 'static,
    {
        let mut ended = Vec::new();
        for listener in listeners {
            let listener = TcpListener::from_std(listener)?;
            let (state, make) = (state.clone(), make.clone());
            let (end, ending) = oneshot::channel();
            ended.push(ending);
            tokio::spawn(async move {
                accept_loop(listener, state, move || make()).await;
                // Nobody may be waiting for it.
                let _ = end.send(());
            });
        }
        Ok(Self { ended })
    }

    /// Threads with a runtime of their own: connections never move between them.
    pub(crate) fn start<H, F>(
        listeners: Vec<std::net::TcpListener>,
        state: &Arc<State>,
        make: &Arc<F>,
    ) -> io::Result<Self>
    where
        H: Handler,
        F: Fn() -> H + Send + Sync + 'static,
    {
        let mut ended = Vec::new();
        for (number, listener) in listeners.into_iter().enumerate() {
            let runtime = runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let listener = {
                let _within = runtime.enter();
                TcpListener::from_std(listener)?
            };
            let (state, make) = (state.clone(), make.clone());
            let (end, ending) = oneshot::channel();
            ended.push(ending);
            let name = format!("ws-worker-{number}");
            thread::Builder::new().name(name).spawn(move || {
                runtime.block_on(work(listener, state, move || make()));
                // Blocking work of the application is not waited for.
                runtime.shutdown_background();
                // Nobody may be waiting for it.
                let _ = end.send(());
            })?;
        }
        Ok(Self { ended })
    }

    /// Waits until each has let go of its listener, and every thread has ended its runtime; not long,
    /// for one that a callback blocks.
    pub(crate) async fn join(self) {
        let _ = timeout(PATIENCE, join_all(self.ended)).await;
    }
}

async fn work<H: Handler>(listener: TcpListener, state: Arc<State>, make: impl Fn() -> H) {
    accept_loop(listener, state.clone(), make).await;
    state.reached(Phase::Stopped).await;
}
