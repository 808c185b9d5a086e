//! What comes of a message is bounded, and so is what a connection holds (A26).
//!
//! The allocator counts per thread, so the tests may run beside one another.

use std::{sync::Arc, time::Instant};

use allocation_counter::AllocationInfo;
use ws_connection::{Config, Event, Message, Receiver, Role, Sender};
use ws_deflate::{Deflate, Deflater, PermessageDeflate, Takeover, WindowBits};
use ws_frame::CloseCode;

use crate::peer::{Peer, Told};

pub(crate) fn measure<T>(work: impl FnOnce() -> T) -> (T, AllocationInfo) {
    let mut output = None;
    let info = allocation_counter::measure(|| output = Some(work()));
    (output.expect("it was run"), info)
}

/// So many zeros, deflated.
pub(crate) fn zeros(len: usize) -> Vec<u8> {
    let deflater = Deflater::new(&Deflate::default().with_level(9), WindowBits::MAX);
    let encoded = deflater.encode(&Message::from(&vec![0; len][..]));
    encoded.expect("shorter").payload().to_vec()
}

#[test]
fn a_message_of_exactly_its_limit_is_taken() {
    const LIMIT: usize = 1 << 20;
    let config = Config::default().with_max_message(LIMIT);
    for (len, told) in [
        (LIMIT - 1, Told::Text("\0".repeat(LIMIT - 1))),
        (LIMIT, Told::Text("\0".repeat(LIMIT))),
        (LIMIT + 1, Told::Failed(1009)),
    ] {
        let mut peer = Peer::with(Deflate::default(), config.clone());
        assert!(peer.text(&[&zeros(len)]) == told, "{len}");
    }
}

#[test]
fn a_message_without_limit_is_taken() {
    let config = Config::default().with_max_message(usize::MAX);
    let mut peer = Peer::with(Deflate::default(), config);
    let told = peer.text(&[&zeros(2 << 20)]);
    assert!(told == Told::Text("\0".repeat(2 << 20)));
}

/// What it grew from counts, too: this allocator moves what grows.
#[test]
fn the_buffer_of_what_becomes_too_long_does_not_grow_beyond_the_limit() {
    const LIMIT: usize = 4 << 20;
    let deflated = zeros(LIMIT + 1);
    let mut peer = Peer::with(
        Deflate::default(),
        Config::default().with_max_message(LIMIT),
    );
    let (told, info) = measure(|| peer.text(&[&deflated]));
    assert_eq!(told, Told::Failed(1009));
    let most = (LIMIT / 2 + LIMIT + (128 << 10)) as u64;
    assert!(info.bytes_max <= most, "{info:?}");
}

#[test]
fn a_ratio_above_the_one_that_is_allowed_is_against_the_policy() {
    let settings = Deflate::default().with_max_ratio(Some(100));
    let told = |len: usize| {
        let mut peer = Peer::with(settings.clone(), Config::default());
        peer.text(&[&zeros(len)])
    };
    // Up to 64 KiB a few bytes may become however many.
    assert!(matches!(told(64 << 10), Told::Text(_)));
    assert_eq!(told((64 << 10) + 1), Told::Failed(1008));
    for generous in [
        settings.clone().with_max_ratio(Some(2000)),
        Deflate::default(),
    ] {
        let mut peer = Peer::with(generous, Config::default());
        assert!(matches!(peer.text(&[&zeros(500 << 10)]), Told::Text(_)));
    }
}

#[test]
fn a_ratio_above_the_one_that_is_allowed_is_told_while_the_message_comes() {
    let settings = Deflate::default().with_max_ratio(Some(100));
    let deflated = zeros(8 << 20);
    let (first, second) = deflated.split_at(4 << 10);
    assert!(second.len() > 1000);
    let peer = || {
        let config = Config::default().with_max_message(16 << 20);
        Peer::with(settings.clone(), config)
    };
    // Neither its end nor all that it would become is needed.
    let mut fragments = peer();
    let (told, info) = measure(|| fragments.begin(first));
    assert_eq!(told, Told::Failed(1008));
    assert!(info.bytes_max < 1 << 20, "{info:?}");
    let mut whole = peer();
    let (told, info) = measure(|| whole.text(&[&deflated]));
    assert_eq!(told, Told::Failed(1008));
    assert!(info.bytes_max < 1 << 20, "{info:?}");
}

/// A text that is worth compressing.
fn text(seed: usize) -> String {
    (0..60)
        .map(|i| format!("{{\"id\":{},\"name\":\"user {}\"}},", i * seed, i % 7))
        .collect()
}

/// Both ends of a connection, which have exchanged messages of more than 32 KiB.
fn used(takeover: Takeover, bits: WindowBits) -> (Sender, Receiver) {
    let settings = Arc::new(
        Deflate::default()
            .with_takeover(takeover)
            .with_peer_takeover(takeover)
            .with_window_bits(bits)
            .with_peer_window_bits(bits),
    );
    let agreed = settings.accept(&[settings.offer()]).expect("our own offer");
    let server = PermessageDeflate::new(settings.clone(), agreed, Role::Server);
    let client = PermessageDeflate::new(settings, agreed, Role::Client);
    let mut sender = Sender::server(Config::default()).with_extension(&server);
    let mut receiver = Receiver::client(Config::default()).with_extension(&client);
    let mut batch = ws_connection::Batch::default();
    for seed in 1..30 {
        sender.send(text(seed)).expect("open");
        sender.transmit(Instant::now(), &mut batch);
        let len = bytes::Buf::remaining(&batch);
        let mut bytes = bytes::Buf::copy_to_bytes(&mut batch, len).to_vec();
        let mut input = &mut bytes[..];
        while receiver.receive(&mut input).expect("legal").is_some() {}
        sender.transmit(Instant::now(), &mut batch);
    }
    (sender, receiver)
}

#[test]
fn an_endpoint_without_takeover_holds_nothing_between_messages() {
    // Warms the pool of this thread.
    drop(used(Takeover::Off, WindowBits::MAX));
    let (ends, info) = measure(|| used(Takeover::Off, WindowBits::MAX));
    println!(
        "idle, without takeover: {} bytes for both ends",
        info.bytes_current
    );
    assert!(info.bytes_current <= 1024, "{info:?}");
    drop(ends);
}

#[test]
fn with_takeover_the_window_is_what_a_receiver_holds() {
    // With the default memory level; `memory.rs` has the others.
    for (bits, compressor) in [(8, 246), (12, 260), (15, 372)] {
        let bits = WindowBits::new(bits).expect("legal");
        drop(used(Takeover::On, bits));
        let (ends, both) = measure(|| used(Takeover::On, bits));
        let (_, sender) = measure(|| drop(ends.0));
        let sender = -sender.bytes_current;
        let receiver = both.bytes_current - sender;
        println!("idle, window {bits}: receiver {receiver} bytes, sender {sender}");
        let window = bits.bytes() as i64;
        assert!((window..=window + 1024).contains(&receiver), "{receiver}");
        let most = compressor << 10;
        assert!((most - 2048..=most).contains(&sender), "{bits}: {sender}");
    }
}

#[test]
fn a_compressor_goes_as_soon_as_nothing_more_can_be_sent() {
    type End = fn(&mut Sender);
    let endings: [End; 3] = [
        |sender| sender.close(None),
        |sender| sender.on_event(Instant::now(), &Event::Close(None)),
        |sender| sender.fail_with(CloseCode::NORMAL.into()),
    ];
    for end in endings {
        let (mut sender, _receiver) = used(Takeover::On, WindowBits::MAX);
        let ((), info) = measure(|| end(&mut sender));
        assert!(info.bytes_current < -(256 << 10), "{info:?}");
    }
}

#[test]
fn all_of_it_is_released_at_the_end() {
    for takeover in [Takeover::Off, Takeover::On] {
        drop(used(takeover, WindowBits::MAX));
        for _ in 0..20 {
            let ((), info) = measure(|| drop(used(takeover, WindowBits::MAX)));
            assert_eq!(info.bytes_current, 0, "{takeover:?}");
        }
    }
}
