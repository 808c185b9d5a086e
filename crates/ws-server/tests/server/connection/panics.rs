//! A panic in a callback ends its own connection with 1011, and nothing else (A43).

use ws_server::Config;
use ws_testing::naive::Frame;

use crate::{
    log::Log,
    puppet::Puppet,
    served::{Served, assert_took, settle},
};

/// Makes the callback run.
async fn provoke(served: &mut Served, callback: &str) {
    match callback {
        "message" => served.say("go").await,
        "ping" => served.peer.send(Frame::ping("")).await,
        "pong" => served.peer.send(Frame::pong("")).await,
        "drain" => served.say("do flood 12 100000").await,
        "error" => served.peer.write(Frame::text("not masked").encode()).await,
        "close" => served.peer.send(Frame::close(1000, "")).await,
        _ => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_any_callback_is_told_with_1011_and_on_close_runs_once() {
    for callback in ["open", "message", "ping", "pong", "drain"] {
        for script in ["panic", "panic later", "wait 1; panic"] {
            let served = Served::with(|puppet| puppet.on(callback, script), Config::default());
            let mut served = served.opened().await;
            provoke(&mut served, callback).await;
            let mut lines = served.peer.read_lines().await;
            lines.retain(|line| line.starts_with("close") || line == "end");
            assert_eq!(lines, ["close 1011 'internal error'", "end"], "{callback}");
            assert_took(served.ended().await, 1.5);
            let told = served.log.lines();
            let close = &told[told.len() - 2];
            assert!(
                close.starts_with("close 1006 (a callback panicked: "),
                "{told:?}"
            );
            assert_eq!(served.log.count("close "), 1);
            assert_eq!(served.log.count("dropped"), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_on_error_does_not_change_the_close_that_tells_the_error() {
    for script in ["panic", "panic later", "wait 1; panic"] {
        let mut served = Served::open_with(|puppet| puppet.on("error", script)).await;
        provoke(&mut served, "error").await;
        let lines = served.peer.read_lines().await;
        assert!(lines[0].starts_with("close 1002"), "{lines:?}");
        assert_eq!(lines[1..], ["end"]);
        served.ended().await;
        assert_eq!(served.log.count("close 1006 (a callback panicked"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_on_close_changes_nothing_for_the_peer() {
    for script in ["panic", "panic later", "wait 1; panic"] {
        let mut served = Served::open_with(|puppet| puppet.on("close", script)).await;
        provoke(&mut served, "close").await;
        assert_eq!(served.peer.read_lines().await, ["close 1000 ''", "end"]);
        served.peer.finish().await;
        served.ended().await;
        assert_eq!(served.log.count("close "), 1);
        assert_eq!(served.log.count("dropped"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_a_panic_leaves_before_the_close() {
    let mut served = Served::open().await;
    let frames = ["one", "do send two; panic", "never seen"];
    let bytes = frames.map(|text| Frame::text(text).masked([1; 4]).encode());
    served.peer.write(bytes.concat()).await;
    let lines = served.peer.read_lines().await;
    assert_eq!(
        lines,
        [
            "text 'one'",
            "text 'two'",
            "close 1011 'internal error'",
            "end"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn handles_find_the_connection_closed_after_a_panic() {
    let mut served = Served::open().await;
    served.say("do panic").await;
    settle().await;
    let handle = served.log.handle();
    assert!(!handle.is_open());
    handle.send("late").expect_err("closing");
}

/// A43: a thousand of them, in one runtime with one that goes on.
#[tokio::test(start_paused = true)]
async fn a_thousand_panics_do_not_disturb_a_bystander() {
    let mut bystander = Served::open().await;
    let log = Log::new();
    for number in 0..1000 {
        let puppet = Puppet::new(&log);
        let served = Served::of(puppet, log.clone(), Config::default());
        let mut served = served.opened().await;
        served.say("do panic").await;
        let line = served.peer.read_line().await;
        assert_eq!(line, "close 1011 'internal error'");
        bystander.say("fine").await;
        assert_eq!(bystander.peer.read_line().await, "text 'fine'", "{number}");
    }
    log.until(1000, "dropped").await;
    assert_eq!(log.count("close 1006 (a callback panicked"), 1000);
}
