//! Frames in the segment of the handshake are processed (A8).

use ws_server::Config;
use ws_testing::{
    naive::Frame,
    peer::{REQUEST, masked},
};

use crate::served::Served;

/// A connection whose peer sends its request and these frames in one piece, and the lines it reads then.
async fn with_frames(frames: &[u8]) -> Served {
    let mut served = Served::new();
    served
        .peer
        .write([REQUEST.as_bytes(), frames].concat())
        .await;
    let head = served.peer.read_head().await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    served
}

#[tokio::test(start_paused = true)]
async fn a_message_behind_the_request_is_answered() {
    let mut served = with_frames(&masked(Frame::text("early"))).await;
    assert_eq!(served.peer.read_line().await, "text 'early'");
    assert_eq!(
        served.log.lines(),
        ["upgrade /chat", "open", "text 'early'"]
    );
}

#[tokio::test(start_paused = true)]
async fn several_frames_of_all_kinds_behind_the_request_are_answered_in_order() {
    let frames = [
        Frame::text("one"),
        Frame::binary("two").unfinished(),
        Frame::ping("?"),
        Frame::continuation("!"),
        Frame::close(1000, "bye"),
    ];
    let frames: Vec<u8> = frames.into_iter().flat_map(masked).collect();
    let mut served = with_frames(&frames).await;
    assert_eq!(
        served.peer.read_lines().await,
        [
            "pong '?'",
            "text 'one'",
            "binary 'two!'",
            "close 1000 'bye'",
            "end"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_is_cut_behind_the_request_goes_on() {
    let message = masked(Frame::text("a message in two pieces"));
    for cut in 1..message.len() {
        let (first, second) = message.split_at(cut);
        let mut served = with_frames(first).await;
        served.peer.write(second).await;
        assert_eq!(
            served.peer.read_line().await,
            "text 'a message in two pieces'"
        );
    }
}

/// The limit of the head is for the head: 40 KiB of frames may come with it.
#[tokio::test(start_paused = true)]
async fn a_large_message_behind_the_request_is_answered() {
    let payload = "x".repeat(40 * 1024);
    let mut served = with_frames(&masked(Frame::text(&payload))).await;
    let echo = served.peer.read_frame().await.expect("open");
    assert_eq!(echo.expect("a frame").payload, payload.as_bytes());
}

#[tokio::test(start_paused = true)]
async fn an_error_behind_the_request_is_told_behind_the_101() {
    let mut served = with_frames(&Frame::text("not masked").encode()).await;
    let line = served.peer.read_line().await;
    assert!(line.starts_with("close 1002"), "{line}");
    assert_eq!(served.peer.read_line().await, "end");
}

#[tokio::test(start_paused = true)]
async fn frames_behind_the_request_wait_until_on_open_has_returned() {
    let mut served = Served::with(
        |puppet| puppet.on("open", "send first; wait 5; send second"),
        Config::default(),
    );
    let frames = masked(Frame::text("early"));
    served
        .peer
        .write([REQUEST.as_bytes(), &frames].concat())
        .await;
    served.peer.read_head().await;
    for line in ["text 'first'", "text 'second'", "text 'early'"] {
        assert_eq!(served.peer.read_line().await, line);
    }
}
