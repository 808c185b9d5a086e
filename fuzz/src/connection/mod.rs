mod endpoint;
mod judge;
mod memory;
mod ops;
mod sent;
pub(crate) mod stage;

use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use ws_connection::{Message, Role};
use ws_frame::CloseCode;
use ws_testing::naive::Road;

use crate::{Cuts, Limits};
use endpoint::{Answer, Endpoint};

pub use ops::connection_ops;

/// Steps of the plan before the rest of the bytes is read in one piece.
const STEPS: usize = 300;

/// A queue that is written, an answer that is awaited, the last frames, the end of the transport: their defaults, and
/// the silence that may have come before.
const TIME_TO_END: Duration = Duration::from_secs(30 + 30 + 5 + 5 + 2);

/// Between two bytes of a peer that never falls silent: less than every deadline.
const DRIP: Duration = Duration::from_secs(1);

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    limits: Limits,
    /// What follows the bytes, and how the endpoint works.
    flags: u8,
    /// What happens between and beside the reads, over and over.
    plan: [[u8; 2]; 8],
    bytes: &'a [u8],
}

/// A server keeps its promises whatever a client sends, and whenever.
///
/// It does not panic. What its receiver tells is what the naive receiver tells of the same bytes. What it holds follows
/// the bytes that it was given, and never a length that was announced. What it sends a naive client finds legal:
/// messages in their order and once each, pongs that answer a ping, nothing behind the Close. Its state only moves
/// forward, it is never woken for nothing, and some time after the application closes it has ended, whether the peer ends,
/// falls silent, drips, or stops to read.
///
/// The input: three bytes of [limits](Limits); one of flags (1: the peer ends its direction, 2: it takes nothing in the
/// end, 4: no keepalive, 8: messages are not echoed, 16: payloads are read in place, 32: batches are taken for written
/// at once, 64: little is written before the connection fails,
/// 128: the peer goes on, a byte a second); a plan of eight steps of two bytes, 0 being a read of all there is; the bytes of the peer.
pub fn connection_server(data: &[u8]) {
    run(Role::Server, data);
}

/// A client keeps its promises whatever a server sends, and whenever: those of
/// [`connection_server`], to a naive server. The input is the same.
pub fn connection_client(data: &[u8]) {
    run(Role::Client, data);
}

fn run(role: Role, data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    let mut config = input.limits.config();
    if input.flags & 4 != 0 {
        config = config.with_ping_interval(None);
    }
    let takes = match input.flags & 64 {
        0 => usize::MAX,
        _ => 50,
    };
    let mut endpoint = Endpoint::new(role, config.clone(), takes);
    let mut bytes = input.bytes;
    for step in input.plan.into_iter().cycle().take(STEPS) {
        if bytes.is_empty() || endpoint.sender.is_over() {
            break;
        }
        act(&mut endpoint, step, input.flags, &mut bytes);
    }
    read_rest(&mut endpoint, input.flags, bytes);
    end(&mut endpoint, input.flags);
    endpoint.check(role, &config);
}

fn act(endpoint: &mut Endpoint, [what, amount]: [u8; 2], flags: u8, bytes: &mut &[u8]) {
    let size = Cuts::size(amount);
    match what % 16 {
        0..=4 => {
            endpoint.read(bytes, size, road(flags), answer(flags));
        }
        5 | 6 => endpoint.write(size),
        7 => write_all(endpoint, flags),
        // Up to 65 s: longer than every deadline.
        8 | 9 => endpoint.wait(Duration::from_millis(u64::from(amount).pow(2))),
        10 => endpoint.send(Message::from(&vec![amount; 8 * usize::from(amount)][..])),
        11 => endpoint.ping(usize::from(amount)),
        12 => endpoint.close(990 + 16 * u16::from(amount)),
        13 => endpoint.hold_or_release(),
        14 => endpoint.fail_with(CloseCode::INTERNAL_ERROR),
        _ if amount == 0 => endpoint.abort(),
        _ => endpoint.send(Message::from("text")),
    }
}

fn road(flags: u8) -> Road {
    match flags & 16 {
        0 => Road::Input,
        _ => Road::Room,
    }
}

fn answer(flags: u8) -> Answer {
    match flags & 8 {
        0 => Answer::Echo,
        _ => Answer::Nothing,
    }
}

fn write_all(endpoint: &mut Endpoint, flags: u8) {
    if flags & 32 != 0 {
        endpoint.write_at_once();
    }
    endpoint.write(usize::MAX);
}

/// What the plan has left over.
fn read_rest(endpoint: &mut Endpoint, flags: u8, mut bytes: &[u8]) {
    endpoint.release();
    while !bytes.is_empty() && !endpoint.sender.is_over() {
        write_all(endpoint, flags);
        let read = endpoint.read(&mut bytes, usize::MAX, road(flags), answer(flags));
        assert!(read || endpoint.sender.is_over(), "congested by nothing");
    }
}

/// The peer says nothing more; in the end the application closes.
fn end(endpoint: &mut Endpoint, flags: u8) {
    let takes = match flags & 2 {
        0 => usize::MAX,
        _ => 0,
    };
    endpoint.write(takes);
    if flags & 1 != 0 && !endpoint.sender.is_done() {
        // The end of the transport without a Close on both sides is the end of everything.
        endpoint.abort();
    }
    endpoint.close(1001);
    endpoint.write(takes);
    let until = endpoint.elapsed() + TIME_TO_END;
    while !endpoint.sender.is_over() {
        let drop = (flags & 128 != 0).then(|| endpoint.elapsed() + DRIP);
        let woken = endpoint.wait_for_deadline(drop.unwrap_or(until).min(until));
        match drop {
            Some(at) if !woken && at <= until => endpoint.drip(DRIP),
            _ => assert!(woken, "it goes on for ever"),
        }
        endpoint.write(takes);
    }
    let sender = &endpoint.sender;
    assert_eq!((sender.queued(), sender.poll_timeout()), (0, None));
}
