//! A server that runs on a port of its own until it is told to shut down.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    sync::atomic::{AtomicU16, Ordering::Relaxed},
    time::Duration,
};

use tokio::{
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, timeout},
};
use ws_server::{Builder, DrainReport, Handler, Server, ServerHandle};
use ws_testing::{naive::Frame, peer::Peer};

use crate::{log::Log, puppet::Puppet};

/// No test here takes so long.
const LONGEST: Duration = Duration::from_secs(30);

/// A free port of an address that no other test uses, where the system has several: a port that one lets go is not
/// taken by another.
pub(crate) fn own_addr() -> SocketAddr {
    static TESTS: AtomicU16 = AtomicU16::new(1);
    let [high, low] = TESTS.fetch_add(1, Relaxed).to_be_bytes();
    match cfg!(target_os = "linux") {
        true => SocketAddr::from(([127, 64, high, low], 0)),
        false => SocketAddr::from(([127, 0, 0, 1], 0)),
    }
}

/// Bounds a test, so that one that hangs is told.
pub(crate) async fn within<T>(test: impl Future<Output = T>) -> T {
    timeout(LONGEST, test).await.expect("the test hangs")
}

pub(crate) struct Running {
    pub(crate) addr: SocketAddr,
    pub(crate) log: Log,
    pub(crate) handle: ServerHandle,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<io::Result<DrainReport>>,
}

impl Running {
    /// A server with puppets that were told nothing.
    pub(crate) async fn start(builder: Builder) -> Self {
        Self::with(builder, |puppet| puppet).await
    }

    pub(crate) async fn with(builder: Builder, prepare: impl FnOnce(Puppet) -> Puppet) -> Self {
        let server = builder.bind(own_addr()).await.expect("a free port");
        let log = Log::new();
        let puppet = prepare(Puppet::new(&log));
        Self::of(server, log, move || puppet.clone())
    }

    /// A server with handlers of the test's own.
    pub(crate) fn of<H: Handler>(
        server: Server,
        log: Log,
        make: impl Fn() -> H + Send + Sync + 'static,
    ) -> Self {
        let addr = server.local_addr().expect("it listens");
        let (stop, stopped) = oneshot::channel();
        // Dropped without a word it means nothing.
        let signal = async move {
            if stopped.await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let handle = server.handle();
        let task = tokio::spawn(server.with_shutdown(signal).serve_with(make));
        Self {
            addr,
            log,
            handle,
            stop: Some(stop),
            task,
        }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.addr).await.expect("it listens");
        stream.set_nodelay(true).expect("a socket");
        stream
    }

    /// A peer behind its handshake.
    pub(crate) async fn open(&self) -> Peer<TcpStream> {
        Peer::open(self.connect().await).await
    }

    pub(crate) async fn open_many(&self, count: usize) -> Vec<Peer<TcpStream>> {
        let mut peers = Vec::new();
        for _ in 0..count {
            peers.push(self.open().await);
        }
        peers
    }

    /// Tells it to shut down, and does not wait.
    pub(crate) fn stop(&mut self) {
        let stop = self.stop.take().expect("once");
        stop.send(()).expect("it runs");
    }

    /// Waits until it has shut down; the report, and how long that took.
    pub(crate) async fn stopped(&mut self) -> (DrainReport, Duration) {
        if self.stop.is_some() {
            self.stop();
        }
        self.ended().await
    }

    /// The same for one that was told in another way.
    pub(crate) async fn ended(&mut self) -> (DrainReport, Duration) {
        let start = Instant::now();
        let report = (&mut self.task).await.expect("no panic");
        (report.expect("workers that started"), start.elapsed())
    }

    /// Drops the future that serves.
    pub(crate) async fn drop_future(&mut self) {
        self.task.abort();
        let ended = (&mut self.task).await;
        assert!(ended.is_err_and(|error| error.is_cancelled()));
    }
}

/// Sends a message and waits for its echo.
pub(crate) async fn assert_echoes(peer: &mut Peer<TcpStream>) {
    peer.send(ws_testing::naive::Frame::text("fine")).await;
    assert_eq!(peer.read_line().await, "text 'fine'");
}

/// The server in the caller's runtime, and with threads of its own.
pub(crate) const WORKERS: [usize; 2] = [0, 2];

/// The ways in which an open connection can end, for [`end_so`].
pub(crate) const ENDS: [&str; 6] = [
    "do panic",
    "do abort",
    "do close 1000 x",
    "drop",
    "reset",
    "bad",
];

/// Ends an open connection, or prepares what dropping it does.
pub(crate) async fn end_so(peer: &mut Peer<TcpStream>, end: &str) {
    match end {
        "drop" => return,
        "reset" => {
            let socket = socket2::SockRef::from(&*peer.io());
            socket.set_linger(Some(Duration::ZERO)).expect("a socket");
            return;
        }
        "bad" => peer.write(Frame::text("not masked").encode()).await,
        command => peer.send(Frame::text(command)).await,
    }
    let _ = peer.read_lines().await;
}
