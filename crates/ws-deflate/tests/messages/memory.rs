//! What the documentation of `Deflate` says of memory.

use std::{sync::Arc, time::Instant};

use bytes::Buf;
use ws_connection::{Batch, Config, Message, Role, Sender};
use ws_deflate::{Deflate, Deflater, PermessageDeflate, Takeover, WindowBits};

use crate::limits::measure;

/// KiB for the window, from 8 bits to 15. zlib has no window of 8 bits.
const OF_WINDOW: [f64; 8] = [2.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// KiB for the memory level, from 1 to 9.
const OF_LEVEL: [f64; 9] = [0.875, 1.75, 3.5, 7.0, 14.0, 28.0, 56.0, 112.0, 224.0];

/// KiB for all else.
const OF_ALL: f64 = 132.0;

/// What a sender that keeps its window gives back, in KiB.
fn compressor(bits: u8, level: u8, memory_level: u8) -> f64 {
    let bits = WindowBits::new(bits).expect("8 to 15");
    let settings = Deflate::default()
        .with_level(level)
        .with_memory_level(memory_level)
        .with_takeover(Takeover::On)
        .with_peer_takeover(Takeover::On)
        .with_window_bits(bits);
    let agreed = settings.accept(&[settings.offer()]).expect("our own offer");
    let deflate = PermessageDeflate::new(Arc::new(settings), agreed, Role::Server);
    let mut sender = Sender::server(Config::default()).with_extension(&deflate);
    let mut batch = Batch::default();
    sender.send("again and again; ".repeat(100)).expect("open");
    for _ in 0..2 {
        sender.transmit(Instant::now(), &mut batch);
        batch.advance(batch.remaining());
    }
    let ((), info) = measure(|| drop(sender));
    -info.bytes_current as f64 / 1024.0
}

#[test]
fn a_compressor_takes_what_the_documentation_says() {
    for bits in 8..=15 {
        for memory_level in 1..=9 {
            let [window, level] = [bits - 8, memory_level - 1].map(usize::from);
            let said = OF_WINDOW[window] + OF_LEVEL[level] + OF_ALL;
            for level in [0, 1, 6, 9] {
                let kib = compressor(bits, level, memory_level);
                assert!(
                    kib <= said && kib > said - 2.0,
                    "{bits} bits, level {level}, memory level {memory_level}: {kib} KiB, said {said}"
                );
            }
        }
    }
    println!(
        "a compressor: {} KiB by default, {} at most, {} at least",
        compressor(15, 1, 8),
        compressor(15, 1, 9),
        compressor(8, 1, 1)
    );
}

#[test]
fn a_thread_keeps_four_compressors_at_most_and_what_they_write_to() {
    let deflate = |bits| {
        let bits = WindowBits::new(bits).expect("8 to 15");
        let settings = Deflate::default().with_memory_level(9);
        let text = "again and again; ".repeat(100);
        let encoded = Deflater::new(&settings, bits).encode(&Message::from(text));
        drop(encoded.expect("shorter"));
    };
    let keeps = |bits: [u8; 8]| {
        let ((), info) = measure(|| bits.map(deflate).into_iter().collect());
        info.bytes_current as f64 / 1024.0
    };
    // Each test has a thread of its own. The last four are kept: 12 to 15 bits, 8 to 11 instead.
    let large = [12, 13, 14, 15].map(|bits: usize| OF_WINDOW[bits - 8] + OF_LEVEL[8] + OF_ALL);
    let said = large.iter().sum::<f64>() + 16.0;
    let kept = keeps([8, 9, 10, 11, 12, 13, 14, 15]);
    println!("a thread keeps {kept} KiB of compressors");
    assert!(kept <= said && kept > said - 8.0, "{kept}, said {said}");
    let more = keeps([15, 14, 13, 12, 11, 10, 9, 8]);
    assert!(more < -192.0, "{more}");
}
