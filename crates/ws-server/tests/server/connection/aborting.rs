//! An abort, from a callback and from elsewhere, at any time.

use ws_server::Config;
use ws_testing::{
    naive::Frame,
    peer::{REQUEST, masked},
};

use crate::served::{Served, assert_took, pass, settle};

const TOLD: [&str; 2] = ["close 1006 (aborted)", "dropped"];

#[tokio::test(start_paused = true)]
async fn a_client_that_aborts_sends_nothing_more_and_only_on_close_follows() {
    let mut served = Served::open().await;
    let frames = ["do send lost; abort; send late", "never seen"];
    let bytes = frames.map(|text| masked(Frame::text(text))).concat();
    served.peer.write(bytes).await;
    assert_took(served.ended().await, 0.0);
    assert_eq!(served.peer.read_lines().await, ["end"]);
    assert_eq!(served.log.lines()[3..], TOLD);
}

#[tokio::test(start_paused = true)]
async fn an_abort_in_any_callback_is_the_last_but_on_close() {
    for (callback, frame) in [
        ("open", Frame::text("never seen")),
        ("ping", Frame::ping("")),
        ("pong", Frame::pong("")),
    ] {
        let mut served = Served::with(|puppet| puppet.on(callback, "abort"), Config::default());
        let frames = [masked(frame), masked(Frame::text("never seen"))].concat();
        served
            .peer
            .write([REQUEST.as_bytes(), &frames].concat())
            .await;
        served.ended().await;
        let told = served.log.lines();
        assert!(told[told.len() - 3].starts_with(callback), "{told:?}");
        assert_eq!(told[told.len() - 2..], TOLD, "{callback}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_abort_in_on_drain_is_the_last_but_on_close() {
    let mut served = Served::open_with(|puppet| puppet.on("drain", "abort")).await;
    let frames = ["do flood 12 100000", "never seen"];
    let bytes = frames.map(|text| masked(Frame::text(text))).concat();
    served.peer.write(bytes).await;
    for _ in 0..6 {
        assert_eq!(served.peer.read_line().await, "binary of 100000 bytes");
    }
    let _ = served.peer.read_bytes().await;
    served.ended().await;
    assert_eq!(served.log.lines()[3..], ["drain", TOLD[0], TOLD[1]]);
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_waits_behind_its_own_abort_is_dropped() {
    let mut served = Served::open().await;
    served.say("do abort; wait 10; send late").await;
    assert_took(served.ended().await, 0.0);
    assert_eq!(served.log.lines()[3..], TOLD);
}

#[tokio::test(start_paused = true)]
async fn a_handle_aborts_an_idle_connection_at_once() {
    let mut served = Served::open().await;
    pass(1.0).await;
    served.log.handle().abort();
    assert_took(served.ended().await, 0.0);
    assert_eq!(served.peer.read_lines().await, ["end"]);
    assert_eq!(served.log.lines()[2..], TOLD);
}

#[tokio::test(start_paused = true)]
async fn a_handle_aborts_a_connection_whose_peer_takes_nothing() {
    let mut served = Served::open().await;
    served.say("do flood 12 100000").await;
    served.say("waits").await;
    settle().await;
    served.log.handle().abort();
    assert_took(served.ended().await, 0.0);
    assert_eq!(served.log.lines()[3..], TOLD);
}

/// Both sides have closed, and the peer does not end the transport.
#[tokio::test(start_paused = true)]
async fn a_handle_cuts_a_connection_that_waits_for_the_end_of_the_transport() {
    let mut served = Served::open().await;
    served.peer.send(Frame::close(1000, "")).await;
    assert_eq!(served.peer.read_lines().await, ["close 1000 ''", "end"]);
    assert!(!served.has_ended());
    served.log.handle().abort();
    assert_took(served.ended().await, 0.0);
    assert_eq!(
        served.log.count("close 1000 (closed by the peer), clean"),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn a_handle_aborts_while_our_close_is_not_answered() {
    let mut served = Served::open().await;
    served.say("do close 1000 bye").await;
    settle().await;
    served.log.handle().abort();
    assert_took(served.ended().await, 0.0);
    assert_eq!(served.log.lines()[3..], TOLD);
}
