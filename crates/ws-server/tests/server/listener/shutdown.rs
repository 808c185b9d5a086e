//! A shutdown: nothing more is accepted, 1001 to all behind what was sent to them, a deadline, and a true report
//! (A39).

use std::time::Duration;

use tokio::net::TcpStream;
use ws_server::{Builder, Client, Handler, Message, Rate, Server};
use ws_testing::{
    naive::Frame,
    peer::{Peer, REQUEST, masked},
};

use super::running::{Running, WORKERS, assert_echoes, own_addr, within};
use crate::{log::Log, response::Response};

const GOING_AWAY: &str = "close 1001 'the server is shutting down'";

/// A server whose drain deadline is far away.
fn patient(workers: usize) -> Builder {
    Server::builder().workers(workers)
}

/// A server whose drain deadline is near.
fn hasty(workers: usize) -> Builder {
    let builder = Server::builder().workers(workers);
    builder.drain_timeout(Duration::from_millis(300))
}

/// Answers the shutdown's Close and ends the transport.
async fn leave(mut peer: Peer<TcpStream>) {
    assert_eq!(peer.read_line().await, GOING_AWAY);
    peer.send(Frame::close(1001, "")).await;
    assert_eq!(peer.read_line().await, "end");
}

#[tokio::test]
async fn all_connections_get_1001_and_the_report_counts_them() {
    within(async {
        for workers in WORKERS {
            let mut running = Running::start(patient(workers)).await;
            let mut peers = running.open_many(10).await;
            for peer in &mut peers {
                assert_echoes(peer).await;
            }
            running.stop();
            for peer in peers {
                leave(peer).await;
            }
            let (report, took) = running.stopped().await;
            let figures = (report.open(), report.clean(), report.aborted());
            assert_eq!(figures, (10, 10, 0));
            assert!(took < Duration::from_secs(1), "{took:?}");
            let told = "close 1001 (closed by the shutdown of the server), clean";
            assert_eq!(running.log.count(told), 10);
            assert_eq!(running.log.count("dropped"), 10);
        }
    })
    .await;
}

#[tokio::test]
async fn a_shutdown_without_connections_is_over_at_once() {
    within(async {
        for workers in WORKERS {
            let mut running = Running::start(patient(workers)).await;
            let (report, took) = running.stopped().await;
            assert_eq!(report.open(), 0);
            assert!(took < Duration::from_secs(1), "{took:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_signal_that_was_given_already_shuts_down_at_once() {
    within(async {
        for workers in WORKERS {
            let server = patient(workers).bind(own_addr()).await;
            let log = Log::new();
            let puppet = std::sync::Arc::new(crate::puppet::Puppet::new(&log));
            let server = server.expect("a free port");
            let served = server.with_shutdown(async {});
            let report = served.serve_with(move || (*puppet).clone()).await;
            assert_eq!(report.expect("workers that start").open(), 0);
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_accepted_while_it_drains_and_afterwards() {
    within(async {
        for workers in WORKERS {
            let mut running = Running::start(patient(workers)).await;
            let mut peer = running.open().await;
            running.stop();
            assert_eq!(peer.read_line().await, GOING_AWAY);
            while TcpStream::connect(running.addr).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            peer.send(Frame::close(1001, "")).await;
            drop(peer);
            running.stopped().await;
            let refused = TcpStream::connect(running.addr).await;
            refused.expect_err("nobody listens");
            assert_eq!(running.log.count("upgrade"), 1);
        }
    })
    .await;
}

/// More than the sockets hold, to a peer that begins to read late.
#[tokio::test]
async fn what_was_sent_leaves_before_the_1001() {
    within(async {
        for workers in WORKERS {
            let queue = |c: ws_server::ConnectionConfig| c.with_max_queue(64 << 20);
            let mut running = Running::start(patient(workers).connection(queue)).await;
            let mut peer = running.open().await;
            peer.send(Frame::text("do flood 100 100000")).await;
            assert_eq!(peer.read_line().await, "binary of 100000 bytes");
            running.stop();
            tokio::time::sleep(Duration::from_millis(100)).await;
            for _ in 1..100 {
                assert_eq!(peer.read_line().await, "binary of 100000 bytes");
            }
            leave(peer).await;
            let (report, _) = running.stopped().await;
            assert_eq!((report.clean(), report.aborted()), (1, 0));
        }
    })
    .await;
}

#[tokio::test]
async fn peers_that_are_paused_by_their_rate_end_at_once() {
    within(async {
        for workers in WORKERS {
            let rate = Rate::per_second(1);
            let mut running = Running::start(patient(workers).max_message_rate(rate)).await;
            let mut peers = running.open_many(10).await;
            for peer in &mut peers {
                peer.write(masked(Frame::text("x")).repeat(100)).await;
                assert_eq!(peer.read_line().await, "text 'x'");
            }
            running.stop();
            for peer in peers {
                leave(peer).await;
            }
            let (report, took) = running.stopped().await;
            assert_eq!((report.clean(), report.aborted()), (10, 0));
            assert!(took < Duration::from_secs(1), "{took:?}");
            assert_eq!(running.log.count("text"), 1000);
        }
    })
    .await;
}

#[tokio::test]
async fn handshakes_get_503_and_do_not_hold_it_up() {
    within(async {
        for workers in WORKERS {
            let builder = patient(workers);
            let mut running = Running::with(builder, |puppet| puppet.on("upgrade", "never")).await;
            let silent = Peer::new(running.connect().await);
            let mut dribbling = Peer::new(running.connect().await);
            dribbling.write(&REQUEST[..50]).await;
            let mut waiting = Peer::new(running.connect().await);
            waiting.write(REQUEST).await;
            running.log.until(1, "upgrade").await;
            // What no worker has accepted yet is reset with its listener.
            while running.handle.connections() < 3 {
                tokio::task::yield_now().await;
            }
            running.stop();
            for mut peer in [silent, dribbling, waiting] {
                let bytes = peer.read_bytes().await.expect("the server ends");
                let response = Response::only(bytes);
                assert_eq!(response.status, 503);
                assert_eq!(response.body, "the server is shutting down\n");
            }
            let (report, took) = running.stopped().await;
            assert_eq!(report.open(), 0);
            assert!(took < Duration::from_secs(1), "{took:?}");
        }
    })
    .await;
}

/// They have what a refused peer has, and no more.
#[tokio::test]
async fn silent_peers_that_do_not_leave_hold_it_up_for_1_5_s_at_most() {
    within(async {
        let mut running = Running::start(patient(0)).await;
        let silent = running.connect().await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let (_, took) = running.stopped().await;
        assert!(took < Duration::from_secs(3), "{took:?}");
        drop(silent);
    })
    .await;
}

#[tokio::test]
async fn at_the_deadline_a_peer_that_does_not_answer_and_a_callback_that_never_returns_are_cut() {
    within(async {
        for workers in WORKERS {
            let mut running = Running::start(hasty(workers)).await;
            let polite = running.open_many(3).await;
            let mut mute = running.open().await;
            let mut stuck = running.open().await;
            stuck.send(Frame::text("do send stuck; never")).await;
            assert_eq!(stuck.read_line().await, "text 'stuck'");
            assert_echoes(&mut mute).await;
            running.stop();
            for peer in polite {
                leave(peer).await;
            }
            let (report, took) = running.stopped().await;
            let figures = (report.open(), report.clean(), report.aborted());
            assert_eq!(figures, (5, 3, 2));
            assert!(took >= Duration::from_millis(150), "{took:?}");
            assert!(took < Duration::from_secs(2), "{took:?}");
            assert_eq!(mute.read_lines().await, [GOING_AWAY, "end"]);
            assert_eq!(stuck.read_lines().await, [GOING_AWAY, "end"]);
            assert_eq!(running.log.count("close 1006 (aborted)"), 2);
            assert_eq!(running.log.count("dropped"), 5);
        }
    })
    .await;
}

/// It answers, but keeps its direction open: at the deadline it is cut, and was clean all the same.
#[tokio::test]
async fn at_the_deadline_a_peer_that_never_ends_the_transport_is_cut() {
    within(async {
        for workers in WORKERS {
            let linger = |c: ws_server::ConnectionConfig| c.with_linger(Duration::from_secs(60));
            let mut running = Running::start(hasty(workers).connection(linger)).await;
            let mut peer = running.open().await;
            running.stop();
            assert_eq!(peer.read_line().await, GOING_AWAY);
            peer.send(Frame::close(1001, "")).await;
            assert_eq!(peer.read_line().await, "end");
            let (report, took) = running.stopped().await;
            assert!(took < Duration::from_secs(2), "{took:?}");
            let figures = (report.open(), report.clean(), report.aborted());
            assert_eq!(figures, (1, 1, 0));
            running.log.until(1, "dropped").await;
        }
    })
    .await;
}

/// Even the last callback cannot keep a server from ending.
#[tokio::test]
async fn an_on_close_that_never_returns_does_not_hold_it_up_for_long() {
    within(async {
        for workers in WORKERS {
            let mut running = Running::with(hasty(workers), |p| p.on("close", "never")).await;
            let peer = running.open().await;
            running.stop();
            leave(peer).await;
            let (report, took) = running.stopped().await;
            assert_eq!(report.open(), 1);
            assert!(took < Duration::from_secs(3), "{took:?}");
            running.log.until(1, "dropped").await;
        }
    })
    .await;
}

/// It had ended before, though its transport had not.
#[tokio::test]
async fn a_connection_that_has_ended_when_it_begins_is_not_counted() {
    within(async {
        for workers in WORKERS {
            let mut running = Running::start(patient(workers)).await;
            let mut peer = running.open().await;
            peer.send(Frame::close(1000, "")).await;
            assert_eq!(peer.read_lines().await, ["close 1000 ''", "end"]);
            running.log.until(1, "close ").await;
            let (report, _) = running.stopped().await;
            let figures = (report.open(), report.clean(), report.aborted());
            assert_eq!(figures, (0, 0, 0));
        }
    })
    .await;
}

/// A connection that its application has closed with 1001 was not closed by the shutdown.
#[tokio::test]
async fn closes_of_the_peer_and_of_the_application_are_told_as_theirs() {
    within(async {
        let mut running = Running::start(patient(0)).await;
        let mut first = running.open().await;
        first.send(Frame::close(1000, "")).await;
        assert_eq!(first.read_line().await, "close 1000 ''");
        drop(first);
        let mut second = running.open().await;
        second.send(Frame::text("do close 1001 mine")).await;
        assert_eq!(second.read_line().await, "close 1001 'mine'");
        second.send(Frame::close(1001, "")).await;
        drop(second);
        running.log.until(2, "dropped").await;
        let (report, _) = running.stopped().await;
        assert_eq!((report.open(), report.clean()), (0, 0));
        assert_eq!(
            running.log.count("close 1000 (closed by the peer), clean"),
            1
        );
        let told = "close 1001 (closed by the application), clean";
        assert_eq!(running.log.count(told), 1);
    })
    .await;
}

/// A blocked thread cannot be cut; but it is not waited for either.
#[tokio::test]
async fn a_callback_that_blocks_the_thread_of_its_worker_does_not_hold_it_up() {
    #[derive(Clone)]
    struct Block;

    impl Handler for Block {
        async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
            client.send(message);
            std::thread::sleep(Duration::from_secs(10));
        }
    }

    within(async {
        let server = hasty(1).bind(own_addr()).await.expect("a free port");
        let mut running = Running::of(server, Log::new(), || Block);
        let mut peer = running.open().await;
        peer.send(Frame::text("blocks")).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let (report, took) = running.stopped().await;
        assert_eq!((report.open(), report.aborted()), (1, 1));
        assert!(took < Duration::from_secs(4), "{took:?}");
    })
    .await;
}
