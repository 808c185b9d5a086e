//! The write queue, its marks and its limit (R5, R8; A22).

use bytes::Buf;
use ws_connection::{
    Config, Encoded, Event, Fresh, Kinds, Message, MessageKind, SendError, SendOptions, Sender,
    Tally,
};

use crate::outbox::Outbox;

/// A message that takes 100 bytes on a server's wire.
const HUNDRED: &[u8] = &[7; 98];

fn marks() -> Config {
    Config::default().with_high_water(1000).with_max_queue(2000)
}

fn send(outbox: &mut Outbox, count: usize) {
    for _ in 0..count {
        outbox.sender.send(HUNDRED).expect("room");
    }
}

#[test]
fn queued_counts_frames_until_they_are_written() {
    let mut outbox = Outbox::server(Config::default());
    send(&mut outbox, 3);
    assert_eq!(outbox.sender.queued(), 300);
    outbox.transmit();
    assert_eq!(outbox.sender.queued(), 300);
    send(&mut outbox, 1);
    assert_eq!(outbox.sender.queued(), 400);
    outbox.batch.advance(250);
    outbox.transmit();
    assert_eq!(outbox.sender.queued(), 150);
    outbox.write_bytes();
    assert_eq!(outbox.sender.queued(), 0);
}

#[test]
fn a_message_is_refused_when_the_queue_is_full_and_one_may_pass_the_limit() {
    let mut outbox = Outbox::server(marks());
    send(&mut outbox, 19);
    // 1,900 of 2,000 bytes: a large one is still taken whole.
    outbox.sender.send(&[1; 50_000]).expect("one may pass it");
    let refused = outbox.sender.send("one more");
    match refused {
        Err(error @ SendError::Full(_)) => {
            assert_eq!(error.into_message(), Message::from("one more"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(outbox.write().len(), 20);
    outbox.sender.send("room again").expect("empty");
}

#[test]
fn the_limit_is_reached_at_exactly_its_bytes() {
    let mut outbox = Outbox::server(marks());
    send(&mut outbox, 20);
    assert_eq!(outbox.sender.queued(), 2000);
    assert!(matches!(
        outbox.sender.send(HUNDRED),
        Err(SendError::Full(_))
    ));
    outbox.transmit();
    outbox.batch.advance(1);
    outbox.transmit();
    outbox.sender.send(HUNDRED).expect("1,999 of 2,000");
}

#[test]
fn a_refused_message_can_be_kept() {
    let mut outbox = Outbox::server(marks());
    send(&mut outbox, 20);
    let text = "for later".to_owned();
    let error = outbox.sender.send(&text).expect_err("full").into_owned();
    drop(text);
    assert_eq!(
        error.to_string(),
        "message not sent: the write queue is full"
    );
    assert_eq!(error.into_message().as_text(), Some("for later"));
}

#[test]
fn control_frames_are_answered_though_the_queue_is_full() {
    let mut outbox = Outbox::server(marks());
    send(&mut outbox, 20);
    outbox.hear(&Event::Ping(b"?"));
    outbox.sender.close(None);
    let lines = outbox.write_lines();
    assert_eq!(
        (lines.len(), &lines[0][..], &lines[21][..]),
        (22, "pong '?'", "close")
    );
}

#[test]
fn reading_pauses_at_the_high_water_mark() {
    let mut outbox = Outbox::server(marks());
    send(&mut outbox, 9);
    assert!(!outbox.sender.is_congested());
    send(&mut outbox, 1);
    assert!(outbox.sender.is_congested());
    assert!(!outbox.sender.take_drained());
}

#[test]
fn reading_goes_on_at_the_low_water_mark_and_that_is_told_once() {
    let mut outbox = Outbox::server(marks());
    send(&mut outbox, 10);
    outbox.transmit();
    outbox.batch.advance(499);
    outbox.transmit();
    assert!(outbox.sender.is_congested());
    assert!(!outbox.sender.take_drained());
    outbox.batch.advance(1);
    outbox.transmit();
    assert_eq!(outbox.sender.queued(), 500);
    assert!(!outbox.sender.is_congested());
    assert!(outbox.sender.take_drained());
    assert!(!outbox.sender.take_drained());
    outbox.write_bytes();
    assert!(!outbox.sender.take_drained());
}

#[test]
fn the_low_water_mark_is_told_only_after_the_high_one() {
    let mut outbox = Outbox::server(marks());
    send(&mut outbox, 9);
    outbox.write();
    assert!(!outbox.sender.take_drained());
}

#[test]
fn each_pause_is_told_anew() {
    let mut outbox = Outbox::server(marks());
    for _ in 0..3 {
        send(&mut outbox, 10);
        assert!(outbox.sender.is_congested());
        outbox.write();
        assert!(outbox.sender.take_drained());
        assert!(!outbox.sender.take_drained());
    }
}

#[test]
fn two_pauses_that_nobody_asked_about_are_told_as_one() {
    let mut outbox = Outbox::server(marks());
    for _ in 0..2 {
        send(&mut outbox, 10);
        outbox.write();
    }
    assert!(outbox.sender.take_drained());
    assert!(!outbox.sender.take_drained());
}

#[test]
fn the_marks_of_the_defaults_are_those_of_the_book() {
    let config = Config::default();
    assert_eq!(config.high_water(), 1 << 20);
    assert_eq!(config.low_water(), 512 << 10);
    assert_eq!(config.max_queue(), 4 << 20);
}

#[test]
fn messages_leave_in_the_order_in_which_they_were_sent_large_and_small() {
    let mut outbox = Outbox::server(Config::default());
    let lens = [5, 300_000, 0, 9_000, 70, 10_000, 600_000, 1];
    for (i, len) in lens.into_iter().enumerate() {
        let payload = vec![i as u8; len];
        if i % 2 == 0 {
            outbox.sender.send(&payload[..]).expect("room");
        } else {
            outbox.sender.send(payload).expect("room");
        }
    }
    let mut messages: Vec<Vec<u8>> = Vec::new();
    for frame in outbox.write() {
        match frame.opcode {
            0 => messages
                .last_mut()
                .expect("a beginning")
                .extend(frame.payload),
            _ => messages.push(frame.payload),
        }
    }
    let expected = lens
        .into_iter()
        .enumerate()
        .map(|(i, len)| vec![i as u8; len]);
    assert_eq!(messages, expected.collect::<Vec<_>>());
}

/// 600 KB do not fit into one batch.
#[test]
fn what_waits_behind_a_batch_that_is_taken_for_written_leaves_all_the_same() {
    let mut outbox = Outbox::server(Config::default());
    for _ in 0..6 {
        outbox.sender.send(&[7; 100_000]).expect("room");
    }
    let len = outbox.transmit();
    outbox.sender.assume_written();
    let waiting = outbox.sender.queued();
    assert!(waiting > 0);
    outbox.batch.advance(len);
    assert_eq!(outbox.write_bytes().len(), waiting);
}

/// Each is told once; what is refused never.
#[test]
fn messages_are_told_by_kind_since_the_last_look() {
    let mut outbox = Outbox::server(marks());
    let sender = &mut outbox.sender;
    assert_eq!(sender.take_fresh(), Fresh::default());
    for text in ["", "four"] {
        sender.send(text).expect("room");
    }
    let encoded = Encoded::new(ws_frame::Rsv::RSV1, &b"?"[..]);
    sender.send_encoded(HUNDRED, encoded).expect("room");
    let tally = |messages, bytes| Tally { messages, bytes };
    let (text, binary) = (tally(2, 4), tally(1, 98));
    assert_eq!(sender.take_fresh().messages, Kinds { text, binary });
    assert_eq!(sender.sent(), tally(3, 102));
    sender.close(None);
    sender.send("too late").expect_err("closed");
    assert_eq!(sender.take_fresh(), Fresh::default());
}

/// Pongs that gave way to newer ones did not leave.
#[test]
fn pings_and_pongs_are_told_when_they_leave() {
    let mut outbox = Outbox::server(marks());
    for _ in 0..3 {
        outbox.sender.ping(b"?").expect("room");
    }
    for _ in 0..40 {
        outbox.hear(&Event::Ping(b"!"));
    }
    assert_eq!(outbox.sender.take_fresh(), Fresh::default());
    outbox.write_bytes();
    let fresh = outbox.sender.take_fresh();
    assert_eq!((fresh.pings, fresh.pongs), (3, 32));
    assert_eq!(outbox.sender.take_fresh(), Fresh::default());
}

#[test]
fn what_was_sent_in_vain_is_told_since_the_last_look() {
    let mut sender = Sender::server(Config::default());
    let newer = SendOptions::default().with_key(1);
    for (text, told) in [("a", 0), ("bc", 1), ("def", 2)] {
        sender.send_with(text, newer).expect("room");
        let conflated = sender.take_fresh().dropped.conflated;
        assert_eq!((conflated.messages, conflated.bytes), (told.min(1), told));
    }
    assert_eq!(sender.dropped().conflated.messages, 2);
    assert_eq!(sender.take_fresh(), Fresh::default());
}

#[test]
fn kinds_are_counted_each_for_itself() {
    let mut kinds = Kinds::default();
    kinds.count(MessageKind::Text, 5);
    kinds.count(MessageKind::Binary, 7);
    kinds.count(MessageKind::Binary, 0);
    let tally = |messages, bytes| Tally { messages, bytes };
    assert_eq!((kinds.text, kinds.binary), (tally(1, 5), tally(2, 7)));
}
