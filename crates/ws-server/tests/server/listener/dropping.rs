//! The future of `serve` may be dropped.

use std::time::Duration;

use tokio::net::TcpStream;
use ws_server::Server;
use ws_testing::peer::Peer;

use super::running::{Running, WORKERS, assert_echoes, own_addr, within};

/// Tries until nobody listens: the tasks and threads need a moment to end.
async fn assert_stops_listening(running: &Running) {
    while let Ok(stream) = TcpStream::connect(running.addr).await {
        drop(stream);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Of several listeners one may refuse before the last is gone.
    while Server::bind(running.addr).await.is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn dropping_the_future_stops_the_listeners() {
    within(async {
        for workers in WORKERS {
            let mut running = Running::start(Server::builder().workers(workers)).await;
            assert_echoes(&mut running.open().await).await;
            running.drop_future().await;
            assert_stops_listening(&running).await;
        }
    })
    .await;
}

#[tokio::test]
async fn connections_in_the_runtime_of_the_caller_go_on_when_the_future_is_dropped() {
    within(async {
        let mut running = Running::start(Server::builder()).await;
        let mut peer = running.open().await;
        running.drop_future().await;
        assert_stops_listening(&running).await;
        assert_echoes(&mut peer).await;
        // Its place and its handle are let go like any other's.
        let mut peer: Peer<TcpStream> = peer;
        peer.send(ws_testing::naive::Frame::close(1000, "")).await;
        assert_eq!(peer.read_lines().await, ["close 1000 ''", "end"]);
        drop(peer);
        running.log.until(1, "dropped").await;
        assert_eq!(
            running.log.count("close 1000 (closed by the peer), clean"),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn connections_of_workers_are_dropped_with_the_future() {
    within(async {
        let mut running = Running::start(Server::builder().workers(2)).await;
        let mut peers = running.open_many(4).await;
        running.log.until(4, "open").await;
        running.drop_future().await;
        running.log.until(4, "dropped").await;
        // As documented: not even on_close.
        assert_eq!(running.log.count("close "), 0);
        for peer in &mut peers {
            assert_eq!(peer.read_line().await, "end");
        }
        for handle in running.log.handles() {
            assert!(!handle.is_open());
            handle.send("late").expect_err("it is gone");
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_never_served_lets_its_port_go() {
    within(async {
        let server = Server::bind(own_addr()).await.expect("a free port");
        let addr = server.local_addr().expect("bound");
        drop(server);
        Server::bind(addr).await.expect("the port is free again");
    })
    .await;
}
