//! Reading is paused while our Close waits to be answered, or to be written.

use bytes::Buf;
use ws_connection::{Batch, Config, Event, Role, Sender, Side, Timeout};
use ws_frame::{CloseCode, CloseFrame};
use ws_testing::pair::{Clock, Pair, What};

use crate::times::{millis, seconds};

/// A server that has written its Close.
fn closed(clock: &Clock) -> Sender {
    let mut sender = Sender::server(Config::default());
    let mut batch = Batch::default();
    sender.close(CloseFrame::from(CloseCode::NORMAL));
    sender.transmit(clock.now(), &mut batch);
    assert_eq!(batch.chunk(), b"\x88\x02\x03\xe8");
    batch.advance(4);
    sender.transmit(clock.now(), &mut batch);
    sender
}

#[test]
fn while_reading_is_paused_no_answer_is_too_late() {
    let mut clock = Clock::new();
    let mut sender = closed(&clock);
    clock.advance(seconds(1));
    sender.pause_reading(clock.now());
    clock.advance(seconds(600));
    assert_eq!(sender.poll_timeout(), None);
    assert_eq!(sender.handle_timeout(clock.now()), None);
    // It came long ago, and is read now.
    sender.handle_read(clock.now());
    let frame = CloseCode::NORMAL.into();
    sender.on_event(clock.now(), &Event::Close(Some(frame)));
    assert_eq!(sender.handle_timeout(clock.now()), None);
    let handshake = sender.closing_handshake();
    assert_eq!(handshake.status(), 1000);
    assert_eq!(handshake.first(), Some(Side::Us));
}

#[test]
fn the_time_for_an_answer_is_counted_from_the_end_of_the_pause() {
    for is_read in [true, false] {
        let mut clock = Clock::new();
        let mut sender = closed(&clock);
        sender.pause_reading(clock.now());
        clock.advance(seconds(100));
        match is_read {
            true => sender.handle_read(clock.now()),
            false => sender.resume_reading(clock.now()),
        }
        assert_eq!(sender.poll_timeout(), Some(clock.now() + seconds(5)));
        clock.advance(millis(4_999));
        assert_eq!(sender.handle_timeout(clock.now()), None);
        clock.advance(millis(1));
        assert_eq!(sender.handle_timeout(clock.now()), Some(Timeout::Close));
    }
}

/// Messages that come in while nothing is paused do not stretch the time for an answer.
#[test]
fn reading_without_a_pause_does_not_start_the_time_anew() {
    let mut clock = Clock::new();
    let mut sender = closed(&clock);
    let deadline = sender.poll_timeout();
    for _ in 0..4 {
        clock.advance(seconds(1));
        sender.handle_read(clock.now());
        sender.resume_reading(clock.now());
        assert_eq!(sender.poll_timeout(), deadline);
    }
}

/// A peer that answers with messages, each of which makes a callback wait, would stay as long as it likes.
#[test]
fn many_pauses_stretch_the_time_for_an_answer_by_the_first_and_by_the_write_timeout() {
    let mut clock = Clock::new();
    let start = clock.now();
    let mut sender = closed(&clock);
    sender.pause_for_callback(clock.now());
    clock.advance(seconds(100));
    sender.handle_read(clock.now());
    assert_eq!(sender.poll_timeout(), Some(start + seconds(105)));
    for pauses in 1..=20 {
        clock.advance(millis(100));
        match pauses % 2 {
            0 => sender.pause_reading(clock.now()),
            _ => sender.pause_for_callback(clock.now()),
        }
        clock.advance(seconds(4));
        sender.resume_reading(clock.now());
        let deadline = start + seconds(105 + (4 * pauses).min(30));
        // What is over is over now.
        assert_eq!(sender.poll_timeout(), Some(deadline.max(clock.now())));
        if clock.now() >= deadline {
            assert_eq!(sender.handle_timeout(clock.now()), Some(Timeout::Close));
            assert_eq!(pauses, 9, "nine times 4.1 s are longer than 35 s");
            return;
        }
    }
    panic!("it goes on for ever");
}

/// A pause in another one, and one that had begun before the Close was written.
#[test]
fn no_pause_counts_twice_and_none_before_the_close() {
    let mut clock = Clock::new();
    let mut sender = Sender::server(Config::default());
    let mut batch = Batch::default();
    sender.transmit(clock.now(), &mut batch);
    sender.pause_reading(clock.now());
    clock.advance(seconds(50));
    sender.close(CloseFrame::from(CloseCode::NORMAL));
    sender.transmit(clock.now(), &mut batch);
    batch.advance(4);
    sender.transmit(clock.now(), &mut batch);
    clock.advance(seconds(2));
    sender.pause_reading(clock.now());
    clock.advance(seconds(1));
    sender.resume_reading(clock.now());
    assert_eq!(sender.poll_timeout(), Some(clock.now() + seconds(5)));
    clock.advance(seconds(1));
    sender.pause_reading(clock.now());
    clock.advance(seconds(10));
    sender.pause_for_callback(clock.now());
    clock.advance(seconds(10));
    sender.resume_reading(clock.now());
    assert_eq!(sender.poll_timeout(), Some(clock.now() + seconds(4)));
}

/// The client takes 100 bytes every 10 s; without the Close that would go on for hours.
#[test]
fn a_close_behind_a_queue_that_drips_away_is_over_after_the_write_timeout() {
    let mut pair = Pair::new(Config::default().with_ping_interval(None));
    pair.client.hold_reading();
    pair.client.inbound.set_window(0);
    pair.advance(seconds(7));
    pair.server.sender.send(&[7; 100_000]).expect("open");
    pair.server
        .sender
        .close(CloseFrame::from(CloseCode::POLICY_VIOLATION));
    for round in 1..10 {
        pair.client.inbound.set_window(100 * round);
        pair.advance(seconds(10));
    }
    let at = |what| pair.transcript().time_of(Role::Server, &what);
    assert_eq!(at(What::TimedOut(Timeout::Write)), Some(seconds(37)));
    assert_eq!(at(What::Over), Some(seconds(37)));
}

/// What takes less is not touched by it, and the answer has its own 5 s then.
#[test]
fn a_close_behind_a_queue_that_is_taken_in_29_seconds_leaves() {
    let mut pair = Pair::new(Config::default().with_ping_interval(None));
    pair.client.inbound.set_window(0);
    pair.server.sender.send("taken late").expect("open");
    pair.server
        .sender
        .close(CloseFrame::from(CloseCode::NORMAL));
    pair.advance(seconds(29));
    pair.client.inbound.set_window(1000);
    pair.advance(seconds(1));
    let handshake = pair.server.sender.closing_handshake();
    assert_eq!(handshake.status(), 1000, "{:?}", pair.transcript().lines());
}
