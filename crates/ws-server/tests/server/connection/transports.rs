//! Any transport will do: one that holds bytes back, one that cannot end, one that is always ready.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, BufStream, DuplexStream, ReadBuf, duplex},
    time::Instant,
};
use ws_server::{Config, Peer, serve_connection};
use ws_testing::{
    io::Script,
    naive::Frame,
    peer::{Peer as Client, REQUEST, masked},
};

use crate::{
    log::Log,
    puppet::Puppet,
    served::{PIPE, assert_took},
};

/// As TLS does: what is written stays here until it is flushed.
#[tokio::test(start_paused = true)]
async fn a_transport_that_holds_bytes_back_is_flushed() {
    let (near, far) = duplex(PIPE);
    let log = Log::new();
    let puppet = Puppet::new(&log);
    let far = BufStream::with_capacity(PIPE, PIPE, far);
    tokio::spawn(serve_connection(
        far,
        Peer::UNKNOWN,
        puppet,
        Config::default().into(),
    ));
    let mut peer = Client::open(near).await;
    for command in ["small", "do send from a callback; wait 5; send later"] {
        peer.send(Frame::text(command)).await;
    }
    let start = Instant::now();
    assert_eq!(peer.read_line().await, "text 'small'");
    assert_eq!(peer.read_line().await, "text 'from a callback'");
    assert_took(start.elapsed(), 0.0);
    assert_eq!(peer.read_line().await, "text 'later'");
    assert_took(start.elapsed(), 5.0);
    log.handle().send("from a handle").expect("open");
    assert_eq!(peer.read_line().await, "text 'from a handle'");
    peer.send(Frame::close(1000, "bye")).await;
    assert_eq!(peer.read_lines().await, ["close 1000 'bye'", "end"]);
    assert_took(start.elapsed(), 5.0);
}

/// Its end needs the peer, as that of TLS does, and the peer does nothing.
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

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

#[tokio::test(start_paused = true)]
async fn a_transport_that_cannot_end_is_dropped_at_1_5_s() {
    let (near, far) = duplex(PIPE);
    let log = Log::new();
    let puppet = Puppet::new(&log);
    let serving = serve_connection(
        Endless(far),
        Peer::UNKNOWN,
        puppet,
        Config::default().into(),
    );
    let serving = tokio::spawn(serving);
    let mut peer = Client::open(near).await;
    peer.send(Frame::close(1000, "bye")).await;
    let start = Instant::now();
    assert_eq!(peer.read_lines().await, ["close 1000 'bye'", "end"]);
    assert_took(start.elapsed(), 1.5);
    serving.await.expect("no panic");
    assert_eq!(log.count("close 1000 (closed by the peer), clean"), 1);
}

/// A52: other tasks get their turn after each large read, though there is always more.
#[tokio::test(start_paused = true)]
async fn a_peer_that_floods_small_messages_is_served_in_bounded_turns() {
    const MESSAGES: usize = 100_000;
    let message = masked(Frame::text("x"));
    let flood = message.repeat(MESSAGES);
    let (io, _record) = Script::new().read(REQUEST).read(&flood).start();
    let log = Log::new();
    let puppet = Puppet::new(&log);
    let serving = serve_connection(io, Peer::UNKNOWN, puppet, Config::default().into());
    let mut serving = Box::pin(serving);
    let mut context = Context::from_waker(Waker::noop());
    let mut before = 0;
    while before < MESSAGES {
        assert!(serving.as_mut().poll(&mut context).is_pending());
        let handled = log.count("text");
        let turn = handled - before;
        // A read buffer's worth.
        assert!(turn > 0 && turn <= 64 * 1024 / message.len() + 1, "{turn}");
        before = handled;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_is_served() {
    let (near, far) = tokio::net::UnixStream::pair().expect("two sockets");
    let log = Log::new();
    let puppet = Puppet::new(&log);
    let config = Config::default().into();
    let serving = tokio::spawn(serve_connection(far, Peer::UNKNOWN, puppet, config));
    let test = async {
        let mut peer = Client::open(near).await;
        peer.send(Frame::text("fine")).await;
        assert_eq!(peer.read_line().await, "text 'fine'");
        peer.send(Frame::close(1000, "")).await;
        assert_eq!(peer.read_lines().await, ["close 1000 ''", "end"]);
        drop(peer);
        serving.await.expect("no panic");
    };
    let bound = std::time::Duration::from_secs(30);
    tokio::time::timeout(bound, test)
        .await
        .expect("the test hangs");
}
