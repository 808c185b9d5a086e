//! Connections and callbacks that may not last for ever.

use std::time::Duration;

use tokio::time::Instant;
use ws_testing::naive::Frame;

use crate::served::{Served, assert_took, pass, settle};

async fn with_lifetime(seconds: u64) -> Served {
    let limit = Duration::from_secs(seconds);
    Served::open_under(|connection| connection.with_max_lifetime(Some(limit))).await
}

async fn with_callback_timeout(seconds: u64) -> Served {
    let limit = Duration::from_secs(seconds);
    Served::open_under(|connection| connection.with_callback_timeout(Some(limit))).await
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_in_use_is_closed_at_its_age_all_the_same() {
    let mut served = with_lifetime(60).await;
    let start = Instant::now();
    for _ in 0..59 {
        pass(1.0).await;
        served.say("do send one").await;
        assert_eq!(served.peer.read_line().await, "text 'one'");
    }
    let close = "close 1001 'open for as long as a connection may be'";
    assert_eq!(served.peer.read_line().await, close);
    assert_took(start.elapsed(), 60.0);
    served.peer.send(Frame::close(1001, "")).await;
    served.peer.finish().await;
    served.ended().await;
    let told = "close 1001 (it was open for 60s, as long as it may be)";
    assert_eq!(served.log.count(told), 1, "{:?}", served.log.lines());
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_at_its_age() {
    let mut served = with_lifetime(10).await;
    let start = Instant::now();
    assert!(served.peer.read_line().await.starts_with("close 1001 "));
    assert_took(start.elapsed(), 10.0);
    // Whoever does not answer is not waited for any longer than at any other Close.
    served.ended().await;
    assert_took(start.elapsed(), 15.0);
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_takes_too_long_is_dropped_and_the_peer_is_told() {
    let mut served = with_callback_timeout(10).await;
    let start = Instant::now();
    served.say("do send one; never").await;
    assert_eq!(served.peer.read_line().await, "text 'one'");
    let close = "close 1011 'a callback took too long'";
    assert_eq!(served.peer.read_line().await, close);
    assert_took(start.elapsed(), 10.0);
    served.peer.finish().await;
    served.ended().await;
    // The puppet would have noticed two callbacks at a time.
    let told = "close 1006 (a callback stayed pending for longer than it may)";
    assert_eq!(served.log.count(told), 1, "{:?}", served.log.lines());
}

#[tokio::test(start_paused = true)]
async fn callbacks_that_end_in_time_may_take_longer_together() {
    let mut served = with_callback_timeout(10).await;
    for _ in 0..5 {
        served.say("do wait 9; send done").await;
        assert_eq!(served.peer.read_line().await, "text 'done'");
    }
    pass(20.0).await;
    assert!(!served.has_ended());
}

/// The transport is gone, and the callback would hold what it has for ever.
#[tokio::test(start_paused = true)]
async fn a_callback_whose_connection_is_broken_has_no_more_time_than_any_other() {
    let mut served = with_callback_timeout(10).await;
    served.say("do wait 4; send one; never").await;
    settle().await;
    let Served { peer, .. } = &mut served;
    drop(std::mem::replace(
        peer,
        ws_testing::peer::Peer::new(tokio::io::duplex(1).0),
    ));
    let took = served.ended().await;
    assert_took(took, 10.0);
    assert_eq!(
        served.log.count("close 1006 (transport: "),
        1,
        "{:?}",
        served.log.lines()
    );
}
