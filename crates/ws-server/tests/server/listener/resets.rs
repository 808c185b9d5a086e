//! Peers that go away at any moment, on real sockets (A36, A38).

use std::time::Duration;

use tokio::{net::TcpStream, time::Instant};
use ws_server::Server;
use ws_testing::{
    naive::Frame,
    peer::{Peer, REQUEST, masked},
};

use super::running::{Running, WORKERS, assert_echoes, within};

/// The peer is gone without a FIN.
fn reset(mut peer: Peer<TcpStream>) {
    let socket = socket2::SockRef::from(&*peer.io());
    socket.set_linger(Some(Duration::ZERO)).expect("a socket");
}

/// Where a peer goes away.
const MOMENTS: [&str; 8] = [
    "accepting",
    "head",
    "open",
    "header",
    "payload",
    "message",
    "closing",
    "writing",
];

async fn peer_at(running: &Running, moment: &str) -> Peer<TcpStream> {
    let mut peer = Peer::new(running.connect().await);
    match moment {
        "accepting" => return peer,
        "head" => {
            peer.write(&REQUEST[..40]).await;
            return peer;
        }
        _ => {}
    }
    peer.write(REQUEST).await;
    peer.read_head().await;
    let message = masked(Frame::text("x".repeat(100_000)));
    match moment {
        "header" => peer.write(&message[..5]).await,
        "payload" => peer.write(&message[..70_000]).await,
        "message" => peer.write(&message).await,
        "closing" => {
            peer.send(Frame::text("do close 1000 x")).await;
            peer.read_line().await;
        }
        "writing" => {
            peer.send(Frame::text("do flood 30 100000")).await;
            peer.read_line().await;
        }
        _ => {}
    }
    peer
}

/// A36
#[tokio::test]
async fn a_reset_at_any_moment_ends_the_connection_and_on_close_runs_once() {
    within(async {
        const EACH: usize = 10;
        for workers in WORKERS {
            let mut running = Running::start(Server::builder().workers(workers)).await;
            let mut bystander = running.open().await;
            for moment in MOMENTS {
                for _ in 0..EACH {
                    reset(peer_at(&running, moment).await);
                }
                assert_echoes(&mut bystander).await;
            }
            let opened = EACH * (MOMENTS.len() - 2);
            running.log.until(opened, "dropped").await;
            assert_eq!(running.log.count("open"), opened + 1);
            assert_eq!(running.log.count("close "), opened);
            assert_eq!(running.log.count("close 1006"), opened);
            // Nothing of them is left.
            drop(bystander);
            running.log.until(opened + 1, "dropped").await;
            let (report, took) = running.stopped().await;
            assert_eq!(report.open(), 0);
            assert!(took < Duration::from_secs(2), "{took:?}");
        }
    })
    .await;
}

/// A38
#[tokio::test]
async fn an_end_without_a_close_is_told_within_100_ms() {
    within(async {
        let running = Running::start(Server::builder()).await;
        // The machine may be busy, so the best of some counts.
        let mut best = Duration::MAX;
        for round in 1..=5 {
            let mut peer = running.open().await;
            running.log.until(round, "open").await;
            let start = Instant::now();
            peer.finish().await;
            running.log.until(round, "close ").await;
            best = best.min(start.elapsed());
            assert_eq!(peer.read_line().await, "end");
        }
        assert!(best <= Duration::from_millis(100), "{best:?}");
        let told = "close 1006 (transport: unexpected end of file)";
        assert_eq!(running.log.count(told), 5);
    })
    .await;
}

/// What the peer sent before it ended its direction is answered, as far as the transport takes it.
#[tokio::test]
async fn a_peer_that_ends_its_direction_behind_its_close_reads_all_of_the_replies() {
    within(async {
        let running = Running::start(Server::builder()).await;
        let mut peer = running.open().await;
        peer.send(Frame::text("do flood 30 100000")).await;
        peer.send(Frame::close(1000, "bye")).await;
        peer.finish().await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        for _ in 0..30 {
            assert_eq!(peer.read_line().await, "binary of 100000 bytes");
        }
        assert_eq!(peer.read_lines().await, ["close 1000 'bye'", "end"]);
    })
    .await;
}
