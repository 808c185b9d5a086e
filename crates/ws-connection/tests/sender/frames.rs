//! What a message looks like on the wire (RFC 6455 5.2, 5.4, 5.6).

use bytes::Bytes;
use proptest::prelude::*;
use ws_connection::{Config, Message};
use ws_testing::{
    naive::{End, Event, Frame, Receiver},
    strategies,
};

use crate::outbox::Outbox;

#[test]
fn the_header_has_the_shortest_form_of_the_length() {
    let headers: [(usize, &[u8]); 7] = [
        (0, b"\x82\x00"),
        (1, b"\x82\x01"),
        (125, b"\x82\x7D"),
        (126, b"\x82\x7E\x00\x7E"),
        (65_535, b"\x82\x7E\xFF\xFF"),
        (65_536, b"\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00"),
        (200_000, b"\x82\x7F\x00\x00\x00\x00\x00\x03\x0D\x40"),
    ];
    for (len, header) in headers {
        let payload = vec![7; len];
        let forms = [Message::from(&payload[..]), Message::from(payload.clone())];
        for message in forms {
            let mut outbox = Outbox::server(Config::default());
            outbox.sender.send(message).expect("open");
            let bytes = outbox.write_bytes();
            assert_eq!(bytes[..header.len()], *header, "{len}");
            assert_eq!(bytes[header.len()..], payload, "{len}");
        }
    }
}

#[test]
fn text_is_sent_as_text_and_binary_as_binary() {
    let mut outbox = Outbox::server(Config::default());
    let page = Message::text_from_bytes(Bytes::from_static(b"shared")).expect("ASCII");
    for message in [
        Message::from("borrowed"),
        Message::from("owned".to_owned()),
        page,
        Message::from(b"bytes"),
        Message::from(vec![b'!']),
    ] {
        outbox.sender.send(message).expect("open");
    }
    assert_eq!(
        outbox.write_lines(),
        [
            "text 'borrowed'",
            "text 'owned'",
            "text 'shared'",
            "binary 'bytes'",
            "binary '!'",
        ]
    );
}

#[test]
fn bytes_that_are_not_utf8_make_no_text_message() {
    assert!(Message::text_from_bytes(Bytes::from_static(b"\xED\xA0\x80")).is_none());
}

#[test]
fn a_message_of_exactly_the_fragment_size_is_one_frame_and_one_byte_more_is_two() {
    let config = Config::default().with_fragment_size(10);
    let mut outbox = Outbox::server(config);
    outbox.sender.send("0123456789").expect("open");
    outbox.sender.send("0123456789a").expect("open");
    outbox.sender.send("").expect("open");
    assert_eq!(
        outbox.write_lines(),
        [
            "text '0123456789'",
            "text '0123456789'...",
            "continuation 'a'",
            "text ''",
        ]
    );
}

#[test]
fn by_default_a_message_of_256_kib_is_one_frame_and_one_byte_more_is_two() {
    for (len, frames) in [(256 << 10, 1), ((256 << 10) + 1, 2), (1 << 20, 4)] {
        let mut outbox = Outbox::server(Config::default());
        outbox.sender.send(vec![7; len]).expect("open");
        let copied = outbox.write();
        outbox.sender.send(&vec![7; len][..]).expect("open");
        assert_eq!(copied.len(), frames);
        assert_eq!(outbox.write(), copied);
    }
}

/// "Note that a particular text frame might include a partial UTF-8 sequence" (RFC 6455 5.6).
#[test]
fn text_may_be_cut_inside_a_character() {
    let mut outbox = Outbox::server(Config::default().with_fragment_size(1));
    outbox.sender.send("\u{e9}").expect("open");
    assert_eq!(
        outbox.write_lines(),
        ["text '\\xc3'...", "continuation '\\xa9'"]
    );
}

#[test]
fn a_fragment_size_of_zero_counts_as_one() {
    assert_eq!(Config::default().with_fragment_size(0).fragment_size(), 1);
}

fn message(event: &Event) -> Message<'_> {
    match event {
        Event::Text(text) => Message::from(text),
        Event::Binary(bytes) => Message::from(&bytes[..]),
        other => panic!("{other}"),
    }
}

proptest! {
    #[test]
    fn messages_come_back_from_the_wire(
        events in prop::collection::vec((strategies::message(), any::<bool>()), 0..12),
        fragment_size in prop_oneof![1_usize..50, 100_usize..1000],
        client in any::<bool>(),
    ) {
        let config = Config::default().with_fragment_size(fragment_size);
        let (mut outbox, peer) = match client {
            true => (Outbox::client(config), ws_connection::Role::Server),
            false => (Outbox::server(config), ws_connection::Role::Client),
        };
        for (event, owned) in &events {
            let message = message(event);
            let message = if *owned { message.into_owned() } else { message };
            outbox.sender.send(message).expect("open");
        }
        let run = Receiver::run(peer, &Config::default(), &outbox.write_bytes());
        let events: Vec<_> = events.into_iter().map(|(event, _)| event).collect();
        prop_assert_eq!(run.events, events);
        prop_assert_eq!(run.end, End::Open);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn large_messages_come_back_from_the_wire(
        events in prop::collection::vec((strategies::large_message(), any::<bool>()), 1..4),
        fragment_size in 1_000_usize..300_000,
    ) {
        let mut outbox = Outbox::server(Config::default().with_fragment_size(fragment_size));
        for (event, owned) in &events {
            let message = message(event);
            let message = if *owned { message.into_owned() } else { message };
            outbox.sender.send(message).expect("open");
        }
        let frames = outbox.write();
        prop_assert!(frames.iter().all(|frame| frame.payload.len() <= fragment_size));
        let bytes = Frame::encode_all(&frames);
        let run = Receiver::run(ws_connection::Role::Client, &Config::default(), &bytes);
        let events: Vec<_> = events.into_iter().map(|(event, _)| event).collect();
        prop_assert_eq!(run.events, events);
    }
}
