//! A server that is looked at and ended through its handle.

use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use ws_server::{CloseCode, CloseFrame, Server};
use ws_testing::{naive::Frame, peer::Peer};

use super::running::{Running, WORKERS, assert_echoes, within};

const GOING_AWAY: &str = "close 1001 'the server is shutting down'";

async fn leave(mut peer: Peer<TcpStream>, told: &str) {
    assert_eq!(peer.read_line().await, told);
    peer.send(Frame::close(1000, "")).await;
    assert_eq!(peer.read_line().await, "end");
}

#[tokio::test]
async fn it_shuts_down_as_a_signal_does_and_only_once() {
    within(async {
        for workers in WORKERS {
            let mut running = Running::start(Server::builder().workers(workers)).await;
            let mut peers = running.open_many(3).await;
            for peer in &mut peers {
                assert_echoes(peer).await;
            }
            assert_eq!(running.handle.connections(), 3);
            assert!(!running.handle.is_shutting_down());
            running.handle.shut_down();
            running.handle.shut_down();
            for peer in peers {
                leave(peer, GOING_AWAY).await;
            }
            let handle = running.handle.clone();
            let (report, took) = running.ended().await;
            assert_eq!((report.open(), report.clean()), (3, 3));
            assert!(took < Duration::from_secs(1), "{took:?}");
            assert!(handle.is_shutting_down());
            assert_eq!(handle.connections(), 0);
            handle.cut();
        }
    })
    .await;
}

/// A40: whoever asks a second time does not want to wait.
#[tokio::test]
async fn what_a_shutdown_waits_for_is_cut_when_it_is_asked_for() {
    within(async {
        for workers in WORKERS {
            let mut running = Running::start(Server::builder().workers(workers)).await;
            let mut mute = running.open().await;
            assert_echoes(&mut mute).await;
            let mut stuck = running.open().await;
            stuck.send(Frame::text("do send stuck; never")).await;
            assert_eq!(stuck.read_line().await, "text 'stuck'");
            let silent = running.connect().await;
            running.handle.shut_down();
            assert_eq!(mute.read_line().await, GOING_AWAY);
            let start = Instant::now();
            running.handle.cut();
            let (report, _) = running.ended().await;
            let took = start.elapsed();
            assert!(took < Duration::from_millis(500), "{took:?}");
            assert_eq!((report.open(), report.aborted()), (2, 2));
            assert_eq!(mute.read_line().await, "end");
            assert_eq!(running.log.count("close 1006 (aborted)"), 2);
            drop(silent);
        }
    })
    .await;
}

#[tokio::test]
async fn a_cut_that_nothing_came_before_waits_for_nothing() {
    within(async {
        for workers in WORKERS {
            let mut running = Running::start(Server::builder().workers(workers)).await;
            let mut peer = running.open().await;
            assert_echoes(&mut peer).await;
            running.handle.cut();
            let (report, took) = running.ended().await;
            assert!(took < Duration::from_millis(500), "{took:?}");
            assert_eq!((report.open(), report.aborted()), (1, 1));
            assert_eq!(peer.read_line().await, "end");
        }
    })
    .await;
}

#[tokio::test]
async fn all_get_the_close_that_was_chosen_and_are_told_so() {
    within(async {
        let frame = CloseFrame::new(CloseCode::SERVICE_RESTART, "back soon");
        let builder = Server::builder().drain_close(frame);
        let mut running = Running::start(builder).await;
        let peers = running.open_many(2).await;
        running.stop();
        for peer in peers {
            leave(peer, "close 1012 'back soon'").await;
        }
        let (report, _) = running.ended().await;
        assert_eq!(report.clean(), 2);
        let told = "close 1000 (closed by the shutdown of the server), clean";
        assert_eq!(running.log.count(told), 2);
    })
    .await;
}

/// Clients that come back do not come all at once.
#[tokio::test]
async fn the_closes_are_spread_over_the_time_that_was_chosen() {
    const PEERS: usize = 10;
    within(async {
        for workers in WORKERS {
            let spread = Duration::from_millis(500);
            let builder = Server::builder().workers(workers).drain_spread(spread);
            // It begins when all have got their Close.
            let builder = builder.drain_timeout(Duration::from_millis(200));
            let mut running = Running::start(builder).await;
            let mut peers = running.open_many(PEERS).await;
            for peer in &mut peers {
                assert_echoes(peer).await;
            }
            running.stop();
            let start = Instant::now();
            assert_eq!(peers[0].read_line().await, GOING_AWAY);
            assert!(start.elapsed() < spread / 2, "{:?}", start.elapsed());
            // The others are served meanwhile.
            assert_echoes(&mut peers[PEERS - 1]).await;
            for (at, peer) in peers.iter_mut().enumerate().skip(1) {
                assert_eq!(peer.read_line().await, GOING_AWAY);
                let due = spread.mul_f64(at as f64 / PEERS as f64);
                assert!(start.elapsed() + Duration::from_millis(20) >= due, "{at}");
            }
            let (report, _) = running.ended().await;
            assert_eq!((report.open(), report.aborted()), (PEERS, PEERS));
        }
    })
    .await;
}

/// Of three connections one is told; that is enough for none to be waited for.
#[tokio::test]
async fn the_closes_are_not_spread_over_time_when_nobody_is_left() {
    within(async {
        for workers in WORKERS {
            // Long, so that no pause of the machine looks like a wait.
            let builder = Server::builder()
                .workers(workers)
                .drain_spread(Duration::from_secs(600))
                .connection(|c| c.with_close_timeout(Duration::from_secs(100)));
            let mut running = Running::start(builder).await;
            let mut peers = Vec::new();
            for _ in 0..3 {
                let mut peer = running.open().await;
                // So the server knows them in this order, whatever threads they are on.
                assert_echoes(&mut peer).await;
                peers.push(peer);
            }
            running.stop();
            assert_eq!(peers[0].read_line().await, GOING_AWAY);
            // The others are served as long as they stay.
            assert_echoes(&mut peers[2]).await;
            drop(peers);
            // The second is due after 200 s, which `within` would not wait for.
            let (report, _) = running.ended().await;
            let figures = (report.open(), report.lost(), report.aborted());
            assert_eq!(figures, (3, 3, 0), "{report}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_report_tells_how_each_ended() {
    within(async {
        let close = |c: ws_server::ConnectionConfig| {
            c.with_close_timeout(Duration::from_millis(100))
                .with_linger(Duration::from_millis(50))
        };
        let builder = Server::builder().connection(close);
        let builder = builder.drain_timeout(Duration::from_millis(600));
        let mut running = Running::start(builder).await;
        let mut peers = running.open_many(4).await;
        for peer in &mut peers {
            assert_echoes(peer).await;
        }
        let [polite, mute, mut gone, mut rude] = peers.try_into().expect("four");
        let mut stuck = running.open().await;
        stuck.send(Frame::text("do send stuck; never")).await;
        assert_eq!(stuck.read_line().await, "text 'stuck'");
        running.stop();
        leave(polite, GOING_AWAY).await;
        assert_eq!(gone.read_line().await, GOING_AWAY);
        drop(gone);
        rude.write(b"\xff\xff").await;
        let (report, _) = running.ended().await;
        let figures = [
            report.open(),
            report.clean(),
            report.timed_out(),
            report.lost(),
            report.failed(),
            report.aborted(),
        ];
        assert_eq!(figures, [5, 1, 1, 1, 1, 1], "{report}");
        assert_eq!(
            report.to_string(),
            "5 connections were open, 1 closed cleanly, 1 timed out, 1 were lost, 1 failed, 1 were cut"
        );
        drop((mute, rude));
    })
    .await;
}
