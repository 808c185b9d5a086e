use std::{
    future::Future,
    io::{self, ErrorKind, IoSlice},
    pin::pin,
    task::{Context, Poll, Waker},
};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use ws_testing::io::Script;

/// Polls until ready, or `None` when it is still pending after many polls.
fn finish<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..1000).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}

#[test]
fn pieces_come_one_a_read_and_then_the_end() {
    let (mut io, record) = Script::new()
        .read_in_pieces("abcde", 2)
        .read("")
        .pending()
        .end()
        .start();
    let mut buffer = [0; 8];
    let mut lens = Vec::new();
    for _ in 0..5 {
        lens.push(
            finish(io.read(&mut buffer))
                .expect("ready")
                .expect("no error"),
        );
    }
    assert_eq!(lens, [2, 2, 1, 0, 0]);
    assert_eq!(record.unread(), 0);
}

#[test]
fn a_small_buffer_takes_a_piece_in_several_reads() {
    let (mut io, record) = Script::new().read("abcde").start();
    let mut buffer = [0; 3];
    assert_eq!(
        finish(io.read(&mut buffer)).expect("ready").expect("read"),
        3
    );
    assert_eq!(record.unread(), 2);
    assert_eq!(
        finish(io.read(&mut buffer)).expect("ready").expect("read"),
        2
    );
}

#[test]
fn a_silent_peer_stays_silent() {
    let (mut io, _) = Script::new().read("a").start();
    let mut buffer = [0; 2];
    assert!(finish(io.read_exact(&mut buffer)).is_none());
}

#[test]
fn a_read_error_is_told_once() {
    let (mut io, _) = Script::new()
        .read_error(ErrorKind::ConnectionReset)
        .end()
        .start();
    let error = finish(io.read_u8())
        .expect("ready")
        .expect_err("the script says so");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let error = finish(io.read_u8()).expect("ready").expect_err("the end");
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn writes_take_what_the_script_allows() {
    let (mut io, record) = Script::new()
        .accept(3)
        .write_pending()
        .writes_of_at_most(4)
        .start();
    finish(io.write_all(b"abcdefghij"))
        .expect("ready")
        .expect("no error");
    assert_eq!(record.writes(), ["abc", "defg", "hij"]);
    assert!(!record.is_shut_down());
}

#[test]
fn a_vectored_write_may_end_inside_a_slice() {
    let (mut io, record) = Script::new().accept(4).start();
    let slices = [IoSlice::new(b"abc"), IoSlice::new(b"def")];
    let written = finish(io.write_vectored(&slices)).expect("ready");
    assert_eq!(written.expect("no error"), 4);
    assert_eq!(record.written(), b"abcd");
}

#[test]
fn a_stall_and_a_write_error_stay() {
    let (mut io, record) = Script::new().accept(1).stall().start();
    assert!(finish(io.write_all(b"ab")).is_none());
    drop(io);
    assert_eq!(record.written(), b"a");
    assert!(record.is_dropped());

    let (mut io, _) = Script::new().write_error(ErrorKind::BrokenPipe).start();
    for _ in 0..2 {
        let result: io::Result<()> = finish(io.write_all(b"ab")).expect("ready");
        assert_eq!(
            result.expect_err("the script says so").kind(),
            ErrorKind::BrokenPipe
        );
    }
}

#[test]
fn nothing_is_written_behind_a_shutdown() {
    let (mut io, record) = Script::new().start();
    finish(io.shutdown()).expect("ready").expect("no error");
    assert!(record.is_shut_down());
    let result = finish(io.write_all(b"late")).expect("ready");
    assert_eq!(result.expect_err("shut down").kind(), ErrorKind::BrokenPipe);
}
