//! Compressors are used again and again, for one connection after the other: they must remember nothing.

use std::thread;

use bytes::Bytes;
use ws_connection::{Compress, Message};
use ws_deflate::{Deflate, Deflater, WindowBits};

use crate::sent::noise;

/// What a compressor makes of the message that was never used before: each thread has its own.
fn of_a_new_one(deflater: &Deflater, message: &[u8], compress: Compress) -> Option<Bytes> {
    let encode = || encode(deflater, message, compress);
    thread::scope(|scope| scope.spawn(encode).join().expect("no panic"))
}

fn encode(deflater: &Deflater, message: &[u8], compress: Compress) -> Option<Bytes> {
    let message = Message::from(message).with_compress(compress);
    Some(deflater.encode(&message)?.payload().clone())
}

fn check(settings: &Deflate, bits: u8, messages: &[(Vec<u8>, Compress)]) {
    let deflater = Deflater::new(settings, WindowBits::new(bits).expect("legal"));
    for (at, (message, compress)) in messages.iter().enumerate() {
        let again = encode(&deflater, message, *compress);
        let new = of_a_new_one(&deflater, message, *compress);
        assert!(again == new, "message {at}, {bits} bits, {settings:?}");
    }
}

/// Each repeats parts of those before; one is given up when it does not shrink.
fn messages() -> Vec<(Vec<u8>, Compress)> {
    let text = b"{\"sensor\":7,\"value\":12.5},".repeat(40);
    let noise = noise(40_000);
    let mixed = [&text[..], &noise[..2000], &text].concat();
    let long = [&mixed[..], &text.repeat(60), &mixed].concat();
    vec![
        (text.clone(), Compress::Auto),
        (text.clone(), Compress::Auto),
        (noise.clone(), Compress::Auto),
        (text.clone(), Compress::Auto),
        (mixed, Compress::Auto),
        (long, Compress::Auto),
        (Vec::new(), Compress::Always),
        (Vec::new(), Compress::Always),
        (text.clone(), Compress::Auto),
        (noise.clone(), Compress::Always),
        (noise[..500].to_vec(), Compress::Always),
        (text, Compress::Auto),
    ]
}

#[test]
fn a_compressor_that_was_used_before_does_what_a_new_one_does() {
    let messages = messages();
    for level in 0..=9 {
        for (memory_level, bits) in [(1, 15), (8, 15), (9, 15), (8, 12), (8, 9), (1, 8)] {
            let settings = Deflate::default()
                .with_level(level)
                .with_memory_level(memory_level);
            check(&settings, bits, &messages);
        }
    }
}

/// A flush that ends where the room of 16 KiB does has to be asked for again.
#[test]
fn so_it_does_when_what_it_writes_just_fills_its_room() {
    let noise = noise(16_500);
    let lens = 16_340..16_420;
    let messages: Vec<_> = lens
        .map(|len| (noise[..len].to_vec(), Compress::Always))
        .collect();
    for level in [0, 1, 6] {
        check(&Deflate::default().with_level(level), 15, &messages);
    }
}
