//! A few bytes that become many (A25): alone in its process, whose memory is looked at.

#![cfg(target_os = "linux")]

use std::{fs, sync::Arc, time::Duration};

use rustix::time::{ClockId, clock_gettime};
use ws_connection::{Config, Message, ProtocolError, Receiver, Role};
use ws_deflate::{Deflate, Deflater, PermessageDeflate, WindowBits};
use ws_frame::CloseCode;

const LIMIT: usize = 16 << 20;

/// The buffer, and beside it an inflater, what the buffer grew from while it was small, and pages of code that run for
/// the first time.
const MOST: u64 = LIMIT as u64 + (1 << 20);

/// Only optimised code has a promise.
const MOST_TIME: Duration = if cfg!(debug_assertions) {
    Duration::from_secs(10)
} else {
    Duration::from_millis(60)
};

/// What the process has held of memory at most.
fn most_resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: u64 = number.expect("in KiB").trim().parse().expect("a number");
    kib * 1024
}

/// Only what this thread did.
fn now() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(now).expect("it only grows")
}

/// Not from the allocator, which learns from what it gets back what to keep.
static ZEROS: [u8; 1 << 20] = [0; 1 << 20];

/// A frame of 256 MiB, a MiB at a time, each without reference to others: blocks may follow one another.
fn bomb() -> Vec<u8> {
    let deflater = Deflater::new(&Deflate::default().with_level(9), WindowBits::MAX);
    let piece = deflater.encode(&Message::from(&ZEROS[..]));
    let piece = piece.expect("shorter").payload().to_vec();
    let bomb = [&piece[..], b"\x00\x00\xff\xff"].concat().repeat(256);
    [&b"\xc1\x7f"[..], &(bomb.len() as u64).to_be_bytes(), &bomb].concat()
}

fn receive(frame: &mut [u8]) -> ProtocolError {
    let settings = Deflate::default();
    let agreed = settings.accept(&[settings.offer()]).expect("our own offer");
    let deflate = PermessageDeflate::new(Arc::new(settings), agreed, Role::Client);
    let config = Config::default().with_max_message(LIMIT);
    let mut receiver = Receiver::client(config).with_extension(&deflate);
    let reads = frame.chunks_mut(64 << 10);
    let told = reads.map(|mut read| receiver.receive(&mut read).map(|event| event.is_some()));
    told.into_iter().find_map(Result::err).expect("too much")
}

#[test]
fn a_message_is_refused_before_more_than_its_limit_is_inflated() {
    let bomb = bomb();
    assert!(bomb.len() < 300_000, "{} bytes", bomb.len());
    // The least time of three counts: what disturbs a run makes it longer.
    let mut frames = [(); 3].map(|()| bomb.clone());
    let before = most_resident();
    let mut time = Duration::MAX;
    for frame in &mut frames {
        let start = now();
        let error = receive(frame);
        time = time.min(now() - start);
        assert_eq!(error.close_code(), CloseCode::MESSAGE_TOO_BIG);
    }
    let more = most_resident() - before;
    println!(
        "decided: 1 bomb of {} bytes that inflate to 256 MiB, refused at a limit of 16 MiB after {time:?} with {more} bytes more \
        in the process",
        bomb.len()
    );
    assert!(more <= MOST, "{more} bytes more");
    assert!(time <= MOST_TIME, "{time:?}");
}
