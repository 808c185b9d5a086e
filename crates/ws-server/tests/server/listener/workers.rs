//! Threads of the server's own: the kernel spreads the connections, and handles reach all of them.

use std::{collections::HashSet, thread, time::Duration};

use ws_server::{Client, Handler, Message, Server};
use ws_testing::naive::Frame;

use super::running::{Running, own_addr, within};
use crate::log::Log;

/// Tells the thread that serves it.
#[derive(Clone)]
struct WhichThread;

impl Handler for WhichThread {
    async fn on_open(&mut self, client: &mut Client) {
        client.send(thread::current().name().unwrap_or("nameless"));
    }

    async fn on_message(&mut self, client: &mut Client, _: Message<'_>) {
        tokio::time::sleep(Duration::from_millis(1)).await;
        client.send(thread::current().name().unwrap_or("nameless"));
    }
}

#[tokio::test]
async fn two_workers_serve_connections_on_two_threads_and_none_moves() {
    within(async {
        let builder = Server::builder().workers(2);
        let server = builder.bind(own_addr()).await.expect("a free port");
        let running = Running::of(server, Log::new(), || WhichThread);
        let mut threads = HashSet::new();
        // The kernel chooses by the peer's port: all on one side is less likely than 2^-60.
        for mut peer in running.open_many(64).await {
            let name = peer.read_line().await;
            peer.send(Frame::text("and now?")).await;
            assert_eq!(peer.read_line().await, name);
            threads.insert(name);
        }
        let expected = ["text 'ws-worker-0'", "text 'ws-worker-1'"];
        assert_eq!(threads, HashSet::from(expected.map(str::to_owned)));
    })
    .await;
}

#[tokio::test]
async fn without_workers_connections_are_served_in_the_runtime_of_the_caller() {
    within(async {
        let server = Server::bind(own_addr()).await.expect("a free port");
        let running = Running::of(server, Log::new(), || WhichThread);
        let here = thread::current()
            .name()
            .map(|name| name.escape_debug().to_string());
        let line = running.open().await.read_frame().await.expect("open");
        let name = String::from_utf8(line.expect("a frame").payload);
        assert_eq!(name.ok(), here);
    })
    .await;
}

/// A message to all, sent from another runtime than theirs.
#[tokio::test]
async fn handles_reach_the_connections_of_all_workers() {
    within(async {
        let running = Running::start(Server::builder().workers(3)).await;
        let mut peers = running.open_many(30).await;
        running.log.until(30, "open").await;
        for round in 0..20 {
            let text = format!("round {round}");
            for handle in running.log.handles() {
                handle.send(&text).expect("open");
            }
            for peer in &mut peers {
                assert_eq!(peer.read_line().await, format!("text '{text}'"));
            }
        }
    })
    .await;
}

/// They are threads of the server's own, so a handler that blocks stops its own worker only.
#[tokio::test]
async fn the_runtime_of_the_caller_is_free_while_workers_serve() {
    #[derive(Clone)]
    struct Block;

    impl Handler for Block {
        async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
            thread::sleep(Duration::from_millis(300));
            client.send(message);
        }
    }

    within(async {
        let builder = Server::builder().workers(1);
        let server = builder.bind(own_addr()).await.expect("a free port");
        let running = Running::of(server, Log::new(), || Block);
        let mut peer = running.open().await;
        peer.send(Frame::text("blocks")).await;
        let start = std::time::Instant::now();
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(start.elapsed() < Duration::from_millis(250));
        assert_eq!(peer.read_line().await, "text 'blocks'");
    })
    .await;
}
