//! Callbacks that panic (A43).

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use tokio::{net::TcpStream, runtime};
use ws_testing::{naive::Frame, peer::Peer};

use crate::{process, served::Served};

const COUNT: usize = 1000;

const CALLBACKS: [&str; 5] = ["open", "message", "ping", "pong", "close"];

/// A peer that makes the callback run, and the Close that it gets.
async fn provoke(peer: &mut Peer<TcpStream>, callback: &str) -> &'static str {
    match callback {
        "message" => peer.send(Frame::text("go")).await,
        "ping" => peer.send(Frame::ping("")).await,
        "pong" => peer.send(Frame::pong("")).await,
        "close" => peer.send(Frame::close(1000, "")).await,
        _ => {}
    }
    match callback {
        "close" => "close 1000 ''",
        _ => "close 1011 'internal error'",
    }
}

async fn panic_once(served: &Served, callback: &str, bystander: &mut Peer<TcpStream>) {
    let stream = TcpStream::connect(served.addr).await;
    let mut peer = Peer::open(stream.expect("it listens")).await;
    let close = provoke(&mut peer, callback).await;
    let mut lines = peer.read_lines().await;
    lines.retain(|line| !line.starts_with("pong"));
    assert_eq!(lines, [close, "end"], "{callback}");
    drop(peer);
    bystander.send(Frame::text("fine")).await;
    assert_eq!(bystander.read_line().await, "text 'fine'");
}

#[test]
fn after_a_thousand_panics_in_the_callbacks_nothing_is_left_and_a_bystander_lives() {
    let _alone = process::alone();
    let made = AtomicUsize::new(0);
    // The first two are the connection that warms up and the bystander.
    let served = Served::start(move |ledger| match made.fetch_add(1, Relaxed) {
        0 | 1 => ledger.session("none"),
        number => ledger.session(CALLBACKS[(number - 2) % CALLBACKS.len()]),
    });
    let mut builder = runtime::Builder::new_current_thread();
    let peers = builder.enable_all().build().expect("a runtime");
    peers.block_on(async {
        let stream = TcpStream::connect(served.addr).await;
        let mut bystander = Peer::open(stream.expect("it listens")).await;
        for number in 0..COUNT {
            panic_once(&served, CALLBACKS[number % CALLBACKS.len()], &mut bystander).await;
        }
    });
    drop(peers);

    served.assert_nothing_is_left();
    let entries = served.ledger.entries();
    assert_eq!(entries.len(), COUNT + 1);
    assert!(entries.iter().all(|entry| entry.closes == 1));
    let panicked = |cause: &str| cause.starts_with("1006 (a callback panicked: as told");
    let told = entries
        .iter()
        .filter(|entry| panicked(&entry.cause))
        .count();
    // A panic in `on_close` itself comes after its cause.
    assert_eq!(told, COUNT - COUNT / CALLBACKS.len());
}
