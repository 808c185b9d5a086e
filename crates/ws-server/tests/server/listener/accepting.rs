//! Many connections, each with a handler value and a peer of its own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use ws_server::{Client, Handler, Message, Server};
use ws_testing::naive::Frame;

use super::running::{Running, WORKERS, assert_echoes, own_addr, within};
use crate::log::Log;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_multi_thread_runtime_serves_many_connections_at_once() {
    within(async {
        let running = Arc::new(Running::start(Server::builder()).await);
        let mut tasks = Vec::new();
        for number in 0..50 {
            let running = running.clone();
            tasks.push(tokio::spawn(async move {
                let mut peer = running.open().await;
                for round in 0..20 {
                    let text = format!("{number} {round}");
                    peer.send(Frame::text(&text)).await;
                    assert_eq!(peer.read_line().await, format!("text '{text}'"));
                }
                peer.send(Frame::close(1000, "")).await;
                assert_eq!(peer.read_lines().await, ["close 1000 ''", "end"]);
            }));
        }
        for task in tasks {
            task.await.expect("no panic");
        }
        running.log.until(50, "dropped").await;
        assert_eq!(
            running.log.count("close 1000 (closed by the peer), clean"),
            50
        );
    })
    .await;
}

/// Neither `Clone` nor `Sync`; sends its number and counts its messages.
struct Session {
    number: usize,
    seen: std::cell::Cell<usize>,
}

impl Handler for Session {
    async fn on_open(&mut self, client: &mut Client) {
        client.send(format!("{} at {}", self.number, client.peer()));
    }

    async fn on_message(&mut self, client: &mut Client, _: Message<'_>) {
        self.seen.set(self.seen.get() + 1);
        client.send(self.seen.get().to_string());
    }
}

#[tokio::test]
async fn a_factory_makes_a_session_for_each_connection_and_it_knows_its_peer() {
    within(async {
        for workers in WORKERS {
            let builder = Server::builder().workers(workers);
            let server = builder.bind(own_addr()).await.expect("a free port");
            let made = AtomicUsize::new(0);
            let running = Running::of(server, Log::new(), move || Session {
                number: made.fetch_add(1, Relaxed),
                seen: std::cell::Cell::new(0),
            });
            for number in 0..5 {
                let mut peer = running.open().await;
                let addr = peer.io().local_addr().expect("connected");
                let greeting = format!("text '{number} at {addr}'");
                assert_eq!(peer.read_line().await, greeting);
                for seen in 1..4 {
                    peer.send(Frame::text("go")).await;
                    assert_eq!(peer.read_line().await, format!("text '{seen}'"));
                }
            }
        }
    })
    .await;
}

/// A43
#[tokio::test]
async fn panics_in_many_connections_do_not_disturb_the_others() {
    within(async {
        for workers in WORKERS {
            let running = Running::start(Server::builder().workers(workers)).await;
            let mut bystander = running.open().await;
            for _ in 0..100 {
                let mut peer = running.open().await;
                peer.send(Frame::text("do panic")).await;
                assert_eq!(
                    peer.read_lines().await,
                    ["close 1011 'internal error'", "end"]
                );
                assert_echoes(&mut bystander).await;
            }
            running.log.until(100, "dropped").await;
            assert_eq!(running.log.count("close 1006 (a callback panicked"), 100);
        }
    })
    .await;
}

#[tokio::test]
async fn a_panic_in_on_upgrade_does_not_disturb_the_others() {
    within(async {
        let running = Running::start(Server::builder()).await;
        let mut bystander = running.open().await;
        let failing =
            Running::with(Server::builder(), |puppet| puppet.on("upgrade", "panic")).await;
        for _ in 0..20 {
            let mut peer = ws_testing::peer::Peer::new(failing.connect().await);
            peer.write(ws_testing::peer::REQUEST).await;
            let head = peer.read_head().await;
            assert!(head.starts_with("HTTP/1.1 500 "), "{head}");
            assert_echoes(&mut bystander).await;
        }
    })
    .await;
}

/// A44
#[tokio::test]
async fn callbacks_that_never_return_do_not_disturb_the_others() {
    within(async {
        for workers in WORKERS {
            let running = Running::start(Server::builder().workers(workers)).await;
            let mut peers = running.open_many(20).await;
            for peer in &mut peers {
                peer.send(Frame::text("do send a; never")).await;
                assert_eq!(peer.read_line().await, "text 'a'");
            }
            assert_echoes(&mut running.open().await).await;
        }
    })
    .await;
}

/// A44: what the peer sends is not taken, so its own writes stand still.
#[tokio::test]
async fn a_callback_that_never_returns_makes_the_peers_writes_stand_still() {
    within(async {
        let running = Running::start(Server::builder()).await;
        let mut peer = running.open().await;
        peer.send(Frame::text("do never")).await;
        let megabyte = vec![0; 1 << 20];
        let mut written = 0;
        let wait = Duration::from_millis(300);
        while tokio::time::timeout(wait, peer.write(&megabyte))
            .await
            .is_ok()
        {
            written += 1;
            // What the two sockets hold on loopback.
            assert!(written < 64, "{written} MiB");
        }
    })
    .await;
}

/// Connections that are reset while they wait in the backlog.
#[tokio::test]
async fn connections_that_are_gone_before_they_are_accepted_are_passed_over() {
    within(async {
        for workers in WORKERS {
            let builder = Server::builder().workers(workers);
            let server = builder.bind(own_addr()).await.expect("a free port");
            let addr = server.local_addr().expect("bound");
            for _ in 0..50 {
                let gone = std::net::TcpStream::connect(addr).expect("the backlog has room");
                let socket = socket2::SockRef::from(&gone);
                socket.set_linger(Some(Duration::ZERO)).expect("a socket");
            }
            let log = Log::new();
            let puppet = crate::puppet::Puppet::new(&log);
            let running = Running::of(server, log, move || puppet.clone());
            assert_echoes(&mut running.open().await).await;
        }
    })
    .await;
}
