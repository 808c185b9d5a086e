//! A ping after 25 s of silence, 20 s for any byte to come (R7, R9; A37, A58).

use std::time::Duration;

use ws_connection::{Config, Event, Role, Timeout};
use ws_testing::{
    naive::Frame,
    pair::{Pair, What},
};

use crate::{
    alone::Endpoint,
    times::{millis, seconds},
};

/// A server with the default times; the client does not ping.
fn pair() -> Pair {
    let quiet = Config::default().with_ping_interval(None);
    Pair::with_configs(Config::default(), quiet)
}

/// The transcript without the payloads of pings and pongs.
fn lines(pair: &Pair) -> Vec<String> {
    let is_ping = |line: &str| line.contains(" ping '") || line.contains(" pong '");
    let without_payload = |line: String| match line.split_once(" '") {
        Some((start, _)) if is_ping(&line) => start.to_owned(),
        _ => line,
    };
    let lines = pair.transcript().lines().into_iter();
    lines.map(without_payload).collect()
}

/// The payload of the ping that the server has sent last.
fn last_ping(pair: &Pair) -> Vec<u8> {
    let mut pings = pair
        .transcript()
        .sent_by(Role::Server)
        .filter(|frame| frame.opcode == 0x9);
    pings.next_back().expect("a ping").payload.clone()
}

/// The whole frame of a client, put on the wire past its sender.
fn push(pair: &mut Pair, frame: Frame) {
    let bytes = frame.masked([1, 2, 3, 4]).encode();
    pair.server.inbound.push(&bytes);
}

fn pings(pair: &Pair) -> Vec<f64> {
    let entries = pair.transcript().entries().iter();
    let pings = entries.filter(|entry| match &entry.what {
        What::Sent(frame) => entry.who == Role::Server && frame.opcode == 0x9,
        _ => false,
    });
    pings.map(|entry| entry.at.as_secs_f64()).collect()
}

#[test]
fn a_silent_peer_is_asked_every_25_seconds() {
    let mut pair = pair();
    pair.advance(seconds(60));
    assert_eq!(
        lines(&pair),
        [
            "25.000 server sends ping",
            "25.000 client gets ping",
            "25.000 client sends pong",
            "25.000 server gets pong",
            "50.000 server sends ping",
            "50.000 client gets ping",
            "50.000 client sends pong",
            "50.000 server gets pong",
        ]
    );
}

/// A37: found at 45 s, gone at 46.5 s.
#[test]
fn a_peer_behind_a_pulled_cable_is_found_within_47_seconds() {
    let mut pair = pair();
    pair.settle();
    pair.drop_link();
    pair.advance(seconds(47));
    assert_eq!(
        lines(&pair),
        [
            "25.000 server sends ping",
            "45.000 server times out: Silence",
            "45.000 server sends close 1011 'no byte came, not even after a ping'",
            "45.000 server ends",
            "46.500 server times out: Linger",
            "46.500 server is over",
        ]
    );
    assert_eq!(pair.server.sender.closing_handshake().status(), 1006);
}

#[test]
fn a_dead_peer_whose_window_is_full_is_cut_at_once() {
    let mut pair = pair();
    pair.settle();
    pair.drop_link();
    pair.client.inbound.set_window(3);
    pair.advance(seconds(47));
    assert_eq!(
        lines(&pair),
        ["45.000 server times out: Silence", "45.000 server is over"]
    );
    assert_eq!(pair.server.sender.closing_handshake().sent(), None);
}

#[test]
fn traffic_puts_the_ping_off() {
    let mut pair = pair();
    for _ in 0..10 {
        pair.advance(seconds(24));
        pair.client.sender.send("here").expect("open");
        pair.settle();
    }
    assert!(pings(&pair).is_empty());
    pair.advance(seconds(25));
    assert_eq!(pings(&pair), [265.0]);
}

#[test]
fn what_we_send_is_no_sign_of_the_peers_life() {
    let mut pair = pair();
    pair.settle();
    pair.drop_link();
    for _ in 0..9 {
        pair.advance(seconds(5));
        let _ = pair.server.sender.send("anybody there?");
    }
    let dead = What::TimedOut(Timeout::Silence);
    assert_eq!(
        pair.transcript().time_of(Role::Server, &dead),
        Some(seconds(45))
    );
}

#[test]
fn any_byte_counts_as_life() {
    let mut pair = pair();
    pair.settle();
    pair.client.inbound.hold();
    let mut dribble = Frame::binary([7; 10]).masked([0; 4]).encode();
    for byte in dribble.drain(..) {
        // Once after the ping, and never a whole frame until the end.
        pair.advance(millis(44_999));
        pair.server.inbound.push(&[byte]);
        pair.settle();
        assert!(pair.server.sender.is_open());
    }
    assert_eq!(pair.transcript().got_by(Role::Server).count(), 1);
}

#[test]
fn the_round_trip_is_measured_by_the_pong() {
    let mut pair = pair();
    assert_eq!(pair.server.sender.round_trip(), None);
    pair.settle();
    pair.client.inbound.hold();
    pair.advance(seconds(25));
    pair.advance(millis(30));
    pair.client.inbound.release();
    pair.settle();
    assert_eq!(pair.server.sender.round_trip(), Some(millis(30)));
}

#[test]
fn a_round_trip_is_told_in_whole_microseconds_and_as_no_more_than_fit() {
    let day = seconds(24 * 3600);
    let most = Duration::from_micros(u32::MAX.into());
    let table = [
        (Duration::ZERO, Duration::from_micros(1)),
        (Duration::from_nanos(1), Duration::from_micros(1)),
        (
            Duration::from_nanos(30_000_001),
            Duration::from_micros(30_001),
        ),
        (most, most),
        (day, most),
    ];
    for (took, told) in table {
        let mut endpoint = Endpoint::with(|config| {
            config
                .with_ping_interval(Some(seconds(1)))
                .with_pong_timeout(2 * day)
        });
        assert_eq!(endpoint.written(), b"");
        endpoint.clock.advance(seconds(1));
        assert_eq!(endpoint.time_out(), None);
        let ping = endpoint.written();
        endpoint.clock.advance(took);
        let now = endpoint.clock.now();
        endpoint.sender.on_event(now, &Event::Pong(&ping[2..]));
        assert_eq!(endpoint.sender.round_trip(), Some(told), "{took:?}");
    }
}

#[test]
fn a_time_before_the_first_is_taken_for_that() {
    let mut endpoint = Endpoint::with(|config| config.with_ping_interval(Some(seconds(25))));
    let start = endpoint.clock.now();
    let before = start
        .checked_sub(seconds(1))
        .expect("the machine runs longer");
    endpoint.clock.advance(seconds(10));
    endpoint.sender.handle_read(endpoint.clock.now());
    assert_eq!(endpoint.due(), Some(seconds(35)));
    endpoint.sender.handle_read(before);
    assert_eq!(endpoint.due(), Some(seconds(25)));
}

#[test]
fn unsolicited_and_wrong_pongs_measure_nothing() {
    let mut pair = pair();
    for payload in [
        &b""[..],
        b"\x00",
        &1_u32.to_be_bytes(),
        &1_u64.to_be_bytes(),
    ] {
        push(&mut pair, Frame::pong(payload));
    }
    pair.settle();
    pair.client.inbound.hold();
    pair.advance(seconds(26));
    let right = last_ping(&pair);
    for wrong in [&right[1..], &[&right[..], b"\x00"].concat(), b""] {
        push(&mut pair, Frame::pong(wrong));
    }
    pair.settle();
    assert_eq!(pair.server.sender.round_trip(), None);
    // They are bytes, and so a sign of life.
    pair.advance(seconds(20));
    assert!(pair.server.sender.is_open());
    push(&mut pair, Frame::pong(right));
    pair.settle();
    assert_eq!(pair.server.sender.round_trip(), Some(seconds(21)));
}

#[test]
fn a_pong_that_comes_twice_is_measured_once() {
    let mut pair = pair();
    pair.client.inbound.hold();
    pair.advance(seconds(26));
    for _ in 0..3 {
        let pong = Frame::pong(last_ping(&pair));
        push(&mut pair, pong);
        pair.advance(seconds(1));
    }
    assert_eq!(pair.server.sender.round_trip(), Some(seconds(1)));
}

#[test]
fn only_the_pong_of_the_newest_ping_counts() {
    let mut pair = pair();
    pair.settle();
    pair.client.inbound.hold();
    pair.advance(seconds(30));
    let first = last_ping(&pair);
    push(&mut pair, Frame::text("alive"));
    pair.advance(seconds(26));
    assert_eq!(pings(&pair), [25.0, 55.0]);
    push(&mut pair, Frame::pong(first));
    pair.settle();
    assert_eq!(pair.server.sender.round_trip(), None);
    pair.advance(seconds(1));
    let pong = Frame::pong(last_ping(&pair));
    push(&mut pair, pong);
    pair.settle();
    assert_eq!(pair.server.sender.round_trip(), Some(seconds(2)));
}

#[test]
fn pings_of_the_application_do_not_disturb_the_keepalive() {
    let mut pair = pair();
    for _ in 0..100 {
        for _ in 0..10 {
            pair.server.sender.ping(b"mine").expect("open");
            pair.client.sender.ping(b"yours").expect("open");
        }
        pair.advance(seconds(3));
    }
    assert!(pair.server.sender.is_open() && pair.client.sender.is_open());
    assert_eq!(pair.server.sender.round_trip(), None);
    assert_eq!(pair.transcript().got_by(Role::Server).count(), 2000);
}

#[test]
fn many_keepalive_pings_are_answered_for_hours() {
    let mut pair = Pair::new(Config::default());
    pair.advance(seconds(10 * 3600));
    assert!(pair.server.sender.is_open() && pair.client.sender.is_open());
    assert_eq!(pings(&pair).len(), 10 * 3600 / 25);
}

#[test]
fn a_keepalive_that_is_off_asks_nothing() {
    let mut pair = Pair::new(Config::default().with_ping_interval(None));
    pair.settle();
    assert_eq!(pair.server.sender.poll_timeout(), None);
    pair.advance(seconds(100_000));
    assert!(pair.transcript().lines().is_empty());
}

/// A58: a pong could not be seen, so its absence means nothing.
#[test]
fn a_peer_is_not_taken_for_dead_while_reading_is_paused() {
    let mut pair = pair();
    pair.settle();
    pair.server.hold_reading();
    pair.settle();
    pair.advance(seconds(60));
    assert!(pings(&pair).is_empty());
    pair.server.release_reading();
    pair.advance(seconds(24));
    assert!(pings(&pair).is_empty());
    pair.advance(seconds(2));
    assert_eq!(pings(&pair), [85.0]);
    assert!(pair.server.sender.is_open());
}

#[test]
fn a_pause_between_a_ping_and_its_pong_does_no_harm() {
    let mut pair = pair();
    pair.settle();
    pair.client.inbound.hold();
    pair.advance(seconds(26));
    pair.server.hold_reading();
    pair.settle();
    pair.client.inbound.release();
    pair.advance(seconds(60));
    assert!(pair.server.sender.is_open());
    pair.server.release_reading();
    pair.settle();
    // The pong lay there; the round trip is what it was for us.
    assert_eq!(pair.server.sender.round_trip(), Some(seconds(61)));
}

#[test]
fn a_dead_peer_is_found_after_a_pause_too() {
    let mut pair = pair();
    pair.settle();
    pair.drop_link();
    pair.server.hold_reading();
    pair.advance(seconds(60));
    pair.server.release_reading();
    pair.advance(seconds(47));
    assert_eq!(
        pair.transcript().time_of(Role::Server, &What::Over),
        Some(millis(60_000 + 46_500))
    );
}

/// What the peer sends while it does not take what we send waits unread, and it is alive all the same.
#[test]
fn congestion_pauses_reading_and_the_keepalive() {
    let config = Config::default().with_high_water(1000);
    let quiet = Config::default().with_ping_interval(None);
    let mut pair = Pair::with_configs(config, quiet);
    pair.client.hold_reading();
    pair.client.inbound.set_window(10);
    pair.server.sender.send(&[7; 2000]).expect("open");
    pair.settle();
    pair.client.sender.send("unread").expect("open");
    pair.advance(seconds(29));
    assert!(pair.server.sender.is_congested());
    assert_eq!(pair.transcript().got_by(Role::Server).count(), 0);
    assert!(pings(&pair).is_empty());
    pair.client.release_reading();
    pair.settle();
    assert!(!pair.server.sender.is_congested());
    assert!(pair.server.sender.take_drained());
    assert_eq!(pair.transcript().got_by(Role::Server).count(), 1);
}
