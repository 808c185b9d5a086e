//! A53: the largest number of connections and handshakes of one address.

use std::{net::Ipv4Addr, time::Duration};

use tokio::{
    io::AsyncReadExt,
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use ws_server::{
    AddrHeader, AddrLimits, Builder, ConnectionConfig, ProxyProtocol, Server, TrustedProxies,
};
use ws_testing::peer::{Peer, REQUEST};

use super::running::{ENDS, Running, WORKERS, assert_echoes, end_so, within};
use crate::response::Response;

const ONE: Ipv4Addr = Ipv4Addr::new(127, 0, 1, 1);
const OTHER: Ipv4Addr = Ipv4Addr::new(127, 0, 2, 1);

/// So many connections and handshakes of an address.
fn at_most(connections: impl Into<Option<usize>>, handshakes: impl Into<Option<usize>>) -> Builder {
    let limits = AddrLimits::default().with_connections(connections);
    let quick = |connection: ConnectionConfig| {
        let connection = connection.with_linger(Duration::from_millis(100));
        connection.with_close_timeout(Duration::from_millis(100))
    };
    let builder = Server::builder().connection(quick);
    builder.addr_limits(limits.with_handshakes(handshakes))
}

async fn connect(running: &Running, from: Ipv4Addr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((from, 0).into()).expect("an address of ours");
    socket.connect(running.addr).await.expect("it listens")
}

/// Connects, sends this and tells what comes of it.
async fn ask(
    running: &Running,
    from: Ipv4Addr,
    request: &str,
) -> Result<Peer<TcpStream>, Response> {
    let mut peer = Peer::new(connect(running, from).await);
    peer.write(request).await;
    let head = peer.read_head().await;
    if head.starts_with("HTTP/1.1 101 ") {
        return Ok(peer);
    }
    let rest = peer.read_bytes().await.expect("the server ends");
    Err(Response::only([head.into_bytes(), rest].concat()))
}

/// Tries until there is a place: the server needs a moment to see that a peer is gone.
async fn ask_soon(running: &Running, from: Ipv4Addr, request: &str) -> Peer<TcpStream> {
    loop {
        if let Ok(peer) = ask(running, from, request).await {
            return peer;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn assert_refused(answer: Result<Peer<TcpStream>, Response>, why: &str) {
    let response = answer.expect_err("one too many");
    assert_eq!(response.status, 503);
    assert_eq!(response.header("retry-after"), Some("5"));
    assert!(response.body.starts_with(why), "{}", response.body);
}

const TWO_ALREADY: &str =
    "2 connections of this address or its prefix are under way, at most 2 are allowed";

/// On any system with these addresses on its loopback interface.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_address_with_as_many_connections_as_it_may_have_is_refused_and_others_are_served() {
    within(async {
        for workers in WORKERS {
            let running = Running::start(at_most(2, None).workers(workers)).await;
            let mut peers = Vec::new();
            for from in [ONE, ONE, OTHER, OTHER] {
                peers.push(ask(&running, from, REQUEST).await.expect("a place"));
            }
            for from in [ONE, OTHER, ONE] {
                assert_refused(ask(&running, from, REQUEST).await, TWO_ALREADY);
            }
            for peer in &mut peers {
                assert_echoes(peer).await;
            }
            drop(peers.remove(0));
            assert_echoes(&mut ask_soon(&running, ONE, REQUEST).await).await;
            assert_refused(ask(&running, OTHER, REQUEST).await, TWO_ALREADY);
        }
    })
    .await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn by_default_one_address_can_take_half_of_the_places() {
    within(async {
        let running = Running::start(Server::builder().max_connections(4)).await;
        let first = ask(&running, ONE, REQUEST).await.expect("a place");
        let second = ask(&running, ONE, REQUEST).await.expect("a place");
        assert_refused(ask(&running, ONE, REQUEST).await, TWO_ALREADY);
        let mut third = ask(&running, OTHER, REQUEST).await.expect("a place");
        assert_echoes(&mut third).await;
        drop((first, second));
    })
    .await;
}

/// Silent ones count until their deadline, open ones do not.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_address_with_as_many_handshakes_as_it_may_have_is_refused_until_one_is_over() {
    within(async {
        let builder = at_most(None, 1).handshake_timeout(Duration::from_millis(500));
        let running = Running::start(builder).await;
        let mut open = Vec::new();
        for _ in 0..3 {
            open.push(ask(&running, ONE, REQUEST).await.expect("a place"));
        }
        let silent = connect(&running, ONE).await;
        let why = "1 handshakes of this address or its prefix are under way, at most 1 are allowed";
        assert_refused(ask(&running, ONE, REQUEST).await, why);
        open.push(ask(&running, OTHER, REQUEST).await.expect("a place"));
        open.push(ask_soon(&running, ONE, REQUEST).await);
        for peer in &mut open {
            assert_echoes(peer).await;
        }
        drop(silent);
    })
    .await;
}

/// However it ends.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_place_of_an_address_is_free_again_after_every_kind_of_end() {
    within(async {
        let running = Running::start(at_most(1, 1)).await;
        for end in ENDS {
            let mut peer = ask_soon(&running, ONE, REQUEST).await;
            end_so(&mut peer, end).await;
        }
        // One that never asks, and some that ask for something else.
        drop(connect(&running, ONE).await);
        for request in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "nonsense\r\n\r\n",
            "GET /",
        ] {
            let mut peer = Peer::new(connect(&running, ONE).await);
            peer.write(request).await;
            peer.finish().await;
            let _ = peer.read_bytes().await;
        }
        assert_echoes(&mut ask_soon(&running, ONE, REQUEST).await).await;
    })
    .await;
}

/// How many have come to an end without a word.
async fn dropped(peers: &mut [Peer<TcpStream>]) -> usize {
    let mut dropped = 0;
    for peer in peers {
        let mut byte = [0];
        let read = timeout(Duration::from_millis(20), peer.io().read(&mut byte));
        dropped += usize::from(matches!(read.await, Ok(Ok(0) | Err(_))));
    }
    dropped
}

/// Refusing costs something, too.
#[tokio::test]
async fn of_many_above_the_limit_of_an_address_some_are_told_and_the_rest_are_dropped() {
    within(async {
        let running = Running::start(at_most(0, None)).await;
        let mut silent = Vec::new();
        for _ in 0..70 {
            silent.push(Peer::new(running.connect().await));
        }
        assert_eq!(dropped(&mut silent).await, 6);
        assert_eq!(running.handle.connections(), 0);
    })
    .await;
}

fn with_headers(lines: &str) -> String {
    format!("{}\r\n{lines}\r\n\r\n", REQUEST.trim_end())
}

/// The proxy's own address counts nowhere.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn behind_a_trusted_proxy_it_is_the_clients_address_that_counts() {
    let proxies = || TrustedProxies::none().trust("127.0.1.1").expect("a prefix");
    let in_line = |client: u8| format!("PROXY TCP4 192.0.2.{client} 127.0.0.1 1 1\r\n{REQUEST}");
    let in_header = |client: u8| with_headers(&format!("Forwarded: for=192.0.2.{client}"));
    let by_line = proxies().with_proxy_protocol(ProxyProtocol::Optional);
    let by_header = proxies().with_header(AddrHeader::Forwarded);
    within(async {
        for (proxies, of) in [
            (by_line, &in_line as &dyn Fn(u8) -> String),
            (by_header, &in_header),
        ] {
            let running = Running::start(at_most(2, None).trusted_proxies(proxies)).await;
            let mut peers = Vec::new();
            for client in [7, 8, 7, 8] {
                peers.push(ask(&running, ONE, &of(client)).await.expect("a place"));
            }
            assert_refused(ask(&running, ONE, &of(7)).await, TWO_ALREADY);
            for _ in 0..3 {
                peers.push(ask(&running, ONE, REQUEST).await.expect("a place"));
            }
            // What somebody else says of himself counts for nothing.
            let said = with_headers("Forwarded: for=192.0.2.9");
            for _ in 0..2 {
                peers.push(ask(&running, OTHER, &said).await.expect("a place"));
            }
            assert_refused(ask(&running, OTHER, REQUEST).await, TWO_ALREADY);
            peers.remove(0);
            peers.push(ask_soon(&running, ONE, &of(7)).await);
            for peer in &mut peers {
                assert_echoes(peer).await;
            }
            assert_eq!(running.handle.connections(), 9);
            let refused = running.handle.metrics().snapshot().refused;
            assert!(
                refused.by_address >= 2 && refused.by_total == 0,
                "{refused:?}"
            );
        }
    })
    .await;
}

/// Whom the server itself drops has not gone.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_is_dropped_for_the_address_behind_a_proxy_is_counted_once() {
    let proxies = || TrustedProxies::none().trust("127.0.1.1").expect("a prefix");
    let by_line = proxies().with_proxy_protocol(ProxyProtocol::Required);
    let by_header = proxies().with_header(AddrHeader::Forwarded);
    within(async {
        for (proxies, sent) in [
            (by_line, "PROXY TCP4 192.0.2.7 127.0.0.1 1 1\r\n"),
            (by_header, &with_headers("Forwarded: for=192.0.2.7")),
        ] {
            let stay = |c: ConnectionConfig| c.with_linger(Duration::from_secs(20));
            let builder = at_most(0, None).connection(stay).trusted_proxies(proxies);
            let running = Running::start(builder).await;
            let mut peers = Vec::new();
            for _ in 0..70 {
                let mut peer = Peer::new(connect(&running, ONE).await);
                peer.write(sent).await;
                peers.push(peer);
            }
            assert_eq!(dropped(&mut peers).await, 6);
            let snapshot = running.handle.metrics().snapshot();
            assert_eq!((snapshot.dropped.by_address, snapshot.gone), (6, 0));
        }
    })
    .await;
}
