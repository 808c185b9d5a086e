//! A transport that cannot be ended holds its connection no longer than the linger, and one that is broken is dropped
//! before the application is told.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, BufStream, DuplexStream, ReadBuf, duplex},
    task::JoinHandle,
    time::{Instant, timeout},
};
use ws_server::Config;
use ws_testing::{naive::Frame, peer::Peer};

use crate::replier::{Replier, at_once};

/// Its own direction never ends.
struct Endless(DuplexStream);

impl AsyncRead for Endless {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Endless {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

/// How long it takes until the connection's future has ended.
async fn ended(task: JoinHandle<()>) -> Duration {
    let start = Instant::now();
    let ended = timeout(Duration::from_secs(3600), task).await;
    ended.expect("it ends").expect("it does not panic");
    start.elapsed()
}

#[track_caller]
fn assert_lingered(took: Duration) {
    let millis = took.as_millis();
    assert!((1490..1550).contains(&millis), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_that_stays_pending_is_over_after_the_linger_and_on_close_runs_once() {
    let endings = [
        (
            Frame::close(1000, ""),
            "close 1000 ''",
            "1000 (closed by the peer)",
        ),
        (
            Frame::new(0x3, "reserved"),
            "close 1002 ",
            "1006 (reserved opcode 0x3",
        ),
    ];
    for (last, answer, told) in endings {
        let replier = Replier::default();
        let (near, far) = duplex(1 << 16);
        let task = replier.serve(Endless(far), Config::default());
        let mut peer = Peer::open(near).await;
        peer.send(last).await;
        let line = at_once(peer.read_line()).await;
        assert!(line.starts_with(answer), "{line}");
        assert_lingered(ended(task).await);
        let closes = replier.closes();
        assert_eq!(closes.len(), 1, "{closes:?}");
        assert!(closes[0].starts_with(told), "{closes:?}");
    }
}

/// What is left in the buffer cannot leave, so neither a flush nor a shutdown ever succeeds.
#[tokio::test(start_paused = true)]
async fn a_flush_that_stays_pending_is_over_after_the_linger_and_on_close_runs_once() {
    let replier = Replier::default();
    let (near, far) = duplex(512);
    let task = replier.serve(BufStream::new(far), Config::default());
    let mut peer = Peer::open(near).await;
    peer.send(Frame::binary([7; 2000])).await;
    peer.send(Frame::close(1000, "")).await;
    let took = ended(task).await;
    assert_lingered(took);
    assert_eq!(replier.closes().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn after_an_abort_the_peer_sees_the_end_before_an_on_close_of_600_seconds() {
    let replier = Replier::with_farewell(Duration::from_secs(600));
    let (near, far) = duplex(1 << 16);
    let task = replier.serve(far, Config::default());
    let mut peer = Peer::open(near).await;
    peer.send(Frame::text("abort")).await;
    assert_eq!(at_once(peer.read_line()).await, "end");
    assert_eq!(replier.closes(), [""; 0]);
    let took = ended(task).await;
    assert_eq!(took.as_secs(), 600);
    assert_eq!(replier.closes(), ["1006 (aborted)"]);
}
