//! A write that makes no progress for 30 s ends the connection (R7; A21, A22).

use ws_connection::{Config, Event, Role, Timeout};
use ws_testing::pair::{Pair, What};

use crate::times::{millis, seconds};

/// Nobody asks for signs of life, the client reads nothing and takes `window` bytes.
fn stalled(window: usize) -> Pair {
    let mut pair = Pair::new(Config::default().with_ping_interval(None));
    pair.client.hold_reading();
    pair.client.inbound.set_window(window);
    pair
}

#[test]
fn a_peer_that_takes_nothing_is_cut_after_30_seconds() {
    let mut pair = stalled(0);
    pair.advance(seconds(100));
    pair.server.sender.send("never read").expect("open");
    pair.advance(seconds(31));
    assert_eq!(
        pair.transcript().lines(),
        ["130.000 server times out: Write", "130.000 server is over",]
    );
    assert_eq!(pair.server.sender.queued(), 0);
}

#[test]
fn any_progress_starts_the_time_anew() {
    let mut pair = stalled(0);
    pair.server
        .sender
        .send("a message of some bytes")
        .expect("open");
    for window in 1..10 {
        pair.advance(millis(29_999));
        assert!(pair.server.sender.is_open());
        pair.client.inbound.set_window(window);
        pair.settle();
    }
    pair.advance(seconds(31));
    let stalled = What::TimedOut(Timeout::Write);
    let at = pair.transcript().time_of(Role::Server, &stalled);
    assert_eq!(at, Some(millis(9 * 29_999 + 30_000)));
}

#[test]
fn a_slow_reader_gets_everything() {
    let mut pair = stalled(100);
    let payload: Vec<u8> = (0..5_000).map(|i| i as u8).collect();
    pair.server.sender.send(&payload[..]).expect("open");
    pair.client.inbound.set_piece(100);
    for _ in 0..60 {
        pair.advance(seconds(20));
        pair.client.release_reading();
        pair.step();
        pair.client.hold_reading();
    }
    assert_eq!(
        pair.transcript().lines(),
        [
            "1000.000 server sends binary of 5000 bytes",
            "1020.000 client gets binary of 5000 bytes",
        ]
    );
}

#[test]
fn an_idle_connection_is_never_stalled() {
    let mut pair = stalled(1000);
    pair.server.sender.send("fits").expect("open");
    pair.advance(seconds(1000));
    assert!(pair.server.sender.is_open());
    assert_eq!(pair.server.sender.poll_timeout(), None);
}

/// A21: pings that are never answered because the peer does not read.
#[test]
fn a_flood_of_pings_from_a_peer_that_never_reads_ends_in_a_stall() {
    let mut pair = stalled(0);
    for _ in 0..1000 {
        let now = pair.now();
        pair.server.sender.handle_read(now);
        pair.server.sender.on_event(now, &Event::Ping(&[7; 125]));
        pair.advance(millis(29));
        assert!(pair.server.sender.queued() <= 2 * 32 * 127);
    }
    assert!(pair.server.sender.is_open());
    pair.advance(seconds(2));
    assert!(pair.server.is_over());
}

#[test]
fn a_write_timeout_of_ones_own_is_kept() {
    let config = Config::default().with_write_timeout(seconds(3));
    let mut pair = Pair::new(config);
    pair.client.inbound.set_window(0);
    pair.server.sender.send("never read").expect("open");
    pair.advance(seconds(4));
    let at = pair.transcript().time_of(Role::Server, &What::Over);
    assert_eq!(at, Some(seconds(3)));
}
