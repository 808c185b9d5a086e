//! Two hundred connections, each with a compressed message under way (A26).

use std::sync::Arc;

use ws_connection::Compress;
use ws_deflate::{Deflate, Deflater, WindowBits};
use ws_server::{Config, Message};
use ws_testing::{
    naive::{Frame, opcode},
    peer::masked,
};

use crate::{
    Echo,
    rounds::{RSV1, request},
    script::Script,
    serving::{Serving, runtime},
};

const CONNECTIONS: usize = 200;

/// From so many bytes of a message on it has an inflater.
const COLLECTED: usize = 4 << 10;

/// What a connection notes of a message under way, whatever its length.
const NOTES: i64 = 256;

/// An inflater.
const INFLATER: i64 = 48 << 10;

/// Where it puts what bytes become that came at once.
fn room(came: usize) -> i64 {
    (8 * came).min(64 << 10) as i64
}

/// A message of 10,000 bytes that is compressed and no shorter. So many of its bytes come first, then the others.
fn script(first: usize) -> Arc<Script> {
    let message = Message::from(&[7; 10_000][..]).with_compress(Compress::Always);
    let stores = Deflate::default().with_level(0);
    let deflater = Deflater::new(&stores, WindowBits::MAX);
    let encoded = deflater.encode(&message).expect("always");
    let (first, second) = encoded.payload().split_at(first);
    let first = Frame::new(opcode::BINARY, first)
        .with_rsv(RSV1)
        .unfinished();
    let [first, second] = [first, Frame::continuation(second)].map(masked);
    let close = masked(Frame::close(1000, ""));
    let request = request(&Deflate::default()).into_bytes();
    Script::new(vec![request, first, second, close])
}

/// What each holds for a message of which so many bytes came; and what is left when all are gone.
fn held_for(came: usize) -> (i64, i64) {
    let config = Arc::new(Config::default().with_deflate(Deflate::default()));
    let script = script(came);
    let mut held = 0;
    let left = allocation_counter::measure(|| {
        script.send(1);
        let start = |_| Serving::start(Echo, &script, &config);
        let mut connections: Vec<_> = (0..CONNECTIONS).map(start).collect();
        for connection in &mut connections {
            assert!(connection.poll().is_pending());
        }
        script.send(2);
        let more = allocation_counter::measure(|| {
            for connection in &mut connections {
                assert!(connection.poll().is_pending());
            }
        });
        held = more.bytes_current / CONNECTIONS as i64;
        script.send(5);
        for connection in &mut connections {
            // It lets others go first after a large read.
            let ends = (0..10).any(|_| connection.poll().is_ready());
            assert!(ends);
        }
    });
    assert_eq!(
        config.traffic().received().plain,
        10_000 * CONNECTIONS as u64
    );
    (held, left.bytes_current)
}

#[test]
fn a_compressed_message_under_way_holds_what_came_and_from_four_kib_on_an_inflater() {
    let runtime = runtime();
    let _guard = runtime.enter();
    // What the thread keeps from now on is there.
    held_for(2 * COLLECTED);
    for came in [1, 100, COLLECTED - 1, COLLECTED, 2 * COLLECTED] {
        let (held, left) = held_for(came);
        let most = match came {
            0..COLLECTED => came as i64 + NOTES,
            _ => INFLATER + room(came) + 2 * came as i64 + NOTES,
        };
        println!("{came} bytes of a compressed message hold {held}");
        assert!(held <= most, "{held} bytes when {came} had come");
        assert!(came < COLLECTED || held > INFLATER / 2, "{held}");
        assert_eq!(left, 0, "{came}");
    }
}
