//! What gives way when a peer reads slowly: policies at the limit, and conflation by key (A23).

use bytes::{Buf, Bytes};
use ws_connection::{
    Config, Dropped, Event, Message, Overflow, Overrun, Queued, SendError, SendOptions, Tally,
};
use ws_frame::CloseCode;

use crate::outbox::Outbox;

const CHARGE: usize = SendOptions::CHARGE;

/// Room for ten messages of one byte that may give way.
fn ten(overflow: Overflow) -> Config {
    Config::default()
        .with_max_queue(10 * (CHARGE + 1))
        .with_overflow(overflow)
}

fn oldest() -> SendOptions {
    SendOptions::default().with_overflow(Overflow::DropOldest)
}

fn key(key: u64) -> SendOptions {
    SendOptions::default().with_key(key)
}

fn send(outbox: &mut Outbox, text: &str, options: SendOptions) -> Queued {
    outbox.sender.send_with(text, options).expect("taken")
}

fn texts(outbox: &mut Outbox) -> String {
    let frames = outbox.write();
    let texts = frames.iter().map(|frame| frame.payload.clone());
    String::from_utf8(texts.collect::<Vec<_>>().concat()).expect("text")
}

fn tally(messages: u64, bytes: u64) -> Tally {
    let mut tally = Tally::default();
    (tally.messages, tally.bytes) = (messages, bytes);
    tally
}

#[test]
fn a_plain_send_gives_way_where_the_setting_of_all_says_so() {
    let mut outbox = Outbox::server(ten(Overflow::DropOldest));
    for letter in "abcdefghijkl".chars() {
        outbox.sender.send(letter.to_string()).expect("taken");
    }
    assert_eq!(outbox.sender.dropped().oldest, tally(2, 2));
    assert_eq!(texts(&mut outbox), "cdefghijkl");
}

#[test]
fn the_oldest_messages_give_way_at_the_limit() {
    let mut outbox = Outbox::server(ten(Overflow::DropOldest));
    for letter in "abcdefghij".chars() {
        assert_eq!(
            send(&mut outbox, &letter.to_string(), SendOptions::default()),
            Queued::Last
        );
    }
    assert_eq!(outbox.sender.queued(), 10 * (CHARGE + 1));
    let displaced = Queued::Displaced { messages: 1 };
    assert_eq!(send(&mut outbox, "k", SendOptions::default()), displaced);
    assert_eq!(outbox.sender.dropped().oldest, tally(1, 1));
    assert_eq!(outbox.sender.sent(), tally(11, 11));
    // What is larger than all that there is room for is taken as ever: it passes the limit.
    let large = "x".repeat(10_000);
    assert_eq!(send(&mut outbox, &large, oldest()), displaced);
    assert_eq!(
        send(&mut outbox, "l", oldest()),
        Queued::Displaced { messages: 10 }
    );
    assert_eq!(texts(&mut outbox), "l");
    assert_eq!(outbox.sender.queued(), 0);
    assert_eq!(outbox.sender.dropped().oldest, tally(12, 10_011));
}

#[test]
fn what_was_sent_otherwise_stays_and_keeps_its_place() {
    let mut outbox = Outbox::server(ten(Overflow::DropNewest));
    for text in ["a", "B", "c", "D"] {
        let options = match text.to_lowercase() == text {
            true => oldest(),
            false => SendOptions::default(),
        };
        send(&mut outbox, text, options);
    }
    outbox
        .sender
        .send("E".repeat(10 * CHARGE))
        .expect("it passes");
    // Without the two that may go the queue would still be full.
    let refused = outbox.sender.send_with("f", oldest());
    assert!(matches!(refused, Err(SendError::Full(_))), "{refused:?}");
    assert_eq!(outbox.sender.dropped().newest, tally(1, 1));
    assert_eq!(outbox.sender.dropped().oldest, tally(0, 0));
    let texts = texts(&mut outbox);
    assert_eq!(&texts[..5], "aBcDE");
}

#[test]
fn what_may_give_way_does_so_from_between_what_may_not() {
    let mut outbox = Outbox::server(ten(Overflow::DropNewest));
    for text in ["A", "b", "C", "d", "E", "f"] {
        let options = match text.to_lowercase() == text {
            true => oldest(),
            false => SendOptions::default(),
        };
        send(&mut outbox, text, options);
    }
    // Three that may give way, and three cuts of one byte and a header: 6 * CHARGE + 12.
    assert_eq!(outbox.sender.queued(), 6 * CHARGE + 12);
    outbox
        .sender
        .send("G".repeat(3 * CHARGE + 100))
        .expect("below it");
    let mut cost = Vec::new();
    for text in ["h", "i", "j"] {
        cost.push(send(&mut outbox, text, oldest()));
    }
    let one = Queued::Displaced { messages: 1 };
    let two = Queued::Displaced { messages: 2 };
    assert_eq!(cost, [Queued::Last, two, one]);
    let texts = texts(&mut outbox).replace('G', "");
    assert_eq!(texts, "ACEhij");
}

#[test]
fn what_has_begun_to_leave_stays() {
    let mut outbox = Outbox::server(ten(Overflow::DropOldest));
    send(&mut outbox, &"x".repeat(10 * CHARGE), oldest());
    outbox.transmit();
    outbox.batch.advance(10);
    outbox.transmit();
    send(&mut outbox, &"y".repeat(10 * CHARGE), oldest());
    let one = Queued::Displaced { messages: 1 };
    assert_eq!(send(&mut outbox, "b", oldest()), one);
    outbox.write_bytes();
    assert_eq!(outbox.sender.dropped().oldest, tally(1, 10 * CHARGE as u64));
}

#[test]
fn a_message_takes_the_place_of_the_one_with_its_key() {
    let mut outbox = Outbox::server(Config::default());
    send(&mut outbox, "<", SendOptions::default());
    assert_eq!(send(&mut outbox, "a1", key(1)), Queued::Last);
    send(&mut outbox, ",", SendOptions::default());
    assert_eq!(send(&mut outbox, "b1", key(2)), Queued::Last);
    send(&mut outbox, ">", SendOptions::default());
    assert_eq!(send(&mut outbox, "a22", key(1)), Queued::Replaced);
    assert_eq!(send(&mut outbox, "a3", key(1)), Queued::Replaced);
    assert_eq!(texts(&mut outbox), "<a3,b1>");
    // That one has left.
    assert_eq!(send(&mut outbox, "a4", key(1)), Queued::Last);
    assert_eq!(texts(&mut outbox), "a4");
    let dropped = outbox.sender.dropped();
    assert_eq!(dropped.conflated, tally(2, 5));
    assert_eq!((dropped.newest, dropped.oldest), (tally(0, 0), tally(0, 0)));
}

#[test]
fn at_the_limit_a_key_helps_when_the_queue_does_not_become_longer() {
    let mut outbox = Outbox::server(ten(Overflow::DropNewest));
    send(&mut outbox, "12", key(1));
    outbox
        .sender
        .send("x".repeat(20 * CHARGE))
        .expect("it passes");
    assert_eq!(send(&mut outbox, "34", key(1)), Queued::Replaced);
    assert_eq!(send(&mut outbox, "5", key(1)), Queued::Replaced);
    let longer = outbox.sender.send_with("67", key(1));
    assert!(matches!(longer, Err(SendError::Full(_))), "{longer:?}");
    let other = outbox.sender.send_with("8", key(2));
    assert!(matches!(other, Err(SendError::Full(_))), "{other:?}");
    assert!(texts(&mut outbox).starts_with("5x"));
    assert_eq!(outbox.sender.dropped().newest, tally(2, 3));
}

#[test]
fn a_key_and_the_oldest_may_give_way_at_once() {
    let mut outbox = Outbox::server(ten(Overflow::DropOldest));
    for number in 0..10 {
        send(&mut outbox, &number.to_string(), key(number));
    }
    // In the place of the last: the room of one byte is no room for two, but there is some without it.
    assert_eq!(send(&mut outbox, "nn", key(9)), Queued::Replaced);
    let large = "L".repeat(3 * CHARGE);
    assert_eq!(send(&mut outbox, &large, key(8)), Queued::Replaced);
    assert_eq!(
        send(&mut outbox, &"M".repeat(2 * CHARGE), key(7)),
        Queued::Displaced { messages: 3 }
    );
    // The one with the key is among the oldest, so it comes last.
    assert_eq!(
        send(&mut outbox, &"N".repeat(12 * CHARGE), key(3)),
        Queued::Displaced { messages: 3 }
    );
    assert_eq!(
        send(&mut outbox, &"O".repeat(2 * CHARGE), key(8)),
        Queued::Replaced
    );
    let mut texts = texts(&mut outbox);
    texts.dedup_chars();
    assert_eq!(texts, "56MOnN");
}

/// Runs of the same letter as one.
trait DedupChars {
    fn dedup_chars(&mut self);
}

impl DedupChars for String {
    fn dedup_chars(&mut self) {
        let mut chars: Vec<_> = self.chars().collect();
        chars.dedup();
        *self = chars.into_iter().collect();
    }
}

#[test]
fn a_key_without_leave_to_be_dropped_stays_until_it_may_be() {
    let mut outbox = Outbox::server(ten(Overflow::DropNewest));
    send(&mut outbox, "a", key(1));
    for text in ["b", "c", "d", "e", "f", "g", "h", "i", "j"] {
        send(&mut outbox, text, oldest());
    }
    let one = Queued::Displaced { messages: 1 };
    assert_eq!(send(&mut outbox, "k", oldest()), one);
    let may_be = key(1).with_overflow(Overflow::DropOldest);
    assert_eq!(send(&mut outbox, "A", may_be), Queued::Replaced);
    assert_eq!(send(&mut outbox, "l", oldest()), one);
    assert_eq!(texts(&mut outbox), "cdefghijkl");
}

#[test]
fn the_connection_gives_way_with_1008_and_says_why() {
    let mut outbox = Outbox::server(ten(Overflow::Close).with_high_water(100));
    outbox.sender.send("under way").expect("open");
    outbox.transmit();
    outbox
        .sender
        .send("x".repeat(10 * CHARGE + 10))
        .expect("it passes");
    let queued = outbox.sender.queued();
    assert_eq!(outbox.sender.overrun(), None);
    let refused = outbox.sender.send("one more");
    match refused {
        Err(error @ SendError::Closed(_)) => {
            assert_eq!(error.into_message(), Message::from("one more"));
        }
        other => panic!("{other:?}"),
    }
    let limit = 10 * (CHARGE + 1);
    assert_eq!(outbox.sender.overrun(), Some(Overrun { queued, limit }));
    assert!(!outbox.sender.is_open());
    let lines = outbox.write_lines();
    let reason = format!("{queued} bytes wait to be written to you, less than {limit} are allowed");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[1].contains(&CloseCode::POLICY_VIOLATION.get().to_string()),
        "{lines:?}"
    );
    assert!(lines[1].contains(&reason), "{lines:?}");
    assert_eq!(outbox.sender.dropped(), Dropped::default());
}

#[test]
fn one_message_may_say_otherwise_than_the_settings() {
    let mut outbox = Outbox::server(ten(Overflow::Close));
    outbox
        .sender
        .send("x".repeat(10 * CHARGE + 10))
        .expect("it passes");
    let newest = SendOptions::default().with_overflow(Overflow::DropNewest);
    let refused = outbox.sender.send_with("a", newest);
    assert!(matches!(refused, Err(SendError::Full(_))), "{refused:?}");
    let refused = outbox.sender.send_with("b", oldest());
    assert!(matches!(refused, Err(SendError::Full(_))), "{refused:?}");
    assert!(outbox.sender.is_open());
    let options = key(3).with_overflow(Overflow::Close);
    assert_eq!(
        (options.key(), options.overflow()),
        (Some(3), Some(Overflow::Close))
    );
    let refused = outbox.sender.send_with("c", options);
    assert!(matches!(refused, Err(SendError::Closed(_))), "{refused:?}");
    assert!(outbox.sender.overrun().is_some());
    let refused = outbox.sender.send_with("d", oldest());
    assert!(matches!(refused, Err(SendError::Closed(_))), "{refused:?}");
}

#[test]
fn a_long_message_that_may_give_way_leaves_in_fragments_between_which_there_is_room() {
    for masked in [false, true] {
        let config = Config::default().with_fragment_size(10_000);
        let mut outbox = match masked {
            false => Outbox::server(config),
            true => Outbox::client(config),
        };
        let long = Bytes::from(vec![7; 25_000]);
        outbox
            .sender
            .send_with(long, oldest())
            .expect("there is room");
        send(&mut outbox, "behind it", oldest());
        let frames = outbox.write();
        let lens: Vec<_> = frames.iter().map(|frame| frame.payload.len()).collect();
        assert_eq!(lens, [10_000, 10_000, 5_000, 9]);
    }
}

#[test]
fn of_a_message_longer_than_a_batch_the_rest_is_not_dropped_when_a_part_has_left() {
    let mut outbox = Outbox::server(Config::default().with_max_queue(600_000));
    let long = Bytes::from(vec![7; 1 << 20]);
    outbox.sender.send_with(long, oldest()).expect("it passes");
    let batch = outbox.transmit();
    assert!(batch < 300_000);
    let refused = outbox.sender.send_with("late", oldest());
    assert!(matches!(refused, Err(SendError::Full(_))), "{refused:?}");
    outbox.hear(&Event::Ping(b"?"));
    let lines = outbox.write_lines();
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert_eq!(outbox.sender.queued(), 0);
}

#[test]
fn many_small_messages_leave_in_one_piece_and_a_large_one_uncopied() {
    let mut outbox = Outbox::server(Config::default());
    for _ in 0..300 {
        send(&mut outbox, "small", oldest());
        send(&mut outbox, "ordinary", SendOptions::default());
    }
    let large = Bytes::from(vec![7; 20_000]);
    outbox
        .sender
        .send_with(large.clone(), oldest())
        .expect("room");
    outbox.sender.send(large).expect("room");
    for _ in 0..300 {
        send(&mut outbox, "small", oldest());
    }
    outbox.sender.send("x".repeat(10_000)).expect("room");
    send(&mut outbox, "behind it", oldest());
    outbox.transmit();
    let mut slices = [std::io::IoSlice::new(&[]); 16];
    let used = outbox.batch.chunks_vectored(&mut slices);
    let lens: Vec<_> = slices[..used].iter().map(|slice| slice.len()).collect();
    let small = 300 * 7;
    let first = small + 300 * 10 + 4;
    assert_eq!(lens[..4], [first, 20_000, 4, 20_000], "{lens:?}");
    assert!(lens.len() <= 8, "{lens:?}");
    assert_eq!(outbox.write().len(), 300 * 3 + 4);
}

#[test]
fn gaps_do_not_pile_up_behind_a_message_that_stays() {
    let mut outbox = Outbox::server(ten(Overflow::DropNewest));
    send(&mut outbox, "first", SendOptions::default());
    for number in 0..1_000_u64 {
        let options = key(number % 3).with_overflow(Overflow::DropOldest);
        send(&mut outbox, "b", oldest());
        send(&mut outbox, "c", options);
    }
    send(&mut outbox, "d", key(1).with_overflow(Overflow::DropOldest));
    let texts = texts(&mut outbox);
    assert_eq!(texts, "firstbbbbbbbcd");
}

/// Of a message that became frames when it began to leave, some wait for the next batch.
#[test]
fn frames_of_a_message_that_has_begun_to_leave_are_counted_until_they_left() {
    let config = Config::default()
        .with_fragment_size(100_000)
        .with_max_queue(4 << 20);
    let mut outbox = Outbox::server(config);
    outbox
        .sender
        .send_with(vec![7; 900_000], oldest())
        .expect("room");
    let first = outbox.transmit();
    assert!(first < 500_000, "{first}");
    let all = outbox.sender.queued();
    // Each of nine frames has a header of ten bytes.
    assert_eq!(all, 900_090);
    outbox.batch.advance(first);
    outbox.transmit();
    assert_eq!(outbox.sender.queued(), all - first);
}

/// What may not give way takes all of the room and not a byte more.
#[test]
fn nothing_gives_way_when_the_rest_alone_is_at_the_limit() {
    let mut outbox = Outbox::server(Config::default().with_max_queue(102));
    outbox.sender.send(&[7; 100]).expect("room");
    assert_eq!(outbox.sender.queued(), 102);
    let refused = outbox.sender.send_with("late", oldest());
    assert!(matches!(refused, Err(SendError::Full(_))), "{refused:?}");
    assert_eq!(outbox.sender.queued(), 102);
}
