//! A callback that takes long is not the peer's fault: while it is pending no answer can be seen.

use tokio::time::Instant;
use ws_testing::naive::Frame;

use crate::served::{Served, assert_took};

#[tokio::test(start_paused = true)]
async fn a_callback_that_closes_and_goes_on_for_6_seconds_ends_cleanly() {
    let mut served = Served::open().await;
    served.say("do close 1000 bye; wait 6").await;
    let start = Instant::now();
    assert_eq!(served.peer.read_line().await, "close 1000 'bye'");
    served.peer.send(Frame::close(1000, "bye")).await;
    assert_eq!(served.peer.read_line().await, "end");
    assert_took(start.elapsed(), 6.0);
    served.peer.finish().await;
    served.ended().await;
    let told = "close 1000 (closed by the application), clean";
    assert_eq!(served.log.lines()[3..], [told, "dropped"]);
}

/// The peer has its 5 s from the moment on at which its answer can be seen.
#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_answer_has_its_time_after_the_callback() {
    let mut served = Served::open().await;
    let start = Instant::now();
    served.say("do close 1000 bye; wait 6").await;
    assert_eq!(served.peer.read_line().await, "close 1000 'bye'");
    served.ended().await;
    assert_took(start.elapsed(), 11.0);
    assert_eq!(served.log.count("close "), 1);
    assert_eq!(served.log.count("close 1006 "), 1);
}
