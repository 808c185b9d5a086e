//! A batch is a `Buf`: however it is read, its bytes are the same.

use std::{io::IoSlice, time::Instant};

use bytes::{Buf, Bytes};
use proptest::{collection::vec, prelude::*};
use ws_connection::{Batch, Config, Sender};

/// Messages that are copied into the batch, and such as lie in it as they are.
fn batch(messages: &[(usize, bool)]) -> Batch {
    let config = Config::default().with_max_queue(usize::MAX);
    let mut sender = Sender::server(config);
    for (i, (len, owned)) in messages.iter().enumerate() {
        let payload = vec![i as u8; *len];
        let result = match owned {
            true => sender.send(Bytes::from(payload)),
            false => sender.send(&payload[..]),
        };
        result.expect("open");
    }
    sender.ping(b"in front").expect("open");
    let mut batch = Batch::default();
    sender.transmit(Instant::now(), &mut batch);
    batch
}

fn messages() -> impl Strategy<Value = Vec<(usize, bool)>> {
    let len = prop_oneof![3 => 0_usize..300, 2 => 8_000_usize..20_000, 1 => 60_000_usize..70_000];
    vec((len, any::<bool>()), 0..12)
}

/// All bytes, a chunk at a time.
fn by_chunk(mut batch: Batch) -> Vec<u8> {
    let mut bytes = Vec::new();
    while batch.has_remaining() {
        let chunk = batch.chunk().to_vec();
        assert!(!chunk.is_empty());
        batch.advance(chunk.len());
        bytes.extend(chunk);
    }
    assert!(batch.chunk().is_empty());
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_advances_over_chunks_give_the_same_bytes(
        messages in messages(),
        steps in vec(1_usize..30_000, 1..20),
    ) {
        let expected = by_chunk(batch(&messages));
        let mut batch = batch(&messages);
        prop_assert_eq!(batch.remaining(), expected.len());
        let mut bytes = Vec::new();
        for step in steps.into_iter().cycle() {
            let len = step.min(batch.chunk().len());
            if len == 0 {
                break;
            }
            bytes.extend_from_slice(&batch.chunk()[..len]);
            batch.advance(len);
            prop_assert_eq!(batch.remaining(), expected.len() - bytes.len());
        }
        prop_assert!(bytes == expected);
    }

    /// As a vectored write takes them: any number of slices, and then any number of bytes of them.
    #[test]
    fn any_advances_over_slices_give_the_same_bytes(
        messages in messages(),
        steps in vec((1_usize..6, 1_usize..60_000), 1..20),
    ) {
        let expected = by_chunk(batch(&messages));
        let mut batch = batch(&messages);
        let mut bytes = Vec::new();
        for (slots, most) in steps.into_iter().cycle() {
            let mut slices = [IoSlice::new(&[]); 6];
            let used = batch.chunks_vectored(&mut slices[..slots]);
            prop_assert!(used <= slots && slices[..used].iter().all(|slice| !slice.is_empty()));
            let taken: Vec<u8> = slices[..used].iter().flat_map(|s| s.iter().copied()).take(most).collect();
            if taken.is_empty() {
                break;
            }
            batch.advance(taken.len());
            bytes.extend(taken);
        }
        prop_assert_eq!(batch.remaining(), 0);
        prop_assert!(bytes == expected);
    }

    #[test]
    fn an_advance_over_several_segments_skips_just_so_many_bytes(
        messages in messages(),
        at in any::<prop::sample::Index>(),
    ) {
        let expected = by_chunk(batch(&messages));
        let mut batch = batch(&messages);
        let at = at.index(expected.len() + 1);
        batch.advance(at);
        prop_assert!(by_chunk(batch) == expected[at..]);
    }
}

#[test]
fn a_large_owned_payload_has_a_slice_of_its_own() {
    let batch = batch(&[(10, false), (50_000, true), (10, false)]);
    let mut slices = [IoSlice::new(&[]); 8];
    let used = batch.chunks_vectored(&mut slices);
    let lens: Vec<_> = slices[..used].iter().map(|slice| slice.len()).collect();
    assert_eq!(lens.len(), 4, "lane, head, payload, rest: {lens:?}");
    assert_eq!(lens[2], 50_000);
}

/// Below 8 KiB a copy is cheaper than a slice of its own in the write.
#[test]
fn an_owned_payload_is_copied_below_8_kib_and_not_from_there_on() {
    for (len, expected) in [(0, 2), (8_191, 2), (8_192, 3)] {
        let batch = batch(&[(len, true)]);
        let mut slices = [IoSlice::new(&[]); 4];
        let used = batch.chunks_vectored(&mut slices);
        assert_eq!(used, expected, "the ping, and a message of {len} bytes");
        assert_eq!(batch.remaining(), by_chunk(batch).len());
    }
}

#[test]
fn a_batch_that_is_not_written_keeps_its_bytes_when_it_is_released() {
    let messages = [(10, false), (50_000, true)];
    let expected = by_chunk(batch(&messages));
    let mut batch = batch(&messages);
    batch.advance(5);
    batch.release();
    assert!(by_chunk(batch) == expected[5..]);
}

#[test]
fn an_empty_batch_has_nothing() {
    let mut batch = Batch::default();
    assert_eq!((batch.remaining(), batch.chunk().len()), (0, 0));
    assert_eq!(batch.chunks_vectored(&mut [IoSlice::new(&[])]), 0);
    batch.advance(0);
}

#[test]
#[should_panic(expected = "advanced past the end of the batch")]
fn an_advance_past_the_end_is_a_bug_of_the_caller() {
    Batch::default().advance(1);
}
