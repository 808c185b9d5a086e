//! A thousand connections with compression, opened and closed again and again (A26).

use std::sync::Arc;

use ws_deflate::{Deflate, Deflater, Takeover, WindowBits};
use ws_server::{Config, Message};
use ws_testing::{
    naive::{Frame, opcode},
    peer::{REQUEST, masked},
};

use crate::{
    Echo, IDLE,
    script::Script,
    serving::{Serving, runtime},
};

/// Without optimisation all 20 would take half a minute.
const ROUNDS: usize = if cfg!(debug_assertions) { 3 } else { 20 };

/// The connections of a round, all open at a time.
const CONNECTIONS: usize = 1000;

/// A thread keeps four inflaters, four compressors, what those write to and, behind reads one at a time, one buffer
/// for them.
const POOLS: i64 = 4 * 47 * KIB + 4 * COMPRESSOR + 16 * KIB + 64 * KIB + KIB;

/// With the default memory level, at window 15.
const COMPRESSOR: i64 = 372 * KIB;

/// What compression may add to an idle connection, besides its windows.
const IDLE_MORE: i64 = 512;

const KIB: i64 = 1024;

/// The bit that says that a message is compressed.
pub(crate) const RSV1: u8 = 0b100;

/// A text that becomes shorter, but not as short as what is collected before an inflater is rented for it.
pub(crate) fn text() -> String {
    let numbers = (0_u32..300).map(|i| (i * i) % 10_007);
    let items = numbers.map(|number| format!(r#"{{"id":{number:04},"on":true}},"#));
    items.collect()
}

/// Settings of an endpoint that keeps both windows, of 32 KiB each.
pub(crate) fn keeps_windows() -> Deflate {
    Deflate::default()
        .with_takeover(Takeover::On)
        .with_peer_takeover(Takeover::On)
}

/// The opening handshake of a client with these settings.
pub(crate) fn request(client: &Deflate) -> String {
    let offer = client.offer();
    let head = REQUEST.trim_end();
    format!("{head}\r\nSec-WebSocket-Extensions: {offer}\r\n\r\n")
}

/// A compressed message in two fragments, the second of which is short.
pub(crate) fn fragments(text: &str) -> [Vec<u8>; 2] {
    let deflater = Deflater::new(&Deflate::default(), WindowBits::MIN);
    let encoded = deflater.encode(&Message::from(text)).expect("shorter");
    let (first, second) = encoded.payload().split_at(encoded.payload().len() - 9);
    assert!(first.len() > 1024, "{} bytes", first.len());
    let first = Frame::new(opcode::TEXT, first).with_rsv(RSV1).unfinished();
    [first, Frame::continuation(second)].map(masked)
}

/// Opens, sends most of a message, the rest, and a Close.
fn script(client: &Deflate) -> Arc<Script> {
    let [first, second] = fragments(&text());
    let close = masked(Frame::close(1000, ""));
    Script::new(vec![request(client).into_bytes(), first, second, close])
}

/// What one round has held.
#[derive(Debug)]
struct Round {
    /// While all connections are idle behind their message, each.
    idle: i64,
    /// When all are gone.
    left: i64,
}

/// All connections do each thing before one does the next.
fn round(scripts: &[Arc<Script>], config: &Arc<Config>) -> Round {
    let mut idle = 0;
    let left = allocation_counter::measure(|| {
        let mut connections = Vec::with_capacity(CONNECTIONS);
        let held = allocation_counter::measure(|| {
            let followed = scripts.iter().cycle().take(CONNECTIONS);
            connections.extend(followed.map(|script| Serving::start(Echo, script, config)));
            for parts in 1..=3 {
                send(scripts, parts);
                for connection in &mut connections {
                    assert!(connection.poll().is_pending());
                }
            }
        });
        idle = held.bytes_current / CONNECTIONS as i64;
        send(scripts, 5);
        for connection in &mut connections {
            assert!(connection.poll().is_ready());
        }
    });
    Round {
        idle,
        left: left.bytes_current,
    }
}

fn send(scripts: &[Arc<Script>], parts: usize) {
    for script in scripts {
        script.send(parts);
    }
}

/// All rounds; the first leaves what the thread keeps, and no other leaves one byte.
fn rounds(server: Deflate, clients: &[Deflate], most_idle: i64) {
    let config = Arc::new(Config::default().with_deflate(server));
    let scripts: Vec<_> = clients.iter().map(script).collect();
    let runtime = runtime();
    let _guard = runtime.enter();
    let rounds: Vec<_> = (0..ROUNDS).map(|_| round(&scripts, &config)).collect();
    let [first, later @ ..] = &rounds[..] else {
        unreachable!("there are more");
    };
    assert!(first.left <= POOLS, "{first:?}");
    let idle = later.iter().map(|round| round.idle).max();
    assert!(idle <= Some(most_idle), "{rounds:?}");
    assert!(later.iter().all(|round| round.left == 0), "{rounds:?}");

    let traffic = config.traffic();
    let all = (ROUNDS * CONNECTIONS * text().len()) as u64;
    assert_eq!((traffic.received().plain, traffic.sent().plain), (all, all));
    assert!(traffic.sent().deflated < all / 2, "{}", traffic.sent());
    println!(
        "decided: {} connections with compression, of {} bytes each while idle; their thread keeps {}, after {ROUNDS} \
        rounds and after one",
        ROUNDS * CONNECTIONS,
        idle.unwrap_or_default(),
        first.left
    );
}

#[test]
fn the_pools_hold_no_more_after_thousands_of_connections_than_after_the_first() {
    let narrower = |bits| {
        let bits = WindowBits::new(bits).expect("8 to 15");
        Deflate::default().with_peer_window_bits(bits)
    };
    // A compressor for each window, of which there are more than the pool holds.
    let clients: Vec<_> = (9..=15).map(narrower).collect();
    rounds(Deflate::default(), &clients, IDLE + IDLE_MORE);
}

#[test]
fn the_windows_of_thousands_of_connections_go_with_them() {
    let keeps = keeps_windows();
    let window = text().len() as i64;
    rounds(
        keeps.clone(),
        &[keeps],
        IDLE + IDLE_MORE + COMPRESSOR + window,
    );
}
