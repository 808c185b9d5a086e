//! One endpoint without a transport: a read goes in, the reply to all of it comes out.

use std::{sync::Arc, time::Instant};

use bytes::Buf;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ws_connection::{Batch, Config, Event, Receiver, Sender};
use ws_frame::{FrameHeader, MaskingKey};

/// A read with so many masked text messages.
fn read(messages: usize, len: usize) -> Vec<u8> {
    let key = MaskingKey::new([1, 2, 3, 4]);
    let mut bytes = Vec::new();
    for _ in 0..messages {
        FrameHeader::text(len)
            .with_masking_key(key)
            .encode(&mut bytes);
        let start = bytes.len();
        bytes.resize(start + len, b'x');
        key.apply(&mut bytes[start..], 0);
    }
    bytes
}

/// Echoes all that one read brought.
fn echo(receiver: &mut Receiver, sender: &mut Sender, read: &mut [u8]) -> usize {
    let now = Instant::now();
    let mut input = read;
    sender.handle_read(now);
    while let Ok(Some(event)) = receiver.receive(&mut input) {
        if let Event::Message(message) = event {
            sender.send(message).expect("the queue has room");
        }
    }
    let mut batch = Batch::default();
    let mut written = 0;
    loop {
        sender.transmit(now, &mut batch);
        if !batch.has_remaining() {
            return written;
        }
        written += batch.remaining();
        batch.advance(batch.remaining());
    }
}

fn echoes(c: &mut Criterion) {
    let config = Arc::new(Config::default());
    let mut group = c.benchmark_group("echo");
    for (messages, len) in [(1, 64), (32, 32), (1, 16 << 10), (1, 1 << 20)] {
        let mut receiver = Receiver::server(config.clone());
        let mut sender = Sender::server(config.clone());
        let bytes = read(messages, len);
        group.throughput(Throughput::Elements(messages as u64));
        group.bench_function(BenchmarkId::new(format!("{messages} x"), len), |b| {
            b.iter_batched_ref(
                || bytes.clone(),
                |read| echo(&mut receiver, &mut sender, read),
                BatchSize::SmallInput,
            );
        });
    }
}

criterion_group!(benches, echoes);
criterion_main!(benches);
