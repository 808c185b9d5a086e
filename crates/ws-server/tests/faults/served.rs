//! A server in a runtime of its own, which knows how many tasks and descriptors it had before anybody came.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    runtime::{self, Runtime},
    sync::oneshot,
    task::JoinHandle,
};
use ws_server::{Builder, ConnectionConfig, DrainReport, Server};

use crate::{
    ledger::{Ledger, Session},
    process,
};

/// No timer of the server's ends what a fault must end.
const NEVER: Duration = Duration::from_secs(3600);

/// How soon the last of many faults must have left nothing behind.
const SOON: Duration = Duration::from_secs(5);

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
        // Once, so that all is there that is made at the first connection.
        drop(std::net::TcpStream::connect(addr).expect("it listens"));
        std::thread::sleep(Duration::from_millis(100));
        (served.tasks, served.descriptors) = served.held();
        served
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
            std::thread::sleep(Duration::from_millis(5));
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
