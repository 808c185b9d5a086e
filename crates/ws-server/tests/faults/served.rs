//! A server in a runtime of its own, which knows how many tasks and descriptors it had before anybody came.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    net::TcpStream,
    runtime::{self, Runtime},
    sync::oneshot,
    task::JoinHandle,
};
use ws_server::{Builder, ConnectionConfig, DrainReport, Server};
use ws_testing::peer::Peer;

use crate::{
    ledger::{Ledger, Session},
    process,
};

/// No timer of the server's ends what a fault must end.
const NEVER: Duration = Duration::from_secs(3600);

/// How soon the last of many faults must have left nothing behind.
const SOON: Duration = Duration::from_secs(5);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Looks in a row at which nothing has changed.
const CALM: usize = 20;

pub(crate) struct Served {
    pub(crate) addr: SocketAddr,
    pub(crate) ledger: Ledger,
    runtime: Runtime,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<DrainReport>>,
    tasks: usize,
    descriptors: usize,
}

impl Served {
    /// A server that no timer helps.
    pub(crate) fn start(session: impl Fn(&Ledger) -> Session + Send + Sync + 'static) -> Self {
        let builder = Server::builder().connection(patient);
        Self::with(builder.handshake_timeout(NEVER), session)
    }

    pub(crate) fn with(
        server: Builder,
        session: impl Fn(&Ledger) -> Session + Send + Sync + 'static,
    ) -> Self {
        let mut builder = runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let server = runtime.block_on(server.bind("127.0.0.1:0"));
        let server = server.expect("a free port");
        let addr = server.local_addr().expect("it listens");
        let ledger = Ledger::default();
        let sessions = ledger.clone();
        let (stop, stopped) = oneshot::channel();
        let server = server.with_shutdown(async {
            let _ = stopped.await;
        });
        let task = runtime.spawn(server.serve_with(move || session(&sessions)));
        let mut served = Self {
            addr,
            ledger,
            runtime,
            stop,
            task,
            tasks: 0,
            descriptors: 0,
        };
        served.warm_up();
        (served.tasks, served.descriptors) = served.calm();
        served
    }

    /// Serves one connection, so that all is there that is made at the first.
    fn warm_up(&self) {
        self.runtime.block_on(async {
            let stream = TcpStream::connect(self.addr).await;
            drop(Peer::open(stream.expect("it listens")).await);
        });
        let start = Instant::now();
        while self.ledger.entries().is_empty() {
            assert!(start.elapsed() < SOON, "the first connection has not ended");
            std::thread::sleep(PAUSE);
        }
        self.ledger.entries().clear();
    }

    /// The tasks and descriptors that there are when they have been the same in many looks.
    fn calm(&self) -> (usize, usize) {
        let start = Instant::now();
        let (mut held, mut same) = (self.held(), 0);
        while same < CALM {
            std::thread::sleep(PAUSE);
            let now = self.held();
            same = if now == held { same + 1 } else { 0 };
            held = now;
            assert!(start.elapsed() < SOON, "never the same: {held:?}");
        }
        held
    }

    /// Shuts down while the peers do what they do; what became of the connections, and how long it took.
    pub(crate) fn shut_down(self) -> (DrainReport, Duration) {
        let start = Instant::now();
        self.stop.send(()).expect("it runs");
        let report = self.runtime.block_on(self.task).expect("no panic");
        (report.expect("no worker to start"), start.elapsed())
    }

    fn held(&self) -> (usize, usize) {
        let tasks = self.runtime.metrics().num_alive_tasks();
        (tasks, process::descriptors())
    }

    /// Waits until tasks and descriptors are as few as before, and looks whether the processor is idle then.
    pub(crate) fn assert_nothing_is_left(&self) {
        let start = Instant::now();
        while self.held() != (self.tasks, self.descriptors) {
            assert!(
                start.elapsed() < SOON,
                "tasks and descriptors: {:?}, not {:?}",
                self.held(),
                (self.tasks, self.descriptors)
            );
            std::thread::sleep(PAUSE);
        }
        println!("nothing is left after {:?}", start.elapsed());
        process::assert_idle("when nothing is left");
    }
}

fn patient(config: ConnectionConfig) -> ConnectionConfig {
    config
        .with_max_queue(64 << 20)
        .with_write_timeout(NEVER)
        .with_close_timeout(NEVER)
        .with_linger(NEVER)
        .with_ping_interval(None)
}
