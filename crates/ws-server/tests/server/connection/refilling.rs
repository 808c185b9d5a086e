//! A queue that another thread fills again while it is written, between two looks that the driver takes at it.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use ws_server::{Config, Handle, serve_connection};
use ws_testing::{naive::Frame, peer::Peer};

use crate::{
    log::Log,
    puppet::Puppet,
    served::{PIPE, Served, assert_took, pass},
};

/// The default marks of the queue.
const HIGH: usize = 1 << 20;
const LOW: usize = HIGH / 2;

/// Messages of 100,000 bytes that pass the high-water mark.
const FLOOD: usize = 12;

/// So little is taken at a time that the write with which the queue is relieved is followed by another one at once.
const PIECE: usize = 1000;

/// As soon as the driver has found the queue relieved, and while it writes on, the queue is filled again, once.
struct Refilled {
    io: DuplexStream,
    log: Log,
    was_full: bool,
    is_done: bool,
}

impl Refilled {
    fn look(&mut self, handle: &Handle) {
        let queued = handle.queued();
        self.was_full |= queued >= HIGH;
        if self.was_full && queued <= LOW && !self.is_done {
            for _ in 0..FLOOD {
                handle.send(vec![7; 100_000]).expect("room");
            }
            self.is_done = true;
            self.log.note("refilled");
        }
    }
}

impl AsyncRead for Refilled {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Refilled {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        let written = ready!(Pin::new(&mut self.io).poll_write(cx, piece))?;
        if let Some(handle) = self.log.handles().first() {
            self.look(handle);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// A58: what the peer says meanwhile lies unread, so its silence counts only from the second relief on.
#[tokio::test(start_paused = true)]
async fn a_peer_whose_queue_is_filled_again_while_it_is_written_is_not_taken_for_dead() {
    let log = Log::new();
    let (near, far) = duplex(PIPE);
    let io = Refilled {
        io: far,
        log: log.clone(),
        was_full: false,
        is_done: false,
    };
    let puppet = Puppet::new(&log);
    let config = Config::default().into();
    tokio::spawn(serve_connection(
        io,
        ws_server::Peer::UNKNOWN,
        puppet,
        config,
    ));
    let mut peer = Peer::open(near).await;
    peer.send(Frame::text("do flood 12 100000")).await;
    for _ in 0..8 {
        assert_eq!(peer.read_line().await, "binary of 100000 bytes");
    }
    assert_eq!(log.lines()[3..], ["refilled"]);

    // A third of what was sent: the queue stays over its low-water mark, and the peer is never so slow that it is cut for
    // that.
    peer.send(Frame::text("waits")).await;
    for _ in 0..4 {
        pass(15.0).await;
        assert_eq!(log.lines()[3..], ["refilled"]);
        assert_eq!(peer.read_line().await, "binary of 100000 bytes");
    }
    for _ in 8 + 4..2 * FLOOD {
        assert_eq!(peer.read_line().await, "binary of 100000 bytes");
    }
    assert_eq!(peer.read_line().await, "text 'waits'");
    assert_eq!(log.lines()[3..], ["refilled", "drain", "text 'waits'"]);

    let since = log.time_of("text 'waits'");
    log.until(1, "dropped").await;
    assert_took(log.time_of("close 1006 (no byte came") - since, 45.0);
}

/// As who streams does it: the queue is never empty, and the peer takes all of it as fast as it comes.
#[tokio::test(start_paused = true)]
async fn a_handler_that_fills_the_queue_whenever_it_has_drained_still_hears_the_peer() {
    let mut served = Served::open_with(|puppet| puppet.on("drain", "flood 12 100000")).await;
    served.say("do flood 12 100000").await;
    for _ in 0..3 {
        assert_eq!(served.peer.read_line().await, "binary of 100000 bytes");
    }
    served.peer.send(Frame::ping("are you there")).await;
    served.peer.send(Frame::text("do close 1000")).await;
    let mut lines = Vec::new();
    while lines.last().is_none_or(|line| line != "close 1000 ''") {
        assert!(lines.len() < 100, "it hears nothing");
        lines.push(served.peer.read_line().await);
    }
    assert!(lines.iter().any(|line| line == "pong 'are you there'"));
}
