//! The codec alone: headers, masking, UTF-8.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ws_frame::{FrameHeader, MaskingKey, Utf8Validator, validate_utf8};

const KEY: MaskingKey = MaskingKey::new([0x37, 0xfa, 0x21, 0x3d]);

fn header(c: &mut Criterion) {
    let mut group = c.benchmark_group("header");
    for len in [32, 1024, 1 << 20] {
        let header = FrameHeader::binary(len).with_masking_key(KEY);
        let mut bytes = Vec::new();
        header.encode(&mut bytes);
        group.bench_with_input(BenchmarkId::new("decode", len), &bytes, |b, bytes| {
            b.iter(|| FrameHeader::decode(black_box(bytes)));
        });
        let mut dst = Vec::with_capacity(FrameHeader::MAX_LEN);
        group.bench_with_input(BenchmarkId::new("encode", len), &header, |b, header| {
            b.iter(|| {
                dst.clear();
                black_box(header).encode(&mut dst);
            });
        });
    }
}

fn masking(c: &mut Criterion) {
    let mut group = c.benchmark_group("masking");
    for len in [32, 1 << 10, 64 << 10] {
        let mut payload = vec![0; len];
        group.throughput(Throughput::Bytes(len as u64));
        group.bench_function(BenchmarkId::from_parameter(len), |b| {
            b.iter(|| KEY.apply(black_box(&mut payload), 0));
        });
    }
}

fn utf8(c: &mut Criterion) {
    let mut group = c.benchmark_group("utf8");
    for (name, text) in [
        ("ascii", "plain text ".repeat(6_000)),
        ("mixed", "Größe, 漢字 ".repeat(4_000)),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("whole", name), &text, |b, text| {
            b.iter(|| validate_utf8(black_box(text.as_bytes())));
        });
        group.bench_with_input(
            BenchmarkId::new("pieces of 1,000", name),
            &text,
            |b, text| {
                b.iter(|| {
                    let mut validator = Utf8Validator::new();
                    for piece in black_box(text.as_bytes()).chunks(1_000) {
                        let _ = validator.push(piece);
                    }
                    validator.finish()
                });
            },
        );
    }
}

criterion_group!(benches, header, masking, utf8);
criterion_main!(benches);
