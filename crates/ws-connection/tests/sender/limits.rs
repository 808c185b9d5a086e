//! The marks and the limit of the queue where they meet, and the buffers behind a small last batch.

use std::time::Instant;

use bytes::Buf;
use ws_connection::{Batch, Config, Sender};

use crate::outbox::Outbox;

/// A message that takes 100 bytes on a server's wire.
const HUNDRED: &[u8] = &[7; 98];

#[test]
fn the_high_water_mark_is_never_above_the_limit() {
    let low_limit = Config::default().with_max_queue(64 << 10);
    assert_eq!(low_limit.high_water(), 64 << 10);
    assert_eq!(low_limit.low_water(), 32 << 10);
    let high_limit = Config::default().with_high_water(1000);
    assert_eq!(
        (high_limit.high_water(), high_limit.low_water()),
        (1000, 500)
    );
    // In any order.
    let both = Config::default().with_max_queue(10).with_high_water(1000);
    assert_eq!(both.high_water(), 10);
}

/// Whoever stops at the congestion loses nothing.
#[test]
fn a_sender_is_congested_before_it_refuses_a_message() {
    for max_queue in [100, 950, 1000, 5000] {
        let config = Config::default().with_max_queue(max_queue);
        let mut outbox = Outbox::server(config);
        while !outbox.sender.is_congested() {
            outbox.sender.send(HUNDRED).expect("not congested");
        }
        assert!(outbox.sender.queued() >= max_queue);
        outbox.sender.send(HUNDRED).expect_err("congested and full");
        outbox.write_bytes();
        assert!(!outbox.sender.is_congested());
    }
}

/// A reply that is taken for written at once leaves no mark behind.
#[test]
fn a_small_batch_that_is_assumed_to_be_written_ends_the_congestion() {
    let mut outbox = Outbox::server(Config::default().with_high_water(50));
    outbox.sender.send(HUNDRED).expect("open");
    assert!(outbox.sender.is_congested());
    outbox.transmit();
    outbox.sender.assume_written();
    assert_eq!(outbox.sender.queued(), 0);
    assert!(!outbox.sender.is_congested());
    assert!(outbox.sender.take_drained());
}

/// What a driver does that takes a small last batch for written.
fn write_out(sender: &mut Sender, batch: &mut Batch, small: usize) -> usize {
    let now = Instant::now();
    let mut assumed = 0;
    loop {
        sender.transmit(now, batch);
        let left = batch.remaining();
        if left == 0 {
            return assumed;
        }
        if left <= small && left == sender.queued() {
            sender.assume_written();
            batch.advance(left);
            *batch = Batch::default();
            assumed += 1;
            return assumed;
        }
        batch.advance(left);
    }
}

/// The large batch before it has given its buffer back for further replies.
#[test]
fn a_small_last_batch_that_is_assumed_to_be_written_frees_the_large_buffer() {
    let mut assumed = 0;
    for count in 126..136 {
        let mut sender = Sender::server(Config::default());
        let mut batch = Batch::default();
        let info = allocation_counter::measure(|| {
            for _ in 0..count {
                sender.send(&[7; 2040]).expect("open");
            }
            assumed += write_out(&mut sender, &mut batch, 4096);
        });
        assert_eq!(sender.queued(), 0);
        assert!(info.bytes_max > 250_000, "{info:?}");
        assert_eq!(info.bytes_current, 0, "{count}");
    }
    assert!(assumed > 0, "no last batch was small");
}
