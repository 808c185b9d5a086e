//! The sums over all connections and threads of a server.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use tokio::{net::TcpStream, task::JoinSet};
use ws_server::{AddrLimits, Metrics, Server, Snapshot, Tally};
use ws_testing::{
    naive::Frame,
    peer::{Peer, REQUEST},
};

use crate::listener::running::{Running, WORKERS, assert_echoes, within};

/// Of one peer.
const MESSAGES: u64 = 200;

async fn talk(mut peer: Peer<TcpStream>) -> Peer<TcpStream> {
    for number in 0..MESSAGES {
        let length = number as usize;
        match number % 4 {
            0 => peer.send(Frame::binary(vec![7; length])).await,
            _ => peer.send(Frame::text("x".repeat(length))).await,
        }
        let echo = peer.read_frame().await.expect("no error").expect("no end");
        assert_eq!(echo.payload.len(), length);
    }
    peer
}

async fn until(metrics: &Metrics, what: impl Fn(&Snapshot) -> bool) -> Snapshot {
    loop {
        let snapshot = metrics.snapshot();
        if what(&snapshot) {
            return snapshot;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// All that only grows.
fn growing(snapshot: &Snapshot) -> Vec<u64> {
    let Snapshot {
        received,
        sent,
        causes,
        ..
    } = snapshot;
    let tallies = [received.text, received.binary, sent.text, sent.binary];
    let mut numbers: Vec<u64> = tallies.iter().flat_map(|t| [t.messages, t.bytes]).collect();
    numbers.extend([
        snapshot.accepted,
        snapshot.sent_controls.closes,
        snapshot.most_queued,
    ]);
    numbers.extend([causes.peer, causes.shutdown, causes.transport]);
    numbers.extend(snapshot.handshakes.values());
    numbers
}

/// Looks all the time, and tells how often it looked.
fn watch(metrics: Metrics, stop: Arc<AtomicBool>) -> thread::JoinHandle<u64> {
    thread::spawn(move || {
        let mut before = growing(&metrics.snapshot());
        let mut looks = 0;
        while !stop.load(Relaxed) {
            let now = growing(&metrics.snapshot());
            let fallen = before.iter().zip(&now).find(|(before, now)| before > now);
            assert_eq!(fallen, None, "{before:?}, then {now:?}");
            before = now;
            looks += 1;
        }
        looks
    })
}

#[tokio::test]
async fn the_sums_are_what_the_peers_did_and_only_grow_until_the_server_has_ended() {
    within(async {
        for workers in WORKERS {
            let mut running = Running::start(Server::builder().workers(workers)).await;
            let metrics = running.handle.metrics();
            let stop = Arc::new(AtomicBool::new(false));
            let watching = watch(metrics.clone(), stop.clone());
            let mut talking = JoinSet::new();
            for peer in running.open_many(10).await {
                talking.spawn(talk(peer));
            }
            let mut peers = talking.join_all().await;
            let snapshot = until(&metrics, |snapshot| snapshot.sent == snapshot.received).await;
            let lengths = |is_text: bool| (0..MESSAGES).filter(move |n| (n % 4 > 0) == is_text);
            let expected = |is_text| Tally {
                messages: 10 * lengths(is_text).count() as u64,
                bytes: 10 * lengths(is_text).sum::<u64>(),
            };
            assert_eq!(snapshot.received.text, expected(true));
            assert_eq!(snapshot.received.binary, expected(false));
            assert_eq!((snapshot.connections.open, snapshot.accepted), (10, 10));

            for mut peer in peers.drain(..4) {
                peer.send(Frame::close(1000, "")).await;
                assert_eq!(peer.read_lines().await, ["close 1000 ''", "end"]);
            }
            let gone = peers.drain(..2).collect::<Vec<_>>();
            drop(gone);
            // Those that end are counted as open no longer before the server is done with them.
            let snapshot = until(&metrics, |_| running.handle.connections() == 4).await;
            assert_eq!((snapshot.connections.open, snapshot.causes.peer), (4, 4));
            running.stop();
            for mut peer in peers {
                assert!(peer.read_line().await.starts_with("close 1001"));
                peer.send(Frame::close(1001, "")).await;
                assert_eq!(peer.read_line().await, "end");
            }
            let (report, _) = running.ended().await;
            assert_eq!((report.open(), report.clean()), (4, 4));
            stop.store(true, Relaxed);
            assert!(watching.join().expect("they only grow") > 0);
            let end = metrics.snapshot();
            assert_eq!(
                end.closes,
                BTreeMap::from([(1000, 4), (1001, 4), (1006, 2)])
            );
            assert_eq!((end.causes.shutdown, end.causes.transport), (4, 2));
            assert_eq!(end.connections, Default::default());
            assert_eq!(end.handshakes, BTreeMap::from([(101, 10)]));
            assert_eq!((end.sent, end.cut), (end.received, 0));
        }
    })
    .await;
}

#[tokio::test]
async fn whom_a_shutdown_does_not_wait_for_is_counted_as_cut() {
    within(async {
        let builder = Server::builder().drain_timeout(Duration::from_millis(100));
        let mut running = Running::start(builder).await;
        let metrics = running.handle.metrics();
        let peers = running.open_many(3).await;
        let (report, _) = running.stopped().await;
        assert_eq!(report.aborted(), 3);
        let snapshot = metrics.snapshot();
        assert_eq!((snapshot.cut, snapshot.causes.abort), (3, 3));
        drop(peers);
    })
    .await;
}

#[tokio::test]
async fn whoever_finds_no_place_is_counted_by_the_limit_be_it_told_so_or_not() {
    let per_address = AddrLimits::default().with_connections(1);
    within(async {
        for (builder, limit) in [
            (Server::builder().max_connections(1), "total"),
            (Server::builder().addr_limits(per_address), "address"),
        ] {
            let running = Running::start(builder).await;
            let metrics = running.handle.metrics();
            let mut served = running.open().await;
            assert_echoes(&mut served).await;
            let mut refused = Peer::new(running.connect().await);
            refused.write(REQUEST).await;
            assert!(refused.read_head().await.starts_with("HTTP/1.1 503 "));
            let mut waiting = Vec::new();
            for _ in 0..70 {
                waiting.push(running.connect().await);
            }
            let snapshot = until(&metrics, |snapshot| snapshot.accepted == 72).await;
            let [refused, dropped] = [snapshot.refused, snapshot.dropped].map(|excesses| {
                let both = (excesses.by_total, excesses.by_address);
                let (counted, other) = match limit {
                    "total" => both,
                    _ => (both.1, both.0),
                };
                assert_eq!(other, 0);
                counted
            });
            assert_eq!(refused + dropped, 71);
            assert!((64..=65).contains(&refused), "{refused}");
            assert_eq!(snapshot.handshakes[&503], 1);
            assert_eq!(snapshot.connections.open, 1);
        }
    })
    .await;
}
