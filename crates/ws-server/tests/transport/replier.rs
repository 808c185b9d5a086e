//! A small handler, and what it noted.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinHandle,
    time::{sleep, timeout},
};
use ws_server::{Client, CloseCode, CloseInfo, Config, Handler, Message, Peer, serve_connection};

/// Echoes; closes and aborts when the text says so.
#[derive(Clone, Debug, Default)]
pub(crate) struct Replier {
    closes: Arc<Mutex<Vec<String>>>,
    /// How long `on_close` takes.
    farewell: Duration,
}

impl Replier {
    pub(crate) fn with_farewell(farewell: Duration) -> Self {
        let closes = Arc::default();
        Self { closes, farewell }
    }

    /// What the calls of `on_close` that have returned were told.
    pub(crate) fn closes(&self) -> Vec<String> {
        self.closes.lock().expect("nobody panics").clone()
    }

    /// Serves a connection with a clone of it.
    pub(crate) fn serve<S>(&self, io: S, config: Config) -> JoinHandle<()>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let config = Arc::new(config);
        tokio::spawn(serve_connection(io, Peer::UNKNOWN, self.clone(), config))
    }
}

impl Handler for Replier {
    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        match message.as_text() {
            Some("close") => client.close(CloseCode::NORMAL),
            Some("abort") => client.abort(),
            _ => drop(client.send(message)),
        }
    }

    async fn on_close(&mut self, close: &CloseInfo) {
        sleep(self.farewell).await;
        let mut closes = self.closes.lock().expect("nobody panics");
        closes.push(close.to_string());
    }
}

/// What comes before any timer of a connection runs: the clock stands while something can happen.
pub(crate) async fn at_once<T>(wait: impl Future<Output = T>) -> T {
    let waited = timeout(Duration::from_secs(1), wait).await;
    waited.expect("it comes without another event")
}
