//! Messages that give way to later ones, with and without compression (A23).

use ws_connection::{Config, Event, Queued, Receiver};
use ws_deflate::{Deflate, Prepared, Takeover};
use ws_handler::{Compress, Handle, Message, Overflow, SendError, SendOptions, Sent};

use crate::desk::Desk;

fn key(key: u64) -> SendOptions {
    SendOptions::default().with_key(key)
}

fn oldest() -> SendOptions {
    SendOptions::default().with_overflow(Overflow::DropOldest)
}

fn with_takeover() -> Deflate {
    Deflate::default()
        .with_takeover(Takeover::On)
        .with_threshold(0)
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % sides
    }
}

/// A text that repeats itself, and others.
fn text(number: u64, dice: &mut Dice) -> String {
    format!("[{number}]") + &"what is said often ".repeat(dice.roll(20) as usize)
}

#[test]
fn a_send_says_what_became_of_it() {
    let limit = 2 * SendOptions::CHARGE + 2;
    let desk = Desk::with_config(Config::default().with_max_queue(limit));
    let (mut client, handle) = (desk.client(), desk.handle());
    assert_eq!(client.send_with("a", key(1)), Sent::Queued);
    assert_eq!(client.send_with("b", key(1)), Sent::Replaced);
    assert_eq!(handle.send_with("c", oldest()).expect("room"), Sent::Queued);
    let one = Sent::Displaced { messages: 1 };
    assert_eq!(handle.send_with("d", oldest()).expect("it gives way"), one);
    assert_eq!(
        client.send_prepared_with(&Prepared::new("e"), oldest()),
        one
    );
    let prepared = handle.send_prepared_with(&Prepared::new("f"), oldest());
    assert_eq!(prepared.expect("it gives way"), one);
    assert_eq!(client.send("g"), Sent::Dropped);
    let refused = handle.send_with("h", key(2)).expect_err("full");
    assert!(matches!(refused, SendError::Full(_)), "{refused:?}");
    let dropped = handle.dropped();
    let counts = [dropped.newest, dropped.oldest, dropped.conflated];
    assert_eq!(counts.map(|tally| tally.messages), [2, 3, 1]);
    assert_eq!(Sent::from(Queued::Replaced), Sent::Replaced);
}

#[test]
fn with_a_window_the_peer_inflates_all_that_arrives_whatever_was_replaced() {
    for settings in [with_takeover(), Deflate::default().with_threshold(0)] {
        let mut dice = Dice(1);
        let mut plain = Desk::new();
        let mut compressed = Desk::with_deflate(Config::default(), settings);
        let mut replaced = 0;
        for number in 0..3_000 {
            let text = text(number, &mut dice);
            let compress = [Compress::Auto, Compress::Never][dice.roll(2) as usize];
            let message = || Message::from(&text).with_compress(compress);
            let prepared = Prepared::new(text.clone());
            let kind = dice.roll(5);
            let options = key(dice.roll(3));
            let send = |handle: &Handle| match kind {
                0 => handle.send_prepared(&prepared),
                1 => handle.send_prepared_with(&prepared, options),
                2 | 3 => handle.send_with(message(), options),
                _ => handle.send(message()),
            };
            let sent = send(&plain.handle()).expect("there is room");
            assert_eq!(
                send(&compressed.desk.handle()).expect("there is room"),
                sent
            );
            replaced += u64::from(sent == Sent::Replaced);
            if dice.roll(8) == 0 {
                let expected = read_plain(&mut plain);
                assert_eq!(compressed.read(), expected, "before {number}");
            }
        }
        assert!(replaced > 300, "{replaced}");
    }
}

/// The messages that were written without compression.
fn read_plain(desk: &mut Desk) -> Vec<Vec<u8>> {
    let mut bytes = desk.write();
    let mut input = &mut bytes[..];
    let mut reader = Receiver::client(Config::default());
    let mut messages = Vec::new();
    while let Some(event) = reader.receive(&mut input).expect("legal") {
        match event {
            Event::Message(message) => messages.push(message.as_bytes().to_vec()),
            other => panic!("{other:?}"),
        }
    }
    messages
}

#[test]
fn with_a_window_the_peer_inflates_all_that_arrives_whatever_was_dropped() {
    for overflow in [Overflow::DropNewest, Overflow::DropOldest] {
        let mut dice = Dice(2);
        let config = Config::default()
            .with_overflow(overflow)
            .with_max_queue(2_000);
        let mut compressed = Desk::with_deflate(config, with_takeover());
        let (handle, mut client) = (compressed.desk.handle(), compressed.desk.client());
        let (mut texts, mut displaced, mut arrived) = (Vec::new(), 0, 0);
        for number in 0..3_000 {
            let text = text(number, &mut dice);
            let sent = match dice.roll(3) {
                0 => handle.send(&text).unwrap_or(Sent::Dropped),
                1 => client.send_with(&text, oldest()),
                _ => handle.send_with(&text, oldest()).unwrap_or(Sent::Dropped),
            };
            texts.push(text);
            displaced += u64::from(matches!(sent, Sent::Displaced { .. }));
            if dice.roll(20) == 0 {
                let mut sent = texts.drain(..);
                for got in compressed.read() {
                    // In their order, and none that was not sent.
                    assert!(sent.any(|text| text.as_bytes() == got), "{number}");
                    arrived += 1;
                }
            }
        }
        assert!(displaced > 100 && arrived > 1_000, "{displaced} {arrived}");
    }
}

#[test]
fn what_may_give_way_is_compressed_though_others_refer_to_earlier_ones() {
    let mut compressed = Desk::with_deflate(Config::default(), with_takeover());
    let long = "what is said often ".repeat(50);
    let handle = compressed.desk.handle();
    handle.send_with(&long, key(1)).expect("room");
    let queued = handle.queued();
    assert!(queued < SendOptions::CHARGE + 100, "{queued}");
    assert_eq!(compressed.read(), [long.as_bytes()]);
}

/// Its length counts as it leaves, in the look before the work too.
#[test]
fn a_full_queue_takes_a_message_that_becomes_no_longer_than_the_one_with_its_key() {
    let config = Config::default().with_max_queue(300);
    let compressed = Desk::with_deflate(config, Deflate::default());
    let (mut client, handle) = (compressed.desk.client(), compressed.desk.handle());
    let price = |number: u32| format!("[{number}]") + &"what is said often ".repeat(50);
    let close = key(1).with_overflow(Overflow::Close);
    assert_eq!(client.send_with(price(17), close), Sent::Queued);
    let others = Message::from("x".repeat(300)).with_compress(Compress::Never);
    assert_eq!(client.send(others), Sent::Queued);
    assert!(handle.queued() - SendOptions::CHARGE > 300);
    assert_eq!(client.send_with(price(18), close), Sent::Replaced);
    let sent = handle.send_with(price(19), close);
    assert_eq!(sent.expect("it is as long"), Sent::Replaced);
    assert_eq!(client.send("more"), Sent::Dropped);
}
