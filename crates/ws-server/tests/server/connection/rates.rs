//! How much is taken from one connection in a second: what is above waits, and nothing is lost.

use std::time::Duration;

use tokio::time::{Instant, timeout};
use ws_server::{CloseCode, CloseFrame, Config, Rate};
use ws_testing::{naive::Frame, peer::masked};

use crate::served::{PIPE, Served, assert_took, pass};

async fn open(config: Config) -> Served {
    Served::with(|puppet| puppet, config).opened().await
}

/// A connection that may bring so many messages a second, and so many at once.
async fn open_with_messages(count: u32, burst: u32) -> Served {
    let rate = Rate::per_second(count).with_burst(burst);
    open(Config::default().with_max_message_rate(rate)).await
}

/// So many messages, numbered, as they travel.
fn numbered(count: usize) -> Vec<u8> {
    let frames = (0..count).map(|number| masked(Frame::text(number.to_string())));
    frames.collect::<Vec<_>>().concat()
}

/// Reads the echoes of numbered messages, in their order; the seconds at which they came.
async fn read_echoes(served: &mut Served, count: usize) -> Vec<f64> {
    let start = Instant::now();
    let mut times = Vec::new();
    for number in 0..count {
        assert_eq!(served.peer.read_line().await, format!("text '{number}'"));
        times.push(start.elapsed().as_secs_f64());
    }
    times
}

#[track_caller]
fn assert_times(times: &[f64], expected: impl Fn(usize) -> f64) {
    for (number, time) in times.iter().enumerate() {
        assert_took(Duration::from_secs_f64(*time), expected(number));
    }
}

#[tokio::test(start_paused = true)]
async fn by_default_a_thousand_messages_come_at_once() {
    assert_eq!(Config::default().max_message_rate(), None);
    assert_eq!(Config::default().max_byte_rate(), None);
    let mut served = Served::open().await;
    served.peer.write(numbered(1000)).await;
    let times = read_echoes(&mut served, 1000).await;
    assert_times(&times, |_| 0.0);
}

#[tokio::test(start_paused = true)]
async fn of_what_comes_at_once_the_burst_is_handed_out_and_then_each_message_at_its_time() {
    let all = numbered(25);
    for piece in [all.len(), 50, 7, 1] {
        let mut served = open_with_messages(10, 5).await;
        for piece in all.chunks(piece) {
            served.peer.write(piece).await;
        }
        let times = read_echoes(&mut served, 25).await;
        assert_times(&times, |number| number.saturating_sub(4) as f64 / 10.0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_keeps_to_its_rate_never_waits() {
    let mut served = open_with_messages(10, 1).await;
    for _ in 0..50 {
        let start = Instant::now();
        served.say("on time").await;
        assert_eq!(served.peer.read_line().await, "text 'on time'");
        assert_took(start.elapsed(), 0.0);
        pass(0.1).await;
    }
}

/// The burst that silence earned is given once.
#[tokio::test(start_paused = true)]
async fn silence_earns_a_burst_and_no_more() {
    let mut served = open_with_messages(10, 5).await;
    pass(20.0).await;
    served.peer.write(numbered(10)).await;
    let times = read_echoes(&mut served, 10).await;
    assert_times(&times, |number| number.saturating_sub(4) as f64 / 10.0);
}

/// Finer than the timers, so what a millisecond brought is handed out behind it.
#[tokio::test(start_paused = true)]
async fn a_rate_of_many_thousands_is_kept() {
    let mut served = open_with_messages(5000, 1).await;
    let start = Instant::now();
    served.peer.write(numbered(5000)).await;
    read_echoes(&mut served, 5000).await;
    assert_took(start.elapsed(), 1.0);
}

#[tokio::test(start_paused = true)]
async fn pings_and_pongs_count_as_messages() {
    let mut served = open_with_messages(10, 10).await;
    let pair = [masked(Frame::ping("p")), masked(Frame::pong("p"))].concat();
    let start = Instant::now();
    served.peer.write(pair.repeat(15)).await;
    served.say("behind").await;
    let mut pongs = 0;
    while served.peer.read_line().await != "text 'behind'" {
        pongs += 1;
    }
    assert_took(start.elapsed(), 2.1);
    assert_eq!(pongs, 15);
    let log = &served.log;
    assert_eq!((log.count("ping"), log.count("pong")), (15, 15));
}

/// 500 bytes each: of 1,000 at once two come, the third as soon as there is one byte, and each puts off the next.
#[tokio::test(start_paused = true)]
async fn bytes_are_counted_as_they_travel() {
    let rate = Rate::per_second(1000);
    let frame = masked(Frame::binary([7; 492]));
    assert_eq!(frame.len(), 500);
    for piece in [5000, 500, 300] {
        let mut served = open(Config::default().with_max_byte_rate(rate)).await;
        let start = Instant::now();
        for piece in frame.repeat(10).chunks(piece) {
            served.peer.write(piece).await;
        }
        for _ in 0..10 {
            assert_eq!(served.peer.read_line().await, "binary of 492 bytes");
        }
        // A piece that is cut is charged when it has come.
        let took = start.elapsed().as_secs_f64();
        assert!(
            (3.49..3.52).contains(&took),
            "{took} s in pieces of {piece}"
        );
    }
}

/// Also those that go into the place of the message without a copy.
#[tokio::test(start_paused = true)]
async fn what_a_large_message_has_overdrawn_is_waited_for_behind_it() {
    let rate = Rate::per_second(10_000);
    let mut served = open(Config::default().with_max_byte_rate(rate)).await;
    let start = Instant::now();
    let large = masked(Frame::binary(vec![7; 300_000]));
    let both = [large, masked(Frame::text("behind"))].concat();
    served.peer.write(both).await;
    while served.peer.read_line().await != "text 'behind'" {}
    assert_took(start.elapsed(), 29.0);
    assert_eq!(served.log.count("binary of 300000 bytes"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_more_than_is_taken_cannot_go_on_sending() {
    let rate = Rate::per_second(1000);
    let mut served = open(Config::default().with_max_byte_rate(rate)).await;
    let mut taken = 0;
    let frame = masked(Frame::binary(vec![7; 992]));
    loop {
        let write = served.peer.try_write(&frame);
        if timeout(Duration::from_secs(1), write).await.is_err() {
            break;
        }
        taken += frame.len();
        assert!(taken < 1 << 20, "it is never stuck");
    }
    // One pipe, and one read.
    assert!(taken <= 2 * PIPE + 4000, "{taken}");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_is_paused_is_not_taken_for_dead_and_is_watched_again_afterwards() {
    let mut served = open_with_messages(1, 1).await;
    served.peer.write(numbered(200)).await;
    // No ping comes between them.
    let times = read_echoes(&mut served, 200).await;
    assert_times(&times, |number| number as f64);
    assert_took(served.ended().await, 1.0 + 46.5);
    let told = "close 1006 (no byte came from the peer, not even after a ping)";
    assert_eq!(served.log.count(told), 1);
}

/// The Close leaves at once, and what lies before its answer is read without a pause.
#[tokio::test(start_paused = true)]
async fn a_connection_that_is_closed_while_it_is_paused_ends_at_once_and_loses_nothing() {
    let mut served = open_with_messages(1, 1).await;
    served.peer.write(numbered(2000)).await;
    read_echoes(&mut served, 11).await;
    let handle = served.log.handle();
    let start = Instant::now();
    handle.close(CloseFrame::from_static(CloseCode::GOING_AWAY, "bye"));
    assert_eq!(served.peer.read_line().await, "close 1001 'bye'");
    served.peer.send(Frame::close(1001, "bye")).await;
    assert_eq!(served.peer.read_line().await, "end");
    served.peer.finish().await;
    served.ended().await;
    assert_took(start.elapsed(), 0.0);
    assert_eq!(served.log.count("text"), 2000);
    let told = "close 1001 (closed by the application), clean";
    assert_eq!(served.log.count(told), 1);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_answer_the_close_is_cut_as_ever() {
    let mut served = open_with_messages(1, 1).await;
    served.peer.write(numbered(2000)).await;
    pass(10.5).await;
    let start = Instant::now();
    served
        .log
        .handle()
        .close(CloseFrame::from(CloseCode::GOING_AWAY));
    served.ended().await;
    assert_took(start.elapsed(), 5.0);
}

#[tokio::test(start_paused = true)]
async fn an_abort_is_not_paused() {
    let mut served = open_with_messages(1, 1).await;
    served.peer.write(numbered(100)).await;
    pass(10.5).await;
    served.log.handle().abort();
    assert_took(served.ended().await, 0.0);
    assert_eq!(served.log.count("text"), 11);
}

#[tokio::test(start_paused = true)]
async fn while_the_peer_is_paused_it_is_written_to_and_on_drain_runs() {
    let mut served = open_with_messages(1, 1).await;
    served.peer.write(numbered(100)).await;
    read_echoes(&mut served, 1).await;
    let handle = served.log.handle();
    pass(0.5).await;
    for _ in 0..12 {
        handle.send(vec![7; 100_000]).expect("room");
    }
    let start = Instant::now();
    for _ in 0..12 {
        assert_eq!(served.peer.read_line().await, "binary of 100000 bytes");
    }
    served.log.until(1, "drain").await;
    assert_took(start.elapsed(), 0.0);
    // And the pause goes on.
    assert_eq!(served.log.count("text"), 1);
    assert_eq!(served.peer.read_line().await, "text '1'");
    assert_took(start.elapsed(), 0.5);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_nothing_is_cut_though_it_is_paused() {
    let rate = Rate::per_second(1);
    let mut served = open(Config::default().with_max_byte_rate(rate)).await;
    served.peer.write(numbered(100)).await;
    pass(10.0).await;
    let start = Instant::now();
    let room = served.log.handle().send(vec![7; 1 << 20]);
    room.expect("room");
    served.ended().await;
    assert_took(start.elapsed(), 30.0);
    let told = "close 1006 (the peer read nothing of what was written to it)";
    assert_eq!(served.log.count(told), 1);
}
