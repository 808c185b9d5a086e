//! permessage-deflate without a transport: a message deflated, inflated, and echoed by one endpoint.

use std::{hint::black_box, sync::Arc, time::Instant};

use bytes::Buf;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ws_connection::{Batch, Compress, Config, Event, Message, Receiver, Role, Sender};
use ws_deflate::{Deflate, Deflater, PermessageDeflate, Takeover, WindowBits};
use ws_frame::{FrameHeader, MaskingKey, Rsv};

/// Text like what JSON APIs send; it shrinks to about a quarter.
fn json(len: usize) -> String {
    let mut text = String::from("[");
    let mut number = 7_u32;
    while text.len() < len {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (id, value, second) = (number >> 24, number >> 12 & 0xfff, number >> 4 & 31);
        text.push_str(&format!(
            "{{\"sensor\":{id},\"value\":{value},\"quality\":\"good\",\"at\":\"12:34:{second:02}Z\"}},"
        ));
    }
    text.truncate(len);
    text
}

/// What one end has, after both agreed on the settings of the other.
fn agreed(settings: &Deflate, role: Role) -> PermessageDeflate {
    let agreement = settings
        .accept(&[settings.offer()])
        .expect("its own offer is acceptable");
    PermessageDeflate::new(Arc::new(settings.clone()), agreement, role)
}

/// A read with one compressed message of a client.
fn read(text: &str) -> Vec<u8> {
    let message = Message::from(text).with_compress(Compress::Always);
    let encoded = Deflater::new(&Deflate::default().with_level(6), WindowBits::MAX)
        .encode(&message)
        .expect("it is to be compressed always");
    let key = MaskingKey::new([1, 2, 3, 4]);
    let mut bytes = Vec::new();
    FrameHeader::text(encoded.payload().len())
        .with_rsv(Rsv::RSV1)
        .with_masking_key(key)
        .encode(&mut bytes);
    let start = bytes.len();
    bytes.extend_from_slice(encoded.payload());
    key.apply(&mut bytes[start..], 0);
    bytes
}

fn receive(receiver: &mut Receiver, read: &mut [u8], mut message: impl FnMut(Message<'_>)) {
    let mut input = read;
    while let Some(event) = receiver.receive(&mut input).expect("legal") {
        if let Event::Message(one) = event {
            message(one);
        }
    }
}

fn deflated(c: &mut Criterion) {
    let mut group = c.benchmark_group("deflate");
    for len in [1 << 10, 64 << 10] {
        let text = json(len);
        group.throughput(Throughput::Bytes(len as u64));
        for level in [1, 6] {
            let deflater = Deflater::new(&Deflate::default().with_level(level), WindowBits::MAX);
            group.bench_function(BenchmarkId::new(format!("level {level}"), len), |b| {
                b.iter(|| deflater.encode(&Message::from(black_box(&text))));
            });
        }
    }
}

fn inflated(c: &mut Criterion) {
    let mut group = c.benchmark_group("inflate");
    for takeover in [Takeover::Off, Takeover::On] {
        let settings = Deflate::default()
            .with_peer_takeover(takeover)
            .with_takeover(takeover);
        let deflate = agreed(&settings, Role::Server);
        for len in [1 << 10, 64 << 10] {
            let bytes = read(&json(len));
            let config = Arc::new(Config::default());
            let mut receiver = Receiver::server(config).with_extension(&deflate);
            group.throughput(Throughput::Bytes(len as u64));
            group.bench_function(
                BenchmarkId::new(format!("takeover {takeover:?}"), len),
                |b| {
                    b.iter_batched_ref(
                        || bytes.clone(),
                        |read| receive(&mut receiver, read, |message| drop(black_box(message))),
                        BatchSize::SmallInput,
                    );
                },
            );
        }
    }
}

fn echoed(c: &mut Criterion) {
    let mut group = c.benchmark_group("deflate echo");
    let deflate = agreed(&Deflate::default(), Role::Server);
    let deflater = deflate.deflater().expect("there is no takeover");
    let config = Arc::new(Config::default());
    for len in [1 << 10, 64 << 10] {
        let bytes = read(&json(len));
        let mut receiver = Receiver::server(config.clone()).with_extension(&deflate);
        let mut sender = Sender::server(config.clone()).with_extension(&deflate);
        let mut batch = Batch::default();
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::from_parameter(len), |b| {
            b.iter_batched_ref(
                || bytes.clone(),
                |read| {
                    let now = Instant::now();
                    sender.handle_read(now);
                    receive(&mut receiver, read, |message| {
                        let encoded = deflater.encode(&message).expect("it shrinks");
                        let sent = sender.send_encoded(message, encoded);
                        sent.expect("the queue has room");
                    });
                    sender.transmit(now, &mut batch);
                    batch.advance(batch.remaining());
                },
                BatchSize::SmallInput,
            );
        });
    }
}

criterion_group!(benches, deflated, inflated, echoed);
criterion_main!(benches);
