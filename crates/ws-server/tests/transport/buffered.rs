//! A transport that holds written bytes back until it is flushed, as TLS does.

use tokio::io::{BufStream, DuplexStream, duplex};
use ws_server::Config;
use ws_testing::{naive::Frame, peer::Peer};

use crate::replier::{Replier, at_once};

async fn open() -> Peer<DuplexStream> {
    let (near, far) = duplex(1 << 20);
    Replier::default().serve(BufStream::new(far), Config::default());
    Peer::open(near).await
}

/// Lengths on both sides of what the transport holds back, 8 KiB, and of a small reply.
#[tokio::test(start_paused = true)]
async fn a_reply_leaves_without_another_message() {
    let mut peer = open().await;
    for len in [1, 1000, 4090, 5000, 8190, 20_000, 200_000] {
        peer.send(Frame::binary(vec![7; len])).await;
        let frame = at_once(peer.read_frame()).await.expect("open");
        assert_eq!(frame.expect("open").payload.len(), len);
    }
}

#[tokio::test(start_paused = true)]
async fn a_close_leaves_without_another_message() {
    let mut peer = open().await;
    peer.send(Frame::text("close")).await;
    assert_eq!(at_once(peer.read_line()).await, "close 1000 ''");
    peer.send(Frame::close(1000, "")).await;
    assert_eq!(at_once(peer.read_line()).await, "end");
}

#[tokio::test(start_paused = true)]
async fn a_pong_leaves_without_another_message() {
    let mut peer = open().await;
    peer.send(Frame::ping("?")).await;
    assert_eq!(at_once(peer.read_line()).await, "pong '?'");
}
