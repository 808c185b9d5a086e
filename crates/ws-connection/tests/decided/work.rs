//! Work is linear: twice the input takes twice the CPU time of the thread, not four times (A19, A20, A21, A24).

use std::{
    iter,
    time::{Duration, Instant},
};

use bytes::Buf;
use rustix::time::{ClockId, clock_gettime};
use ws_connection::{Batch, Config, Event, Overflow, Receiver, SendOptions, Sender};
use ws_testing::naive::Frame;

use crate::endpoint::KEY;

/// Quadratic work would take four times as long.
const MOST: f64 = 3.0;

/// The least of so many runs counts: whatever disturbs a run makes it longer.
const RUNS: usize = 3;

/// So often are both sizes tried.
const PAIRS: usize = 10;

/// Below this the caches of the processor count as much as the work.
const ENOUGH: Duration = Duration::from_millis(4);

/// Enough for a few milliseconds in release; unoptimised code takes ten times as long.
const SIZE: usize = if cfg!(debug_assertions) {
    20_000
} else {
    400_000
};

fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        now.tv_sec.unsigned_abs(),
        u32::try_from(now.tv_nsec).expect("less than a second"),
    )
}

fn least_time<T>(size: usize, prepare: &impl Fn(usize) -> T, work: &impl Fn(T)) -> Duration {
    let run = |_| {
        let input = prepare(size);
        let start = cpu_time();
        work(input);
        cpu_time() - start
    };
    (0..RUNS).map(run).min().expect("there are runs")
}

/// From `SIZE` on, what takes long enough to be measured.
fn decide<T>(what: &str, prepare: impl Fn(usize) -> T, work: impl Fn(T)) {
    let is_short = |size: &usize| least_time(*size, &prepare, &work) < ENOUGH;
    let mut sizes = iter::successors(Some(SIZE), |size| Some(2 * size));
    let size = sizes.find(|size| !is_short(size)).expect("it has no end");
    compare(what, size, prepare, work);
}

fn compare<T>(what: &str, size: usize, prepare: impl Fn(usize) -> T, work: impl Fn(T)) {
    let (mut once, mut twice) = (Duration::MAX, Duration::MAX);
    let mut ratio = f64::INFINITY;
    // By turns, so that what disturbs one disturbs the other; quadratic work never gets below.
    for _ in 0..PAIRS {
        once = once.min(least_time(size, &prepare, &work));
        twice = twice.min(least_time(2 * size, &prepare, &work));
        ratio = twice.as_secs_f64() / once.as_secs_f64();
        if ratio < MOST {
            break;
        }
    }
    assert!(ratio < MOST, "{what}: {once:?}, twice as many {twice:?}");
    println!("decided: {size} {what}; twice as many took {ratio:.2} times as long");
}

fn receiver() -> Receiver {
    let config = Config::default()
        .with_max_message(usize::MAX)
        .with_max_empty_fragments(u32::MAX);
    Receiver::server(config)
}

fn drain(receiver: &mut Receiver, input: &mut [u8]) -> usize {
    let mut input = input;
    let mut events = 0;
    while receiver.receive(&mut input).expect("legal").is_some() {
        events += 1;
    }
    events
}

#[test]
fn a_message_that_is_read_byte_by_byte() {
    let prepare = |size| Frame::text(vec![b'a'; size]).masked(KEY).encode();
    decide(
        "bytes of a message, read one by one",
        prepare,
        |mut bytes| {
            let mut receiver = receiver();
            let pieces = bytes.chunks_mut(1);
            let events: usize = pieces.map(|piece| drain(&mut receiver, piece)).sum();
            assert_eq!(events, 1);
        },
    );
}

fn fragments(payload: &str, count: usize) -> Vec<u8> {
    let mut bytes = Frame::text("a").unfinished().masked(KEY).encode();
    let fragment = Frame::continuation(payload).unfinished().masked(KEY);
    bytes.extend(fragment.encode().repeat(count));
    bytes.extend(Frame::continuation("z").masked(KEY).encode());
    bytes
}

#[test]
fn a_message_in_fragments_of_one_byte() {
    let prepare = |size| fragments("b", size);
    decide("fragments of one byte", prepare, |mut bytes| {
        assert_eq!(drain(&mut receiver(), &mut bytes), 1);
    });
}

#[test]
fn a_message_with_empty_continuations() {
    let prepare = |size| fragments("", size);
    decide("empty continuations", prepare, |mut bytes| {
        assert_eq!(drain(&mut receiver(), &mut bytes), 1);
    });
}

/// The peer reads nothing, so that all the pongs but the newest ones give way.
#[test]
fn pings_of_a_peer_that_reads_nothing() {
    let now = Instant::now();
    let prepare = |size| Frame::ping("?").masked(KEY).encode().repeat(size);
    decide(
        "pings of a peer that reads nothing",
        prepare,
        |mut bytes| {
            let (mut receiver, mut sender) = (receiver(), Sender::server(Config::default()));
            let mut input = &mut bytes[..];
            while let Some(event) = receiver.receive(&mut input).expect("legal") {
                assert!(matches!(event, Event::Ping(_)));
                sender.on_event(now, &event);
            }
            assert_eq!(sender.queued(), 32 * 3);
        },
    );
}

#[test]
fn messages_that_wait_and_are_written_byte_by_byte() {
    let now = Instant::now();
    let work = |size| {
        let mut sender = Sender::server(Config::default().with_max_queue(usize::MAX));
        for _ in 0..size {
            sender.send("a").expect("room");
        }
        let mut batch = Batch::default();
        let mut written = 0;
        sender.transmit(now, &mut batch);
        while batch.has_remaining() {
            batch.advance(1);
            written += 1;
            sender.transmit(now, &mut batch);
        }
        assert_eq!(written, 3 * size);
    };
    decide("messages, written byte by byte", |size| size, work);
}

/// Between those that give way stand others that do not, so that each drop leaves a gap behind some of them.
#[test]
fn messages_that_drop_the_oldest_of_a_full_queue() {
    let work = |size: usize| {
        let cost = 1 + SendOptions::CHARGE;
        let mut sender = Sender::server(Config::default().with_max_queue(size * cost));
        let oldest = SendOptions::default().with_overflow(Overflow::DropOldest);
        for number in 0..size {
            let options = match number % 2 {
                0 => SendOptions::default().with_key(number as u64),
                _ => oldest,
            };
            sender.send_with("a", options).expect("room");
        }
        for _ in 0..size {
            sender.send_with("b", oldest).expect("one gives way");
        }
        assert_eq!(sender.dropped().oldest.messages, size as u64);
    };
    decide(
        "messages that drop the oldest of a full queue",
        |size| size,
        work,
    );
}
