use std::{io, sync::Arc, thread};

use tokio::{net::TcpListener, runtime, sync::oneshot};
use ws_handler::Handler;

use crate::{
    accept::accept_loop,
    state::{Phase, State},
};

/// Threads that serve one listener each, with a runtime of their own: connections never move
/// between them.
#[derive(Debug)]
pub(crate) struct Workers {
    ended: Vec<oneshot::Receiver<()>>,
}

impl Workers {
    pub(crate) fn none() -> Self {
        Self { ended: Vec::new() }
    }

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
            let (state, make) = (state.clone(), make.clone());
            let (end, ending) = oneshot::channel();
            ended.push(ending);
            let name = format!("ws-worker-{number}");
            thread::Builder::new().name(name).spawn(move || {
                runtime.block_on(work(listener, state, move || make()));
                drop(runtime);
                // Nobody may be waiting for it.
                let _ = end.send(());
            })?;
        }
        Ok(Self { ended })
    }

    /// Waits until every thread has dropped its runtime.
    pub(crate) async fn join(self) {
        for ended in self.ended {
            // A thread that panicked has ended, too.
            let _ = ended.await;
        }
    }
}

async fn work<H: Handler>(
    listener: std::net::TcpListener,
    state: Arc<State>,
    make: impl Fn() -> H,
) {
    match TcpListener::from_std(listener) {
        Ok(listener) => {
            accept_loop(listener, state.clone(), make).await;
            state.reached(Phase::Stopped).await;
        }
        Err(error) => tracing::error!("a worker cannot use its listener: {error}"),
    }
}
