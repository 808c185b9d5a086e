//! What is borrowed, what is put together, and what moves (R3, R5).

use std::{io::IoSlice, ops::Range, time::Instant};

use bytes::Buf;
use ws_connection::{Batch, Config, Event, Message, Receiver, Sender};
use ws_testing::naive::Frame;

use crate::wire::KEY;

fn message<'r, 'i: 'r>(receiver: &'r mut Receiver, input: &mut &'i mut [u8]) -> Message<'r> {
    match receiver.receive(input).expect("legal") {
        Some(Event::Message(message)) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_whole_message_lies_in_the_input() {
    for frame in [Frame::text("hello"), Frame::binary([7; 70_000])] {
        let mut bytes = frame.masked(KEY).encode();
        let lies_in = bytes.as_ptr_range();
        let mut receiver = Receiver::server(Config::default());
        let mut input = &mut bytes[..];
        let message = message(&mut receiver, &mut input);
        assert!(contains(&lies_in, message.as_bytes()));
    }
}

#[test]
fn the_payload_of_a_whole_control_frame_lies_in_the_input() {
    let mut bytes = Frame::ping("here").masked(KEY).encode();
    let lies_in = bytes.as_ptr_range();
    let mut receiver = Receiver::server(Config::default());
    match receiver.receive(&mut &mut bytes[..]) {
        Ok(Some(Event::Ping(payload))) => assert!(contains(&lies_in, payload)),
        other => panic!("{other:?}"),
    }
}

fn contains(range: &Range<*const u8>, slice: &[u8]) -> bool {
    let slice = slice.as_ptr_range();
    range.start <= slice.start && slice.end <= range.end
}

#[test]
fn several_whole_messages_are_borrowed_one_after_the_other() {
    let frames = ["one", "two", "three"].map(|text| Frame::text(text).masked(KEY));
    let mut bytes = Frame::encode_all(&frames);
    let mut receiver = Receiver::server(Config::default());
    let mut input = &mut bytes[..];
    for text in ["one", "two", "three"] {
        assert_eq!(message(&mut receiver, &mut input).as_text(), Some(text));
    }
    assert!(input.is_empty());
}

/// A fragmented message of 100,000 bytes, in a receiver that has seen all of it but the last bytes.
fn fragmented() -> (Receiver, Vec<u8>) {
    let frames = [
        Frame::binary([1; 60_000]).unfinished().masked(KEY),
        Frame::continuation([2; 40_000]).masked(KEY),
    ];
    let mut bytes = Frame::encode_all(&frames);
    let last = bytes.split_off(bytes.len() - 10);
    let mut receiver = Receiver::server(Config::default());
    assert!(matches!(receiver.receive(&mut &mut bytes[..]), Ok(None)));
    (receiver, last)
}

#[test]
fn a_fragmented_message_comes_assembled() {
    let (mut receiver, mut last) = fragmented();
    let lies_in = last.as_ptr_range();
    let mut input = &mut last[..];
    let message = message(&mut receiver, &mut input);
    assert!(!contains(&lies_in, message.as_bytes()));
    assert_eq!(
        message.as_bytes(),
        [[1; 60_000].as_slice(), &[2; 40_000]].concat()
    );
}

#[test]
fn an_assembled_message_becomes_owned_without_a_copy() {
    let (mut receiver, mut last) = fragmented();
    let mut input = &mut last[..];
    let message = message(&mut receiver, &mut input);
    let lies_at = message.as_bytes().as_ptr();
    let bytes = message.into_bytes();
    assert_eq!((bytes.as_ptr(), bytes.len()), (lies_at, 100_000));
    // The receiver goes on, and does not touch what it gave away.
    let mut next = Frame::text("next").masked(KEY).encode();
    assert!(matches!(
        receiver.receive(&mut &mut next[..]),
        Ok(Some(Event::Message(_)))
    ));
    assert_eq!(bytes[..60_000], [1; 60_000]);
}

#[test]
fn an_assembled_message_is_sent_on_by_a_server_without_a_copy() {
    let (mut receiver, mut last) = fragmented();
    let mut input = &mut last[..];
    let message = message(&mut receiver, &mut input);
    let lies_at = message.as_bytes().as_ptr();
    let mut sender = Sender::server(Config::default());
    sender.send(message).expect("open");
    let mut batch = Batch::default();
    sender.transmit(Instant::now(), &mut batch);
    let mut slices = [IoSlice::new(&[]); 4];
    let used = batch.chunks_vectored(&mut slices);
    assert!(slices[..used].iter().any(|slice| slice.as_ptr() == lies_at));
    assert_eq!(batch.remaining(), 10 + 100_000);
}

/// The message is dropped unread: the receiver frees it and goes on.
#[test]
fn an_assembled_message_may_be_ignored() {
    let (mut receiver, mut last) = fragmented();
    drop(message(&mut receiver, &mut &mut last[..]));
    let mut next = Frame::text("next").masked(KEY).encode();
    let mut input = &mut next[..];
    assert_eq!(message(&mut receiver, &mut input).as_text(), Some("next"));
}
