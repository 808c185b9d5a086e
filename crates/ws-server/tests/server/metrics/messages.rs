//! Messages, control frames, queues and panics of single connections.

use std::time::Duration;

use ws_server::{Config, ConnectionConfig, Deflate, Kinds, Metrics, SendOptions, Tally};
use ws_testing::{
    naive::Frame,
    peer::{REQUEST, masked},
};

use crate::{
    puppet::Puppet,
    served::{PIPE, Served, pass, settle},
};

/// A connection behind its handshake, and what is counted.
async fn open(prepare: impl FnOnce(Puppet) -> Puppet, config: Config) -> (Served, Metrics) {
    let metrics = config.metrics().clone();
    (Served::with(prepare, config).opened().await, metrics)
}

fn tally(messages: u64, bytes: u64) -> Tally {
    Tally { messages, bytes }
}

fn queue(high_water: usize) -> Config {
    let connection = ConnectionConfig::default();
    Config::default().with_connection(connection.with_high_water(high_water))
}

/// One write of the peer's or many, a whole message or parts of one.
#[tokio::test(start_paused = true)]
async fn messages_and_their_bytes_are_counted_by_kind_and_direction() {
    let (mut served, metrics) = open(|puppet| puppet, Config::default()).await;
    let frames = [
        Frame::text("one"),
        Frame::binary([7; 300]),
        Frame::text("tw").unfinished(),
        Frame::continuation("elve"),
        Frame::binary(""),
    ];
    served.peer.write(frames.map(masked).concat()).await;
    served.say("do send three").await;
    settle().await;
    let received = Kinds {
        text: tally(3, 3 + 6 + 13),
        binary: tally(2, 300),
    };
    let sent = Kinds {
        text: tally(3, 3 + 6 + 5),
        binary: tally(2, 300),
    };
    let snapshot = metrics.snapshot();
    assert_eq!((snapshot.received, snapshot.sent), (received, sent));
    served.log.handle().send("four").expect("open");
    settle().await;
    assert_eq!(metrics.snapshot().sent.text, tally(4, 18));
}

#[tokio::test(start_paused = true)]
async fn a_message_is_counted_while_its_callback_takes_long() {
    let (mut served, metrics) = open(|puppet| puppet, Config::default()).await;
    served.say("do send at once; wait 60").await;
    settle().await;
    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.received.text, tally(1, 24));
    assert_eq!(snapshot.sent.text, tally(1, 7));
}

#[tokio::test(start_paused = true)]
async fn control_frames_are_counted_those_of_the_keepalive_too() {
    let (mut served, metrics) = open(|puppet| puppet, Config::default()).await;
    let frames = [Frame::ping("a"), Frame::pong("b"), Frame::ping("")];
    served.peer.write(frames.map(masked).concat()).await;
    pass(26.0).await;
    let snapshot = metrics.snapshot();
    let controls = snapshot.received_controls;
    assert_eq!((controls.pings, controls.pongs, controls.closes), (2, 1, 0));
    let controls = snapshot.sent_controls;
    assert_eq!((controls.pings, controls.pongs, controls.closes), (1, 2, 0));
    served.log.handle().ping(b"mine").expect("room");
    settle().await;
    assert_eq!(metrics.snapshot().sent_controls.pings, 2);
    served.peer.send(Frame::close(1000, "")).await;
    settle().await;
    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.received_controls.closes, 1);
    assert_eq!(
        (snapshot.keepalive_pings, snapshot.sent_controls.closes),
        (1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_is_counted_once_until_it_is_relieved_with_its_most_bytes() {
    let (mut served, metrics) = open(|puppet| puppet, queue(2 * PIPE)).await;
    served.say("do flood 1 100").await;
    settle().await;
    let snapshot = metrics.snapshot();
    assert_eq!((snapshot.congestions, snapshot.most_queued), (0, 102));
    for rounds in 1..=2 {
        served.say("do flood 40 10000").await;
        settle().await;
        assert_eq!(metrics.snapshot().congestions, rounds);
        for _ in 0..40 + (2 - rounds) {
            let frame = served.peer.read_frame().await.expect("no error");
            assert!(frame.is_some());
        }
        settle().await;
    }
    assert_eq!(metrics.snapshot().most_queued, 40 * 10_004);
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_before_a_connection_ends_is_counted_though_it_never_leaves() {
    let (mut served, metrics) = open(|puppet| puppet, Config::default()).await;
    served.say("do send lost; abort").await;
    served.ended().await;
    assert_eq!(metrics.snapshot().sent.text, tally(1, 4));
}

#[tokio::test(start_paused = true)]
async fn what_comes_with_a_close_and_what_answers_it_are_counted() {
    let (mut served, metrics) = open(|puppet| puppet, Config::default()).await;
    let frames = [Frame::text("last"), Frame::close(1000, "")];
    served.peer.write(frames.map(masked).concat()).await;
    let lines = ["text 'last'", "close 1000 ''", "end"];
    assert_eq!(served.peer.read_lines().await, lines);
    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.received.text, tally(1, 4));
    assert_eq!(snapshot.sent.text, tally(1, 4));
    assert_eq!(
        (snapshot.sent_controls.closes, snapshot.closes[&1000]),
        (1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn messages_that_were_sent_in_vain_are_counted_once_with_the_next_write() {
    let (mut served, metrics) = open(|puppet| puppet, Config::default()).await;
    let handle = served.log.handle();
    for price in ["17", "18", "190"] {
        let newer = SendOptions::default().with_key(7);
        handle.send_with(price, newer).expect("room");
    }
    assert_eq!(served.peer.read_line().await, "text '190'");
    assert_eq!(metrics.snapshot().dropped_messages.conflated, tally(2, 4));
    served.peer.send(Frame::close(1000, "")).await;
    settle().await;
    let dropped = metrics.snapshot().dropped_messages;
    assert_eq!(dropped.conflated, tally(2, 4));
    assert_eq!((dropped.newest, dropped.oldest), (tally(0, 0), tally(0, 0)));
}

#[tokio::test(start_paused = true)]
async fn panics_are_counted_wherever_they_happen() {
    for (callback, count) in [("upgrade", 1), ("open", 1), ("message", 1), ("close", 1)] {
        let config = Config::default();
        let metrics = config.metrics().clone();
        let mut served = Served::with(|puppet| puppet.on(callback, "panic"), config);
        served.peer.write(REQUEST).await;
        let _ = served.peer.try_write(masked(Frame::text("go"))).await;
        let _ = served.peer.try_write(masked(Frame::close(1000, ""))).await;
        served.ended().await;
        assert_eq!(metrics.snapshot().panics, count, "{callback}");
    }
    let config = Config::default().with_fallback(|_| panic!("as told"));
    let metrics = config.metrics().clone();
    let mut served = Served::with(|puppet| puppet, config);
    served.peer.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    served.peer.finish().await;
    served.ended().await;
    assert_eq!(metrics.snapshot().panics, 1);
}

#[tokio::test(start_paused = true)]
async fn compressed_bytes_are_told_with_the_others() {
    let config = Config::default().with_deflate(Deflate::default());
    let metrics = config.metrics().clone();
    let mut served = Served::with(|puppet| puppet, config);
    let offer = "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n";
    let request = REQUEST.replacen("\r\n", offer, 1);
    served.peer.write(request).await;
    served.peer.read_head().await;
    served.say("do flood 1 5000").await;
    pass(Duration::from_millis(5).as_secs_f64()).await;
    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.sent.binary, tally(1, 5000));
    assert_eq!(snapshot.sent_compressed.plain, 5000);
    assert!(snapshot.sent_compressed.deflated < 100);
    assert_eq!(snapshot.received_compressed.plain, 0);
}
