//! Memory follows the bytes that arrived and never a length that was announced: checked behind every single byte of
//! every kind of input (A12, A15, A19, A20).

use ws_connection::{Config, Receiver, Role};
use ws_testing::naive::{Frame, opcode};

use crate::endpoint::{KEY, ROLES};

/// A buffer is at most twice as long as what is in it. While it grows, the one before is there too.
const KEPT: usize = 2;
const AT_MOST: usize = 3;

/// What a receiver notes of a message and of a control frame, whatever their lengths.
const NOTES: usize = 300;

/// The boundaries of each form of a length, and some that nobody could hold.
const LENGTHS: [u64; 12] = [
    0,
    1,
    125,
    126,
    127,
    65_535,
    65_536,
    1 << 20,
    1 << 32,
    1 << 40,
    (1 << 63) - 2,
    (1 << 63) - 1,
];

/// Bytes of a payload that do arrive.
const ARRIVING: usize = 3_000;

fn streams() -> Vec<Vec<Frame>> {
    let mut streams = Vec::new();
    for len in LENGTHS {
        let payload = vec![b'a'; ARRIVING.min(usize::try_from(len).unwrap_or(ARRIVING))];
        for whole in [Frame::text(&payload), Frame::binary(&payload)] {
            streams.push(vec![whole.clone().announcing(len)]);
            let first = Frame::text("beginning").unfinished();
            let next = Frame::continuation(&payload).announcing(len);
            streams.push(vec![whole.unfinished(), next.clone()]);
            streams.push(vec![first, Frame::ping([7; 125]), next]);
        }
    }
    for len in 0..=125 {
        for code in [opcode::PING, opcode::PONG] {
            streams.push(vec![Frame::new(code, vec![b'p'; len])]);
        }
        streams.push(vec![Frame::close(1000, vec![b'r'; len.min(123)])]);
    }
    for byte in ["", "b"] {
        let mut frames = vec![Frame::text("").unfinished()];
        frames.extend(vec![Frame::continuation(byte).unfinished(); 1_000]);
        streams.push(frames);
    }
    streams
}

fn receiver(role: Role) -> Receiver {
    let config = Config::default().with_max_message(usize::MAX);
    match role {
        Role::Server => Receiver::server(config),
        Role::Client => Receiver::client(config),
    }
}

fn bytes(role: Role, frames: &[Frame]) -> Vec<u8> {
    let toward = |frame: &Frame| match role {
        Role::Server => frame.clone().masked(KEY).encode(),
        Role::Client => frame.encode(),
    };
    frames.iter().flat_map(toward).collect()
}

/// Reads pieces of this length, and checks behind each of them.
fn decide(role: Role, bytes: &[u8], piece: usize) -> usize {
    let mut receiver = receiver(role);
    let mut held = 0;
    let mut arrived = 0;
    for piece in bytes.chunks(piece) {
        let mut piece = piece.to_vec();
        arrived += piece.len();
        let info = allocation_counter::measure(|| {
            let mut input = &mut piece[..];
            while receiver.receive(&mut input).expect("legal").is_some() {}
        });
        let most = held + info.bytes_max as i64;
        held += info.bytes_current;
        let allowed = |growth| (growth * arrived + NOTES) as i64;
        assert!(
            held <= allowed(KEPT) && most <= allowed(AT_MOST),
            "{held} bytes held, {most} for a moment, for {arrived} that arrived"
        );
    }
    bytes.len().div_ceil(piece)
}

#[test]
fn no_prefix_of_any_input_keeps_more_than_twice_its_bytes_and_a_constant() {
    let mut count = 0;
    for role in ROLES {
        for frames in streams() {
            let bytes = bytes(role, &frames);
            for piece in [1, 7, bytes.len()] {
                count += decide(role, &bytes, piece);
            }
        }
    }
    println!("decided: {count} prefixes of inputs, by the memory that they cost");
}
