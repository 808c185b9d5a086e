//! While a callback is pending the connection goes on, only reading stops (R7, A44).

use tokio::time::Instant;
use ws_server::{Config, SendError};
use ws_testing::naive::Frame;

use crate::served::{PIPE, Served, assert_took, pass, settle};

#[tokio::test(start_paused = true)]
async fn what_a_callback_has_sent_leaves_while_it_is_pending() {
    let mut served = Served::open().await;
    let start = Instant::now();
    served
        .say("do send one; ping two; wait 5; send three")
        .await;
    assert_eq!(served.peer.read_line().await, "ping 'two'");
    assert_eq!(served.peer.read_line().await, "text 'one'");
    assert_took(start.elapsed(), 0.0);
    assert_eq!(served.peer.read_line().await, "text 'three'");
    assert_took(start.elapsed(), 5.0);
}

#[tokio::test(start_paused = true)]
async fn what_handles_send_leaves_while_a_callback_never_returns() {
    let mut served = Served::open().await;
    served.say("do never").await;
    settle().await;
    let handle = served.log.handle();
    for number in 0..50 {
        pass(1.0).await;
        handle.send(format!("{number}")).expect("open");
        assert_eq!(served.peer.read_line().await, format!("text '{number}'"));
    }
    // More than the peer's end of the pipe holds, too.
    handle.send(vec![7; 1 << 20]).expect("open");
    for _ in 0..4 {
        let line = served.peer.read_line().await;
        assert!(line.contains("of 262144 bytes"), "{line}");
    }
    assert!(!served.has_ended());
}

/// Back-pressure: what the peer sends is not taken any more.
#[tokio::test(start_paused = true)]
async fn reading_stops_while_a_callback_is_pending_and_goes_on_after_it() {
    let mut served = Served::open().await;
    served.say("do wait 10").await;
    settle().await;
    let message = Frame::binary([7; 1018]).masked([1; 4]).encode();
    assert_eq!(message.len(), 1026);
    let start = Instant::now();
    let mut taken = 0;
    while start.elapsed().as_secs() < 9 {
        let write = served.peer.try_write(&message);
        let wait = std::time::Duration::from_secs(1);
        match tokio::time::timeout(wait, write).await {
            Ok(written) => written.expect("open"),
            Err(_) => break,
        }
        taken += message.len();
    }
    assert!(taken <= PIPE, "{taken}");
    assert_eq!(served.log.count("binary"), 0);
    assert_eq!(served.peer.read_line().await, "binary of 1018 bytes");
    assert_took(start.elapsed(), 10.0);
}

#[tokio::test(start_paused = true)]
async fn messages_of_one_read_wait_for_one_another() {
    let mut served = Served::open().await;
    let frames = ["do wait 2; send a", "do wait 1; send b", "c"];
    let bytes = frames.map(|text| Frame::text(text).masked([1; 4]).encode());
    let start = Instant::now();
    served.peer.write(bytes.concat()).await;
    for (line, at) in [("text 'a'", 2.0), ("text 'b'", 3.0), ("text 'c'", 3.0)] {
        assert_eq!(served.peer.read_line().await, line);
        assert_took(start.elapsed(), at);
    }
}

#[tokio::test(start_paused = true)]
async fn every_callback_may_be_pending() {
    let served = Served::with(
        |puppet| {
            let puppet = puppet.on("open", "wait 1; send open");
            let puppet = puppet.on("ping", "wait 1; send ping");
            let puppet = puppet.on("pong", "wait 1; send pong");
            puppet.on("close", "wait 1")
        },
        Config::default(),
    );
    let mut served = served.opened().await;
    let start = Instant::now();
    served.peer.send(Frame::ping("")).await;
    served.peer.send(Frame::pong("")).await;
    served.say("message").await;
    served.peer.send(Frame::close(1000, "")).await;
    let lines = served.peer.read_lines().await;
    let expected = [
        "text 'open'",
        "pong ''",
        "text 'ping'",
        "text 'pong'",
        "text 'message'",
    ];
    assert_eq!(lines[..5], expected);
    assert_took(start.elapsed(), 3.0);
    served.peer.finish().await;
    served.ended().await;
    assert_took(start.elapsed(), 4.0);
}

/// A44: only an abort drops it.
#[tokio::test(start_paused = true)]
async fn an_abort_drops_a_callback_that_never_returns() {
    let mut served = Served::open().await;
    served.say("do send last; never").await;
    assert_eq!(served.peer.read_line().await, "text 'last'");
    pass(1000.0).await;
    assert!(!served.has_ended());
    let handle = served.log.handle();
    handle.abort();
    assert_took(served.ended().await, 0.0);
    assert_eq!(served.peer.read_line().await, "end");
    assert_eq!(served.log.lines()[3..], ["close 1006 (aborted)", "dropped"]);
    let refused = handle.send("late").expect_err("it is over");
    assert!(matches!(refused, SendError::Closed(_)));
}

/// R7: that the peer is gone shows only in a failing write.
#[tokio::test(start_paused = true)]
async fn a_peer_that_is_gone_shows_in_a_write_while_a_callback_is_pending() {
    let mut served = Served::open().await;
    served.say("do wait 10").await;
    settle().await;
    let Served { peer, log, .. } = &mut served;
    let handle = log.handle();
    let (gone, _) = tokio::io::duplex(1);
    drop(std::mem::replace(peer.io(), gone));
    pass(5.0).await;
    assert!(handle.is_open());
    handle.send("anybody there?").expect("nobody knows yet");
    settle().await;
    // What is sent from now on is refused, and the callback goes on to its end.
    assert!(!handle.is_open());
    assert_eq!(log.count("close "), 0);
    served.ended().await;
    assert_took(
        served.log.time_of("close ") - served.log.time_of("text"),
        10.0,
    );
    assert_eq!(served.log.count("close 1006 (transport: broken pipe)"), 1);
}

/// A stalled write is watched while a callback is pending; the callback still ends by itself.
#[tokio::test(start_paused = true)]
async fn a_write_stall_shows_while_a_callback_is_pending() {
    let mut served = Served::open().await;
    served.say("do flood 2 100000; wait 40").await;
    settle().await;
    let handle = served.log.handle();
    pass(29.0).await;
    assert!(handle.is_open());
    pass(2.0).await;
    assert!(!handle.is_open());
    assert_eq!(served.log.count("close "), 0);
    served.ended().await;
    let told = "close 1006 (the peer read nothing of what was written to it)";
    assert_eq!(served.log.count(told), 1);
}
