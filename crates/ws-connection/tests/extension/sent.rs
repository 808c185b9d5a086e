use std::{sync::atomic::Ordering::Relaxed, time::Instant};

use bytes::Buf;
use ws_connection::{
    Batch, Compress, Config, Encoded, Event, Message, Queued, SendError, SendOptions, Sender, Tally,
};
use ws_frame::{CloseCode, CloseFrame, MaskingKey, Rsv};

use crate::doubled::Doubled;

fn server(config: Config) -> (Sender, Doubled) {
    let doubled = Doubled::default();
    let sender = Sender::server(config).with_extension(&doubled);
    (sender, doubled)
}

fn written(sender: &mut Sender) -> Vec<u8> {
    let mut batch = Batch::default();
    let mut bytes = Vec::new();
    loop {
        sender.transmit(Instant::now(), &mut batch);
        if !batch.has_remaining() {
            return bytes;
        }
        bytes.extend(batch.copy_to_bytes(batch.remaining()));
    }
}

#[test]
fn the_first_frame_says_in_which_form_the_message_is() {
    let (mut sender, _) = server(Config::default().with_fragment_size(2));
    sender.send("aabbcc").expect("open");
    sender.send("abc").expect("open");
    sender.send(&b"dd"[..]).expect("open");
    assert_eq!(
        written(&mut sender),
        b"\x21\x02ab\x80\x02c.\x01\x02ab\x80\x01c\xA2\x02d."
    );
}

#[test]
fn the_encoder_sees_what_the_message_says_of_itself() {
    let (mut sender, _) = server(Config::default());
    let message = Message::from("aabb").with_compress(Compress::Never);
    sender.send(message.clone().into_owned()).expect("open");
    sender.send(message).expect("open");
    assert_eq!(written(&mut sender), b"\x81\x04aabb\x81\x04aabb");
}

#[test]
fn a_client_masks_what_is_encoded() {
    let key = MaskingKey::new([1, 2, 3, 4]);
    let mut sender =
        Sender::client(Config::default(), move || key).with_extension(&Doubled::default());
    sender.send("aabb").expect("open");
    assert_eq!(
        written(&mut sender),
        b"\xA1\x83\x01\x02\x03\x04\x60\x60\x2D"
    );
}

#[test]
fn a_large_payload_that_is_encoded_leaves_uncopied_and_in_fragments() {
    let (mut sender, _) = server(Config::default().with_fragment_size(10_000));
    sender.send(vec![7; 40_000]).expect("open");
    assert_eq!(sender.queued(), 20_001 + 3 * 4 - 2);
    let bytes = written(&mut sender);
    assert_eq!(&bytes[..4], b"\x22\x7E\x27\x10");
    assert_eq!(&bytes[10_004..10_008], b"\x00\x7E\x27\x10");
    assert_eq!(&bytes[20_008..], b"\x80\x01.");
}

#[test]
fn what_was_encoded_beforehand_is_sent_and_the_encoder_is_told() {
    let (mut sender, doubled) = server(Config::default());
    let encoded = Encoded::new(Rsv::RSV2, "x.");
    assert_eq!(encoded.payload(), "x.");
    sender.send_encoded("xx", encoded.clone()).expect("open");
    assert_eq!(doubled.skipped.load(Relaxed), 1);
    assert_eq!(written(&mut sender), b"\xA1\x02x.");

    let mut sender = Sender::server(Config::default()).with_rsv(Rsv::RSV2);
    sender.send_encoded("xx", encoded).expect("open");
    sender.send("xx").expect("open");
    assert_eq!(written(&mut sender), b"\xA1\x02x.\x81\x02xx");
}

#[test]
fn no_frame_has_reserved_bits_that_were_not_agreed_on() {
    let (with_other_bits, doubled) = server(Config::default());
    for (mut sender, rsv) in [
        (Sender::server(Config::default()), Rsv::RSV2),
        (Sender::server(Config::default()), Rsv::NONE),
        (with_other_bits, Rsv::RSV1),
    ] {
        let encoded = Encoded::new(rsv, "x.");
        sender.send_encoded("xx", encoded).expect("open");
        assert_eq!(written(&mut sender), b"\x81\x02xx", "{rsv}");
    }
    assert_eq!(doubled.skipped.load(Relaxed), 0);
}

#[test]
fn who_encodes_elsewhere_can_look_first_whether_there_is_room() {
    let (mut sender, _) = server(Config::default().with_max_queue(1));
    let message = sender
        .admit(Message::from("aa"), SendOptions::default())
        .expect("open");
    sender.send(message).expect("open");
    let refused = sender
        .admit(Message::from("bb"), SendOptions::default())
        .expect_err("full");
    assert!(matches!(&refused, SendError::Full(_)), "{refused:?}");
    assert_eq!(refused.into_message().as_text(), Some("bb"));
    sender.close(None);
    let refused = sender
        .admit(Message::from("cc"), SendOptions::default())
        .expect_err("closing");
    assert!(matches!(refused, SendError::Closed(_)), "{refused:?}");
}

#[test]
fn a_message_that_is_refused_comes_back_as_it_was() {
    let encoded = Encoded::new(Rsv::RSV2, "x.");
    let (mut sender, doubled) = server(Config::default().with_max_queue(1));
    sender.send("aa").expect("open");
    let Err(SendError::Full(message)) = sender.send_encoded("xx", encoded.clone()) else {
        panic!("the queue is full");
    };
    assert_eq!(message.as_text(), Some("xx"));
    sender.close(CloseFrame::from(CloseCode::NORMAL));
    let Err(SendError::Closed(message)) = sender.send_encoded("xx", encoded) else {
        panic!("it is closing");
    };
    assert_eq!(message.as_text(), Some("xx"));
    assert_eq!(doubled.skipped.load(Relaxed), 0);
}

#[test]
fn what_is_encoded_counts_for_the_high_water_mark() {
    let (mut sender, _) = server(Config::default().with_high_water(12));
    sender.send("aabbccddeeffgghh").expect("open");
    assert_eq!(sender.queued(), 11);
    assert!(!sender.is_congested());
    sender.send("aa").expect("open");
    assert!(sender.is_congested());
}

#[test]
fn the_encoder_goes_when_nothing_more_can_be_sent_and_what_waits_is_written() {
    type End = fn(&mut Sender);
    let endings: [(End, &[u8]); 4] = [
        (|sender| sender.close(None), b"\xA1\x02a.\x88\x00"),
        (
            |sender| sender.on_event(Instant::now(), &Event::Close(None)),
            b"\xA1\x02a.\x88\x00",
        ),
        (
            |sender| sender.fail_with(CloseFrame::from(CloseCode::NORMAL)),
            b"\x88\x02\x03\xE8",
        ),
        (Sender::abort, b""),
    ];
    for (end, left) in endings {
        let (mut sender, doubled) = server(Config::default());
        sender.send("aa").expect("open");
        assert_eq!(doubled.alive(), 1);
        end(&mut sender);
        assert_eq!(doubled.alive(), 0);
        assert_eq!(written(&mut sender), left);
    }
}

/// A message that may give way was made beforehand, so what the encoder makes refers to nothing before it.
#[test]
fn the_encoder_is_passed_over_once_for_each_place_of_a_message_that_may_give_way() {
    let (mut sender, doubled) = server(Config::default());
    let skipped = || doubled.skipped.load(Relaxed);
    let half = |text: &str| Encoded::new(Rsv::RSV2, text.to_owned());
    let options = SendOptions::default().with_key(1);
    let sent = sender.send_encoded_with("aa", half("a."), options);
    assert_eq!((sent.expect("open"), skipped()), (Queued::Last, 1));
    let sent = sender.send_encoded_with("bb", half("b."), options);
    assert_eq!((sent.expect("open"), skipped()), (Queued::Replaced, 1));
    sender.send("cc").expect("open");
    assert_eq!(written(&mut sender), b"\xA1\x02b.\xA1\x02c.");
}

/// What was encoded since may reach back over a message that left nothing in the peer's memory.
#[test]
fn no_other_form_takes_the_place_of_a_message_in_its_own_form() {
    let (mut sender, doubled) = server(Config::default());
    let options = SendOptions::default().with_key(1);
    sender.send_with("aa", options).expect("open");
    sender.send("cc").expect("open");
    let half = Encoded::new(Rsv::RSV2, &b"b."[..]);
    let sent = sender.send_encoded_with("bb", half.clone(), options);
    assert_eq!(sent.expect("open"), Queued::Replaced);
    assert_eq!(doubled.skipped.load(Relaxed), 0);
    assert_eq!(written(&mut sender), b"\x81\x02bb\xA1\x02c.");

    // Without an encoder nobody remembers anything.
    let mut sender = Sender::server(Config::default()).with_rsv(Rsv::RSV2);
    sender.send_with("aa", options).expect("open");
    sender.send_encoded_with("bb", half, options).expect("open");
    assert_eq!(written(&mut sender), b"\xA1\x02b.");
    assert_eq!(sender.config(), &Config::default());
}

/// Before it is encoded nobody knows whether the queue becomes longer by it.
#[test]
fn a_full_queue_takes_what_is_no_longer_in_the_form_in_which_it_waits_than_what_it_replaces() {
    let config = Config::default().with_max_queue(SendOptions::CHARGE + 4);
    let mut sender = Sender::server(config).with_rsv(Rsv::RSV2);
    let options = SendOptions::default().with_key(1);
    let half = |text: &'static str| Encoded::new(Rsv::RSV2, text);
    let sent = sender.send_encoded_with("aaaa", half("aa."), options);
    assert_eq!(sent.expect("open"), Queued::Last);
    sender.send(vec![7; 300]).expect("it passes the limit");
    let full = sender.queued();

    let admitted = sender.admit(Message::from("bbbb"), options);
    let message = admitted.expect("one with its key waits");
    let sent = sender.send_encoded_with(message, half("bb."), options);
    assert_eq!(sent.expect("it is as long"), Queued::Replaced);
    assert_eq!(sender.queued(), full);
    let sent = sender.send_encoded_with("cccccc", half("ccc."), options);
    assert!(matches!(sent, Err(SendError::Full(_))), "{sent:?}");
    assert_eq!(
        sender.dropped().newest,
        Tally {
            messages: 1,
            bytes: 6
        }
    );
    sender.close(None);
    let refused = sender.admit(Message::from("dd"), options);
    assert!(matches!(refused, Err(SendError::Closed(_))), "{refused:?}");
}

#[test]
fn a_full_queue_is_not_made_longer_by_a_message_that_has_to_be_in_its_own_form() {
    let (mut sender, _) = server(Config::default().with_max_queue(SendOptions::CHARGE + 3));
    let options = SendOptions::default().with_key(1);
    sender.send_with("aa", options).expect("open");
    let raw = Message::from(vec![7; 300]).with_compress(Compress::Never);
    sender.send(raw).expect("it passes the limit");
    let full = sender.queued();
    let half = Encoded::new(Rsv::RSV2, "b.");
    let sent = sender.send_encoded_with("b".repeat(1_000), half, options);
    assert!(matches!(sent, Err(SendError::Full(_))), "{sent:?}");
    assert_eq!(sender.queued(), full);
}
