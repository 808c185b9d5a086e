//! A ping after silence, the end of a peer that is gone, and a clock that stands while nothing is read (A37, A58).

use std::time::Duration;

use tokio::time::{Instant, timeout};
use ws_testing::naive::{Frame, opcode};

use crate::served::{Served, assert_took, pass};

/// Answers pings for a while, as a healthy peer does; the times at which they came.
async fn answer_pings(served: &mut Served, seconds: f64) -> Vec<f64> {
    let start = Instant::now();
    let mut pings = Vec::new();
    loop {
        let wait = Duration::from_secs_f64(seconds).saturating_sub(start.elapsed());
        let Ok(frame) = timeout(wait, served.peer.read_frame()).await else {
            return pings;
        };
        let frame = frame.expect("no error").expect("no end");
        if frame.opcode == opcode::PING {
            pings.push(start.elapsed().as_secs_f64());
            served.peer.send(Frame::pong(&frame.payload)).await;
        }
    }
}

#[track_caller]
fn assert_times(times: &[f64], expected: &[f64]) {
    assert_eq!(times.len(), expected.len(), "{times:?}");
    for (time, expected) in times.iter().zip(expected) {
        assert_took(Duration::from_secs_f64(*time), *expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_pinged_every_25_s_and_lives() {
    let mut served = Served::open().await;
    let pings = answer_pings(&mut served, 110.0).await;
    assert_times(&pings, &[25.0, 50.0, 75.0, 100.0]);
    served.say("still here").await;
    assert_eq!(served.peer.read_line().await, "text 'still here'");
    assert_eq!(served.log.count("pong"), 4);
}

/// A37
#[tokio::test(start_paused = true)]
async fn a_dead_peer_is_found_at_45_s_and_gone_at_46_5_s() {
    let mut served = Served::open().await;
    let start = Instant::now();
    let took = served.ended().await;
    assert_took(took, 46.5);
    assert_took(served.log.time_of("close "), 45.0);
    let told = "close 1006 (no byte came from the peer, not even after a ping)";
    assert_eq!(served.log.lines()[2..], [told, "dropped"]);
    let lines = served.peer.read_lines().await;
    assert!(lines[0].starts_with("ping "), "{lines:?}");
    assert!(lines[1].starts_with("close 1011"), "{lines:?}");
    assert_eq!(lines[2..], ["end"]);
    assert_took(start.elapsed(), 46.5);
}

#[tokio::test(start_paused = true)]
async fn any_byte_is_life_also_one_of_an_unfinished_frame() {
    let mut served = Served::open().await;
    let frame = Frame::text("slow").masked([1; 4]).encode();
    for byte in frame {
        pass(40.0).await;
        assert!(!served.has_ended());
        served.peer.write([byte]).await;
    }
    let line = loop {
        let line = served.peer.read_line().await;
        if !line.starts_with("ping") {
            break line;
        }
    };
    assert_eq!(line, "text 'slow'");
}

#[tokio::test(start_paused = true)]
async fn traffic_puts_the_ping_off() {
    let mut served = Served::open().await;
    for _ in 0..10 {
        pass(20.0).await;
        served.say("here").await;
        assert_eq!(served.peer.read_line().await, "text 'here'");
    }
    assert_times(&answer_pings(&mut served, 30.0).await, &[25.0]);
}

#[tokio::test(start_paused = true)]
async fn what_we_send_is_no_sign_of_the_peers_life() {
    let mut served = Served::open().await;
    let handle = served.log.handle();
    for _ in 0..9 {
        pass(5.0).await;
        assert!(!served.has_ended());
        let _ = handle.send("anybody there?");
    }
    served.ended().await;
    assert_took(served.log.time_of("close "), 45.0);
}

#[tokio::test(start_paused = true)]
async fn the_keepalive_is_a_setting_and_can_be_off() {
    let mut served = Served::open_under(|connection| {
        let connection = connection.with_ping_interval(Some(Duration::from_secs(2)));
        connection.with_pong_timeout(Duration::from_secs(3))
    })
    .await;
    served.ended().await;
    assert_took(served.log.time_of("close "), 5.0);

    let mut served = Served::open_under(|c| c.with_ping_interval(None)).await;
    pass(500.0).await;
    served.say("still here").await;
    assert_eq!(served.peer.read_line().await, "text 'still here'");
}

/// A58: and afterwards the peer is watched as before.
#[tokio::test(start_paused = true)]
async fn a_callback_that_is_pending_for_60_s_is_no_sign_of_the_peers_death() {
    for (name, wait) in [("open", 60.0), ("message", 60.0), ("ping", 200.0)] {
        let script = format!("wait {wait}; send done");
        let served = Served::with(|puppet| puppet.on(name, &script), Default::default());
        let mut served = served.opened().await;
        let start = Instant::now();
        match name {
            "message" => served.say("go").await,
            "ping" => served.peer.send(Frame::ping("go")).await,
            _ => {}
        }
        let line = loop {
            let line = served.peer.read_line().await;
            if !line.starts_with("pong") {
                break line;
            }
        };
        assert_eq!(line, "text 'done'", "{name}");
        assert_took(start.elapsed(), wait);
        // From here on silence counts.
        served.ended().await;
        assert_took(start.elapsed(), wait + 46.5);
        assert_eq!(served.log.count("close 1006 (no byte came"), 1);
    }
}

/// The same in a connection whose peer answers pings: not one is sent while the callback is pending.
#[tokio::test(start_paused = true)]
async fn a_healthy_peer_is_pinged_again_25_s_after_a_long_callback() {
    let mut served = Served::open().await;
    served.say("do wait 60").await;
    let pings = answer_pings(&mut served, 150.0).await;
    assert_times(&pings, &[85.0, 110.0, 135.0]);
    assert!(!served.has_ended());
}

/// A callback that began behind the ping: its pong lies unread, and is read when the callback ends.
#[tokio::test(start_paused = true)]
async fn a_pong_that_could_not_be_read_in_time_still_counts() {
    let mut served = Served::open().await;
    pass(24.9).await;
    let pings = answer_pings(&mut served, 0.2).await;
    assert_eq!(pings.len(), 1);
    served.say("do wait 100").await;
    let pings = answer_pings(&mut served, 130.0).await;
    assert_times(&pings, &[125.0]);
    assert!(!served.has_ended());
}

/// A58: reading is paused for the other reason, too.
#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_its_time_to_read_is_not_taken_for_dead() {
    let mut served = Served::open().await;
    served.say("do flood 20 100000").await;
    let start = Instant::now();
    for _ in 0..20 {
        pass(4.0).await;
        assert_eq!(served.peer.read_line().await, "binary of 100000 bytes");
    }
    assert!(start.elapsed() > Duration::from_secs(60));
    served.say("still here").await;
    assert_eq!(served.peer.read_line().await, "text 'still here'");
    assert_eq!(served.log.count("drain"), 1);
}

/// From the moment on at which it has caught up, its silence counts again.
#[tokio::test(start_paused = true)]
async fn a_peer_that_has_caught_up_and_is_silent_then_is_found() {
    let fillers = ["a callback", "a handle"];
    for filler in fillers {
        let mut served = Served::open().await;
        if filler == "a callback" {
            served.say("do flood 12 100000").await;
        } else {
            let handle = served.log.handle();
            for _ in 0..12 {
                handle.send(vec![7; 100_000]).expect("room");
            }
        }
        pass(20.0).await;
        for _ in 0..12 {
            assert_eq!(served.peer.read_line().await, "binary of 100000 bytes");
        }
        served.log.until(1, "drain").await;
        assert_took(served.ended().await, 46.5);
        let told = "close 1006 (no byte came from the peer, not even after a ping)";
        assert_eq!(served.log.count(told), 1, "{filler}");
    }
}
