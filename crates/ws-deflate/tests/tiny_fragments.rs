//! Fragments of one byte cost a compressed message little more than a plain one (A19).

#![cfg(unix)]

use std::{sync::Arc, time::Duration};

use rustix::time::{ClockId, clock_gettime};
use ws_connection::{Config, Event, Receiver, Role};
use ws_deflate::{Deflate, PermessageDeflate};

const LEN: usize = if cfg!(debug_assertions) {
    64 << 10
} else {
    1 << 20
};

/// A step of zlib for each byte would be twenty times as much, or more.
const MOST: f64 = 3.0;

/// Only what this thread did.
fn now() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(now).expect("it only grows")
}

/// A binary message in frames of one byte.
fn fragments(payload: &[u8], rsv: u8) -> Vec<u8> {
    let last = payload.len() - 1;
    let frame = |(at, byte): (usize, &u8)| {
        let begins = if at == 0 { rsv | 2 } else { 0 };
        let ends = if at == last { 0x80 } else { 0 };
        [begins | ends, 1, *byte]
    };
    payload.iter().enumerate().flat_map(frame).collect()
}

/// The message in blocks that are not compressed, so that each of its bytes travels.
fn stored(message: &[u8]) -> Vec<u8> {
    let mut payload = Vec::new();
    for piece in message.chunks(32 << 10) {
        let len = piece.len() as u16;
        payload.push(0);
        payload.extend(len.to_le_bytes());
        payload.extend((!len).to_le_bytes());
        payload.extend(piece);
    }
    payload.push(0);
    payload
}

/// The least time of three that the message takes.
fn least_time(frames: &[u8]) -> Duration {
    let settings = Deflate::default();
    let agreed = settings.accept(&[settings.offer()]).expect("our own offer");
    let deflate = PermessageDeflate::new(Arc::new(settings), agreed, Role::Client);
    let time = |_| {
        let mut receiver = Receiver::client(Config::default()).with_extension(&deflate);
        let mut frames = frames.to_vec();
        let mut read = &mut frames[..];
        let start = now();
        let event = receiver.receive(&mut read).expect("legal");
        let time = now() - start;
        assert!(matches!(event, Some(Event::Message(message)) if message.len() == LEN));
        time
    };
    (0..3).map(time).min().expect("three")
}

#[test]
fn a_compressed_message_in_fragments_of_one_byte_costs_little_more_than_a_plain_one() {
    let message = vec![b'x'; LEN];
    let plain = least_time(&fragments(&message, 0));
    let compressed = least_time(&fragments(&stored(&message), 0x40));
    println!("{LEN} fragments of one byte: plain {plain:?}, compressed {compressed:?}");
    assert!(
        compressed.as_secs_f64() <= MOST * plain.as_secs_f64(),
        "plain {plain:?}, compressed {compressed:?}"
    );
}
