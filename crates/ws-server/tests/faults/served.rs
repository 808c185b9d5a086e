//! A server in a runtime of its own, which knows how many tasks and descriptors it had before anybody came.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::runtime::{self, Runtime};
use ws_server::{ConnectionConfig, Server};

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
    tasks: usize,
    descriptors: usize,
}

impl Served {
    pub(crate) fn start(session: impl Fn(&Ledger) -> Session + Send + Sync + 'static) -> Self {
        let mut builder = runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let builder = Server::builder().connection(patient);
        let bound = builder.handshake_timeout(NEVER).bind("127.0.0.1:0");
        let server = runtime.block_on(bound).expect("a free port");
        let addr = server.local_addr().expect("it listens");
        let ledger = Ledger::default();
        let sessions = ledger.clone();
        runtime.spawn(server.serve_with(move || session(&sessions)));
        let mut served = Self {
            addr,
            ledger,
            runtime,
            tasks: 0,
            descriptors: 0,
        };
        // Once, so that all is there that is made at the first connection.
        drop(std::net::TcpStream::connect(addr).expect("it listens"));
        std::thread::sleep(Duration::from_millis(100));
        (served.tasks, served.descriptors) = served.held();
        served
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
