use arbitrary::{Arbitrary, Unstructured};
use ws_connection::{Config, Receiver, Role};
use ws_testing::naive::{self, End, Frame, Road, Run};

use crate::{Cuts, Limits};

/// Streams of no more than so many bytes are cut in two everywhere.
const SHORT: usize = 48;

/// Enough for the rest of the message to be read in place.
const LARGE: usize = 33_000;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    /// The lowest bit makes a client of the endpoint.
    role: u8,
    limits: Limits,
    /// The size of each piece, and in its lowest bit the road that it takes.
    cuts: [u8; 4],
    /// What has come before: nothing, or the beginning of a large message.
    opening: u8,
    bytes: &'a [u8],
}

/// What an endpoint makes of a stream is what the naive receiver makes of it, wherever the stream is cut.
///
/// Events, their order, the way in which the connection fails and the status code of it: whole, byte by byte, in pieces
/// of any sizes, cut in two at every place, and read into [`Receiver::payload_room`] where there is some. There is no
/// room when the endpoint has stopped listening.
///
/// The input: a byte whose lowest bit says that the endpoint is a client; three bytes of [limits](Limits); four of
/// [cuts](Cuts); a byte which says that the first fragment of a large message (1: text, 2: binary) came before; the
/// bytes of the peer.
pub fn frame_stream(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    let role = match input.role & 1 {
        0 => Role::Server,
        _ => Role::Client,
    };
    let opening = opening(input.opening, role);
    let config = match opening.is_empty() {
        true => input.limits.config(),
        false => Config::default(),
    };
    let bytes = [&opening, input.bytes].concat();
    let expected = naive::Receiver::run(role, &config, &bytes);

    let check = |what: &str, pieces: &mut dyn Iterator<Item = &[u8]>| {
        let mut receiver = receiver(role, &config);
        let seen = Run::observe(&mut receiver, pieces);
        assert_eq!(seen, expected, "{what}");
        assert!(seen.end == End::Open || receiver.payload_room().is_none());
    };
    check("whole", &mut [&bytes[..]].into_iter());
    let cuts = Cuts::new(input.cuts);
    check("in pieces", &mut cuts.pieces(&bytes));
    let single = input.bytes.chunks(1);
    check(
        "byte by byte",
        &mut [&opening[..]].into_iter().chain(single),
    );
    if bytes.len() <= SHORT {
        for at in 1..bytes.len() {
            let (before, after) = bytes.split_at(at);
            check("cut in two", &mut [before, after].into_iter());
        }
    }
    let roads = input.cuts.map(|byte| match byte & 1 {
        0 => Road::Room,
        _ => Road::Input,
    });
    let steps = cuts.sizes().zip(roads.into_iter().cycle());
    let seen = Run::observe_on_roads(&mut receiver(role, &config), &bytes, steps);
    assert_eq!(seen, expected, "on roads");
}

fn receiver(role: Role, config: &Config) -> Receiver {
    match role {
        Role::Server => Receiver::server(config.clone()),
        Role::Client => Receiver::client(config.clone()),
    }
}

fn opening(byte: u8, role: Role) -> Vec<u8> {
    let payload = [b'a'; LARGE];
    let frame = match byte {
        1 => Frame::text(payload),
        2 => Frame::binary(payload),
        _ => return Vec::new(),
    };
    let frame = frame.unfinished();
    match role {
        Role::Server => frame.masked(*b"mask").encode(),
        Role::Client => frame.encode(),
    }
}
