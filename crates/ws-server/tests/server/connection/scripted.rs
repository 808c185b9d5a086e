//! Reads and writes of one byte, nothing to read or no room at any call, an error at every call: nothing is lost or
//! doubled, and every ending is told once (A49).

use std::io::ErrorKind;

use ws_server::{Config, Peer, serve_connection};
use ws_testing::{
    io::Script,
    naive::{Decoder, Frame, opcode},
    peer::{REQUEST, masked},
};

use crate::{log::Log, puppet::Puppet};

/// A request and frames of every kind, sizes on both sides of a copied read among them.
fn conversation() -> Vec<u8> {
    let frames = [
        Frame::text("one"),
        Frame::ping("p"),
        Frame::binary("tw").unfinished(),
        Frame::pong("unasked"),
        Frame::continuation("o"),
        Frame::text("x".repeat(5000)),
        Frame::text(""),
        Frame::text("do send a; send b"),
        Frame::close(4000, "bye"),
    ];
    let frames = frames.into_iter().flat_map(masked);
    REQUEST.bytes().chain(frames).collect()
}

/// What a script leads to.
struct Outcome {
    log: Log,
    written: Vec<u8>,
    writes: Vec<usize>,
}

async fn serve(script: Script) -> Outcome {
    let (io, record) = script.start();
    let log = Log::new();
    let puppet = Puppet::new(&log);
    serve_connection(io, Peer::UNKNOWN, puppet, Config::default().into()).await;
    assert!(record.is_dropped());
    Outcome {
        log,
        written: record.written(),
        writes: record.writes().iter().map(bytes::Bytes::len).collect(),
    }
}

impl Outcome {
    /// Data frames and the Close, and pongs: how they lie between one another depends on the reads.
    fn frames(&self) -> (Vec<String>, Vec<String>) {
        let end = self.written.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(end) = end else {
            return Default::default();
        };
        let mut decoder = Decoder::default();
        let frames = decoder.push_all(&self.written[end + 4..]).expect("legal");
        let is_pong = |frame: &Frame| frame.opcode == opcode::PONG;
        let (pongs, others): (Vec<_>, Vec<_>) = frames.into_iter().partition(is_pong);
        let lines = |frames: Vec<Frame>| frames.iter().map(Frame::to_string).collect();
        (lines(others), lines(pongs))
    }

    /// What every ending has in common.
    fn assert_told_once(&self, context: &str) {
        let opened = self.log.count("open");
        assert!(opened <= 1, "{context}");
        assert_eq!(self.log.count("close "), opened, "{context}");
        assert_eq!(self.log.count("dropped"), opened, "{context}");
        let lines = self.log.lines();
        let close = lines.iter().position(|line| line.starts_with("close "));
        if let Some(close) = close {
            assert_eq!(lines.len(), close + 2, "{context}: {lines:?}");
        }
    }
}

const ANSWERS: [&str; 7] = [
    "text 'one'",
    "binary 'two'",
    "text of 5000 bytes",
    "text ''",
    "text 'a'",
    "text 'b'",
    "close 4000 'bye'",
];

#[track_caller]
fn assert_whole(outcome: &Outcome, context: &str) {
    let (answers, pongs) = outcome.frames();
    assert_eq!(answers, ANSWERS, "{context}");
    assert_eq!(pongs, ["pong 'p'"], "{context}");
    outcome.assert_told_once(context);
    assert_eq!(
        outcome.log.count("close 4000 (closed by the peer), clean"),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn reads_and_writes_of_any_size_lose_nothing_and_double_nothing() {
    for read in [1, 2, 3, 5, 17, 1000, 1_000_000] {
        for write in [1, 2, 7, 1000, usize::MAX] {
            let script = Script::new().read_in_pieces(conversation(), read).end();
            let outcome = serve(script.writes_of_at_most(write)).await;
            assert_whole(&outcome, &format!("reads of {read}, writes of {write}"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_to_read_and_no_room_to_write_at_every_call_lose_nothing() {
    for (read, write) in [(1, 1), (3, 1000), (1000, 3)] {
        let mut script = Script::new();
        for piece in conversation().chunks(read) {
            script = script.pending().pending().read(piece).pending();
        }
        for _ in 0..20_000 / write {
            script = script.write_pending().accept(write).write_pending();
        }
        assert_whole(&serve(script.end()).await, &format!("{read}, {write}"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_at_any_read_ends_the_connection_and_is_told_once() {
    const PIECE: usize = 7;
    let bytes = conversation();
    for kind in [ErrorKind::ConnectionReset, ErrorKind::TimedOut] {
        for reads in 0..bytes.len().div_ceil(PIECE) {
            let context = format!("{kind} behind {reads} reads");
            let before = &bytes[..reads * PIECE];
            let script = Script::new().read_in_pieces(before, PIECE);
            let outcome = serve(script.read_error(kind).end()).await;
            outcome.assert_told_once(&context);
            let (answers, _) = outcome.frames();
            assert_eq!(answers, ANSWERS[..answers.len()], "{context}");
            let told = format!("close 1006 (transport: {kind})");
            assert_eq!(
                outcome.log.count(&told),
                outcome.log.count("open"),
                "{context}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_end_at_any_byte_ends_the_connection_and_is_told_once() {
    let bytes = conversation();
    let close = masked(Frame::close(4000, "bye")).len();
    for len in (0..bytes.len() - close).filter(|len| len % 3 == 0 || *len < 500) {
        let context = format!("the end behind {len} bytes");
        let outcome = serve(Script::new().read(&bytes[..len]).end()).await;
        outcome.assert_told_once(&context);
        let (answers, _) = outcome.frames();
        assert_eq!(answers, ANSWERS[..answers.len()], "{context}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_at_any_write_ends_the_connection_and_is_told_once() {
    const PIECE: usize = 61;
    let script = || {
        let script = Script::new().read_in_pieces(conversation(), 100).end();
        script.writes_of_at_most(PIECE)
    };
    let whole = serve(script()).await;
    for writes in 0..whole.writes.len() {
        let context = format!("an error behind {writes} writes");
        let mut script = script();
        for _ in 0..writes {
            script = script.accept(PIECE);
        }
        let outcome = serve(script.write_error(ErrorKind::BrokenPipe)).await;
        outcome.assert_told_once(&context);
        let len: usize = whole.writes[..writes].iter().sum();
        assert_eq!(outcome.written, whole.written[..len], "{context}");
        let told = outcome.log.count("close 1006 (transport: broken pipe)");
        let after_close = outcome.log.count("close 4000 (closed by the peer)");
        let opened = outcome.log.count("open");
        assert_eq!(told + after_close, opened, "{context}");
    }
}

/// A transport that takes nothing and does not say so would be asked for ever.
#[tokio::test(start_paused = true)]
async fn a_write_that_takes_nothing_is_an_error() {
    let script = Script::new().read(conversation()).accept(1000).accept(0);
    let outcome = serve(script).await;
    outcome.assert_told_once("nothing is taken");
    assert_eq!(outcome.log.count("close "), 1);
    let (answers, pongs) = outcome.frames();
    assert!(answers.is_empty() && pongs.is_empty());
}
