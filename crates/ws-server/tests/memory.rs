//! What a connection holds while it waits (R1, R4; A15, A47, A57).
//!
//! The allocator counts per thread, and everything here runs on the thread of its test.

use std::{
    future::{Future, pending},
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    runtime::{self, EnterGuard, Runtime},
};
use ws_server::{Client, Config, ConnectionConfig, Handler, Message, Peer, serve_connection};
use ws_testing::{
    naive::Frame,
    peer::{REQUEST, masked},
};

struct Echo;

impl Handler for Echo {
    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        client.send(message);
    }
}

struct Never;

impl Handler for Never {
    async fn on_message(&mut self, _: &mut Client, message: Message<'_>) {
        let () = pending().await;
        drop(message);
    }
}

/// A peer that has sent these bytes and takes everything. It allocates nothing.
struct Sent {
    bytes: Arc<[u8]>,
    read: usize,
}

impl AsyncRead for Sent {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let rest = &self.bytes[self.read..];
        let len = rest.len().min(buffer.remaining());
        if len == 0 {
            return Poll::Pending;
        }
        buffer.put_slice(&rest[..len]);
        self.read += len;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Sent {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

type Connection = Pin<Box<dyn Future<Output = ()>>>;

/// Serves one peer until it waits, and tells how many bytes that holds.
fn hold(handler: impl Handler, frames: &[u8], config: &Arc<Config>) -> (Connection, i64) {
    let bytes: Arc<[u8]> = [REQUEST.as_bytes(), frames].concat().into();
    let config = config.clone();
    let mut connection: Option<Connection> = None;
    let held = allocation_counter::measure(|| {
        let io = Sent { bytes, read: 0 };
        let serving = serve_connection(io, Peer::UNKNOWN, handler, config);
        let serving = connection.insert(Box::pin(serving));
        let mut context = Context::from_waker(Waker::noop());
        // It lets others go first after each large read.
        for _ in 0..100 {
            assert!(serving.as_mut().poll(&mut context).is_pending());
        }
    });
    (connection.expect("just made"), held.bytes_current)
}

fn runtime() -> Runtime {
    let mut builder = runtime::Builder::new_current_thread();
    builder.enable_time().build().expect("a runtime")
}

/// Everything that a thread does once is behind it.
fn warm_up<'a>(runtime: &'a Runtime, config: &Arc<Config>) -> EnterGuard<'a> {
    let guard = runtime.enter();
    drop(hold(Echo, &masked(Frame::binary([7; 70_000])), config));
    guard
}

fn held_by(handler: impl Handler, frames: &[u8], config: Config) -> i64 {
    let config = Arc::new(config);
    let runtime = runtime();
    let _guard = warm_up(&runtime, &config);
    hold(handler, frames, &config).1
}

/// A47: without the socket, the task's header and what the system holds.
#[test]
fn an_idle_connection_holds_little_whatever_it_did_before() {
    let echo = masked(Frame::binary([7; 1024]));
    let large = masked(Frame::binary(vec![7; 1 << 20]));
    let pings = masked(Frame::ping("?")).repeat(10);
    for frames in [vec![], echo, large, pings] {
        let held = held_by(Echo, &frames, Config::default());
        assert!(held <= 792, "{held} bytes behind {} bytes", frames.len());
    }
}

/// A57: no rented buffer, and not much besides the message.
#[test]
fn a_pending_callback_holds_what_arrived() {
    let idle = held_by(Never, &[], Config::default());
    let message = masked(Frame::text([b'x'; 64]));
    let pending = held_by(Never, &message, Config::default());
    assert!(pending - idle <= 640, "{pending} - {idle}");
}

/// A15
#[test]
fn a_message_of_which_one_byte_came_holds_little_whatever_length_was_announced() {
    let limits = ConnectionConfig::default().with_max_message(16 << 20);
    let config = Config::default().with_connection(limits);
    let idle = held_by(Echo, &[], config.clone());
    let frame = masked(Frame::binary([7]).announcing(15 << 20));
    let begun = held_by(Echo, &frame, config);
    assert!(begun - idle <= 256, "{begun} - {idle}");
}

#[test]
fn a_connection_that_is_dropped_holds_nothing() {
    let config = Arc::new(Config::default());
    let runtime = runtime();
    let _guard = warm_up(&runtime, &config);
    for frames in [
        masked(Frame::binary([7; 70_000])),
        Frame::text("bad").encode(),
    ] {
        let leaked = allocation_counter::measure(|| {
            drop(hold(Echo, &frames, &config));
        });
        assert_eq!(leaked.bytes_current, 0, "{leaked:?}");
    }
}
