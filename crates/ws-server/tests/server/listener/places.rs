//! The largest number of connections.

use std::time::Duration;

use tokio::{io::AsyncReadExt, net::TcpStream, time::timeout};
use ws_server::{AddrLimits, Server};
use ws_testing::{
    naive::Frame,
    peer::{Peer, REQUEST},
};

use super::running::{ENDS, Running, WORKERS, assert_echoes, end_so, within};
use crate::response::Response;

/// The response to a peer that asks for a connection and gets none.
async fn refusal(running: &Running) -> Response {
    let mut peer = Peer::new(running.connect().await);
    peer.write(REQUEST).await;
    let bytes = peer.read_bytes().await.expect("the server ends");
    Response::only(bytes)
}

/// Tries until there is a place: the server needs a moment to see that a peer is gone.
async fn open_soon(running: &Running) -> Peer<TcpStream> {
    loop {
        let mut peer = Peer::new(running.connect().await);
        peer.write(REQUEST).await;
        if peer.read_head().await.starts_with("HTTP/1.1 101 ") {
            return peer;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn one_connection_more_than_allowed_is_answered_with_503_until_a_place_is_free() {
    within(async {
        for workers in WORKERS {
            let builder = Server::builder().workers(workers).max_connections(2);
            let builder = builder.addr_limits(AddrLimits::default().with_connections(None));
            let running = Running::start(builder).await;
            let mut peers = running.open_many(2).await;
            for _ in 0..3 {
                let response = refusal(&running).await;
                assert_eq!(response.status, 503);
                assert_eq!(response.header("retry-after"), Some("5"));
                assert_eq!(response.header("connection"), Some("close"));
                assert!(response.body.contains("try again"), "{}", response.body);
            }
            for peer in &mut peers {
                assert_echoes(peer).await;
            }
            assert_eq!(running.log.count("upgrade"), 2);

            let mut leaving = peers.pop().expect("two");
            leaving.send(Frame::close(1000, "")).await;
            assert_eq!(leaving.read_lines().await, ["close 1000 ''", "end"]);
            drop(leaving);
            assert_echoes(&mut open_soon(&running).await).await;
        }
    })
    .await;
}

/// However it ends.
#[tokio::test]
async fn a_place_is_free_again_after_every_kind_of_end() {
    within(async {
        let builder = Server::builder().max_connections(1);
        let running = Running::start(builder.connection(quick)).await;
        for end in ENDS {
            let mut peer = open_soon(&running).await;
            end_so(&mut peer, end).await;
        }
        // One that never asks, and one that asks for something else.
        drop(running.connect().await);
        let mut peer = Peer::new(running.connect().await);
        peer.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        peer.read_bytes().await.expect("the server ends");
        drop(peer);
        assert_echoes(&mut open_soon(&running).await).await;
    })
    .await;
}

/// Ends come soon.
fn quick(connection: ws_server::ConnectionConfig) -> ws_server::ConnectionConfig {
    let connection = connection.with_linger(Duration::from_millis(100));
    connection.with_close_timeout(Duration::from_millis(100))
}

/// A2: a peer that says nothing holds a place, but only for the time of a handshake.
#[tokio::test]
async fn a_handshake_holds_a_place_until_its_deadline() {
    within(async {
        let builder = Server::builder().max_connections(1);
        let builder = builder.handshake_timeout(Duration::from_millis(300));
        let running = Running::start(builder.connection(quick)).await;
        let silent = running.connect().await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(refusal(&running).await.status, 503);
        assert_echoes(&mut open_soon(&running).await).await;
        drop(silent);
    })
    .await;
}

/// The answers cost something too: only so many are given at a time.
#[tokio::test]
async fn of_many_above_the_limit_some_are_told_and_the_rest_are_dropped() {
    within(async {
        let running = Running::start(Server::builder().max_connections(0)).await;
        let mut silent = Vec::new();
        for _ in 0..70 {
            silent.push(running.connect().await);
        }
        let mut dropped = 0;
        for stream in &mut silent {
            let mut byte = [0];
            let read = timeout(Duration::from_millis(20), stream.read(&mut byte));
            dropped += usize::from(matches!(read.await, Ok(Ok(0) | Err(_))));
        }
        assert_eq!(dropped, 6);
        drop(silent);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(refusal(&running).await.status, 503);
    })
    .await;
}
