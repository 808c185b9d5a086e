//! A few bytes that become many (A25): alone in its process, whose memory is looked at.

#![cfg(target_os = "linux")]

use std::{fs, sync::Arc, time::Instant};

use ws_connection::{Config, Message, Receiver, Role};
use ws_deflate::{Deflate, Deflater, PermessageDeflate, WindowBits};
use ws_frame::CloseCode;

const LIMIT: usize = 16 << 20;

/// What the process has held of memory at most, in KiB.
fn most_resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    number.expect("in KiB").trim().parse().expect("a number")
}

#[test]
fn a_message_is_refused_before_more_than_its_limit_is_inflated() {
    let deflater = Deflater::new(&Deflate::default().with_level(9), WindowBits::MAX);
    // 256 MiB, a MiB at a time, each without reference to others: blocks may follow one another.
    let piece = deflater.encode(&Message::from(&vec![0; 1 << 20][..]));
    let piece = piece.expect("shorter").payload().to_vec();
    let bomb = [&piece[..], b"\x00\x00\xff\xff"].concat().repeat(256);
    assert!(bomb.len() < 400 << 10, "{} bytes", bomb.len());
    let config = Config::default().with_max_message(LIMIT);
    let settings = Deflate::default();
    let agreed = settings.accept(&[settings.offer()]).expect("our own offer");
    let deflate = PermessageDeflate::new(Arc::new(settings), agreed, Role::Client);
    let mut receiver = Receiver::client(config).with_extension(&deflate);
    let mut frame = [&b"\xc1\x7f"[..], &(bomb.len() as u64).to_be_bytes(), &bomb].concat();
    let before = most_resident();
    let start = Instant::now();
    let reads = frame.chunks_mut(64 << 10);
    let told = reads.map(|mut read| receiver.receive(&mut read).map(|event| event.is_some()));
    let error = told.into_iter().find_map(Result::err).expect("too much");
    let (took, more) = (start.elapsed(), most_resident() - before);
    println!(
        "{} bytes that inflate to 256 MiB: refused after {took:?}, {more} KiB more",
        bomb.len()
    );
    assert_eq!(error.close_code(), CloseCode::MESSAGE_TOO_BIG);
    // Its buffer, what it grew from, an inflater and what one read brings.
    let most = (LIMIT + (2 << 20)) as u64 / 1024;
    assert!(more <= most, "{more} KiB more");
}
