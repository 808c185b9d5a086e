//! One connection in memory: the peer's end, what its callbacks noted, and the task that serves it.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{DuplexStream, duplex},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use ws_server::{Config, ConnectionConfig, Handler, serve_connection};
use ws_testing::peer::Peer;

use crate::{log::Log, puppet::Puppet};

/// Bytes that a transport in memory holds in each direction.
pub(crate) const PIPE: usize = 64 * 1024;

/// More than any connection takes to end by itself.
const LONGEST: Duration = Duration::from_secs(600);

/// More than any test lets pass. The clock moves on while nothing happens, so a test that waits for what never comes
/// is told by the end of its connection.
const LIFE: Duration = Duration::from_secs(10 * 3600);

pub(crate) struct Served {
    pub(crate) peer: Peer<DuplexStream>,
    pub(crate) log: Log,
    task: JoinHandle<()>,
}

impl Served {
    /// A connection that nothing was said on, with the default settings.
    pub(crate) fn new() -> Self {
        Self::with(|puppet| puppet, Config::default())
    }

    /// A connection that nothing was said on.
    pub(crate) fn with(prepare: impl FnOnce(Puppet) -> Puppet, config: Config) -> Self {
        let log = Log::new();
        let puppet = prepare(Puppet::new(&log));
        Self::of(puppet, log, config)
    }

    /// A connection with a handler of the test's own.
    pub(crate) fn of(handler: impl Handler, log: Log, config: Config) -> Self {
        let (near, far) = duplex(PIPE);
        let addr = std::net::SocketAddr::from(([192, 0, 2, 7], 4711));
        let serving = serve_connection(far, addr, handler, Arc::new(config));
        let task = tokio::spawn(async {
            timeout(LIFE, serving).await.expect("it ends by itself");
        });
        Self {
            peer: Peer::new(near),
            log,
            task,
        }
    }

    /// A connection behind its handshake, with the default settings.
    pub(crate) async fn open() -> Self {
        Self::new().opened().await
    }

    /// A connection behind its handshake, with a puppet that was told what to do.
    pub(crate) async fn open_with(prepare: impl FnOnce(Puppet) -> Puppet) -> Self {
        Self::with(prepare, Config::default()).opened().await
    }

    /// A connection behind its handshake, with other limits and times.
    pub(crate) async fn open_under(
        change: impl FnOnce(ConnectionConfig) -> ConnectionConfig,
    ) -> Self {
        let connection = change(ConnectionConfig::default());
        let config = Config::default().with_connection(connection);
        Self::with(|puppet| puppet, config).opened().await
    }

    /// The same connection behind its handshake.
    pub(crate) async fn opened(self) -> Self {
        let Self { peer, log, task } = self;
        let mut peer = peer;
        peer.write(ws_testing::peer::REQUEST).await;
        let head = peer.read_head().await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert!(head.contains(ws_testing::peer::ACCEPT), "{head}");
        Self { peer, log, task }
    }

    /// Sends a text message.
    pub(crate) async fn say(&mut self, text: &str) {
        self.peer.send(ws_testing::naive::Frame::text(text)).await;
    }

    /// Whether the connection's future has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.task.is_finished()
    }

    /// Waits until the connection's future has ended, and tells how long that took.
    pub(crate) async fn ended(&mut self) -> Duration {
        let start = Instant::now();
        let ended = timeout(LONGEST, &mut self.task).await;
        ended.expect("it ends").expect("it does not panic");
        start.elapsed()
    }
}

/// Lets everything happen that can happen now.
pub(crate) async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

/// Lets so much time pass.
pub(crate) async fn pass(seconds: f64) {
    sleep(Duration::from_secs_f64(seconds)).await;
}

/// Whether it took so many seconds, but for the steps of the timer wheel.
#[track_caller]
pub(crate) fn assert_took(took: Duration, seconds: f64) {
    let off = took.as_secs_f64() - seconds;
    assert!((-0.001..0.02).contains(&off), "{took:?}, not {seconds} s");
}
