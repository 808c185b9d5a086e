//! The closing handshake from both sides, and the end of the transport (A33-A35, A38, R10).

use tokio::time::Instant;
use ws_server::CloseCode;
use ws_testing::naive::Frame;

use crate::served::{Served, assert_took, pass, settle};

#[tokio::test(start_paused = true)]
async fn the_peers_close_is_answered_with_its_code_and_reason() {
    for (close, line, told) in [
        (Frame::close(1000, "bye"), "close 1000 'bye'", "1000"),
        (Frame::close(1001, ""), "close 1001 ''", "1001"),
        (Frame::close(3000, "x"), "close 3000 'x'", "3000"),
        (Frame::close(4999, "z"), "close 4999 'z'", "4999"),
        (Frame::close_without_status(), "close", "1005"),
    ] {
        let mut served = Served::open().await;
        served.peer.send(close).await;
        assert_eq!(served.peer.read_lines().await, [line, "end"]);
        served.peer.finish().await;
        served.ended().await;
        let told = format!("close {told} (closed by the peer), clean");
        assert_eq!(
            served.log.lines(),
            ["upgrade /chat", "open", &*told, "dropped"]
        );
    }
}

/// RFC 6455 7.1.1: the server ends the transport first, and waits for the peer a while.
#[tokio::test(start_paused = true)]
async fn a_peer_that_never_ends_the_transport_is_cut_at_1_5_s() {
    let mut served = Served::open().await;
    served.peer.send(Frame::close(1000, "")).await;
    let start = Instant::now();
    assert_eq!(served.peer.read_lines().await, ["close 1000 ''", "end"]);
    assert_took(start.elapsed(), 0.0);
    assert!(!served.has_ended());
    // The application need not wait.
    assert_eq!(served.log.count("close 1000"), 1);
    served.ended().await;
    assert_took(start.elapsed(), 1.5);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_ends_the_transport_is_not_waited_for() {
    let mut served = Served::open().await;
    served.peer.send(Frame::close(1000, "")).await;
    served.peer.finish().await;
    assert_took(served.ended().await, 0.0);
    assert_eq!(served.peer.read_lines().await, ["close 1000 ''", "end"]);
}

#[tokio::test(start_paused = true)]
async fn our_close_waits_for_the_answer_and_then_ends_the_transport() {
    let mut served = Served::open().await;
    served.say("do close 4001 enough").await;
    assert_eq!(served.peer.read_line().await, "close 4001 'enough'");
    pass(4.0).await;
    assert_eq!(served.log.count("close "), 0);
    served.peer.send(Frame::close(1000, "fine")).await;
    assert_eq!(served.peer.read_line().await, "end");
    let told = "close 1000 (closed by the application), clean";
    assert_eq!(served.log.count(told), 1);
    served.ended().await;
}

#[tokio::test(start_paused = true)]
async fn a_handle_closes_with_and_without_a_code() {
    for (code, line) in [
        (Some(CloseCode::GOING_AWAY), "close 1001 ''"),
        (None, "close"),
    ] {
        let mut served = Served::open().await;
        let handle = served.log.handle();
        match code {
            Some(code) => handle.close(code),
            None => handle.close_without_status(),
        }
        assert!(!handle.is_open());
        assert_eq!(served.peer.read_line().await, line);
        served.peer.send(Frame::close_without_status()).await;
        assert_eq!(served.peer.read_line().await, "end");
        let told = "close 1005 (closed by the application), clean";
        assert_eq!(served.log.count(told), 1);
    }
}

/// A34
#[tokio::test(start_paused = true)]
async fn a_peer_that_never_answers_our_close_is_cut_at_5_s() {
    let mut served = Served::open().await;
    served.say("do close 1000 bye").await;
    let start = Instant::now();
    assert_eq!(served.peer.read_line().await, "close 1000 'bye'");
    served.ended().await;
    assert_took(start.elapsed(), 5.0);
    assert_eq!(served.peer.read_line().await, "end");
    let told = "close 1006 (the closing handshake did not end in time)";
    assert_eq!(served.log.lines()[3..], [told, "dropped"]);
}

/// A34: talking on is no answer.
#[tokio::test(start_paused = true)]
async fn a_peer_that_talks_on_and_never_answers_our_close_is_cut_at_5_s() {
    // A callback that does not end at once pauses reading.
    for script in ["", "yield"] {
        let mut served = Served::open_with(|puppet| puppet.on("message", script)).await;
        served.say("do close 1000 bye").await;
        let start = Instant::now();
        while served.log.count("close ") == 0 {
            let _ = served
                .peer
                .try_write(Frame::text("on").masked([1; 4]).encode())
                .await;
            pass(0.1).await;
        }
        assert_took(
            served.log.time_of("close ") - served.log.time_of("text 'do"),
            5.0,
        );
        assert!(start.elapsed().as_secs_f64() < 5.2, "{script}");
    }
}

#[tokio::test(start_paused = true)]
async fn messages_behind_our_close_are_delivered_until_the_peer_answers() {
    let mut served = Served::open().await;
    served.say("do close 1000 bye").await;
    assert_eq!(served.peer.read_line().await, "close 1000 'bye'");
    served.say("under way").await;
    served.peer.send(Frame::ping("under way")).await;
    served.peer.send(Frame::close(1000, "bye")).await;
    served.say("never seen").await;
    assert_eq!(served.peer.read_lines().await, ["end"]);
    assert_eq!(
        served.log.lines()[3..],
        [
            "text 'under way'",
            "ping 'under way'",
            "close 1000 (closed by the application), clean"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_close_leaves_behind_all_that_was_sent_before_and_nothing_follows_it() {
    let mut served = Served::open().await;
    served
        .say("do flood 20 100000; close 1000 done; send late; close 1001 again; ping late")
        .await;
    let mut expected = vec!["binary of 100000 bytes".to_owned(); 20];
    expected.push("close 1000 'done'".to_owned());
    for line in expected {
        assert_eq!(served.peer.read_line().await, line);
    }
    served.peer.send(Frame::close(1000, "done")).await;
    assert_eq!(served.peer.read_line().await, "end");
}

/// The answer to a Close waits behind the data, too; and a peer that half-closes can still read.
#[tokio::test(start_paused = true)]
async fn replies_leave_before_the_answer_to_a_close_even_when_the_peer_has_ended_its_direction() {
    let mut served = Served::open().await;
    served.say("do flood 8 100000").await;
    served.peer.send(Frame::close(1000, "bye")).await;
    served.peer.finish().await;
    settle().await;
    let mut expected = vec!["binary of 100000 bytes".to_owned(); 8];
    expected.extend(["close 1000 'bye'".to_owned(), "end".to_owned()]);
    assert_eq!(served.peer.read_lines().await, expected);
    served.ended().await;
    assert_eq!(
        served.log.count("close 1000 (closed by the peer), clean"),
        1
    );
}

/// Two Closes that cross are a whole closing handshake.
#[tokio::test(start_paused = true)]
async fn closes_that_cross_are_clean_and_nobody_answers_twice() {
    let mut served = Served::open().await;
    served.log.handle().close(CloseCode::GOING_AWAY);
    settle().await;
    served.peer.send(Frame::close(4000, "mine")).await;
    let lines = served.peer.read_lines().await;
    assert_eq!(lines, ["close 1001 ''", "end"]);
    let told = "close 4000 (closed by the application), clean";
    assert_eq!(served.log.count(told), 1);
}

/// Our Close still waits when the peer's comes: it is the answer, and the peer was the first.
#[tokio::test(start_paused = true)]
async fn a_close_that_waits_when_the_peers_comes_is_the_answer_to_it() {
    let mut served = Served::open().await;
    served.peer.send(Frame::close(4000, "mine")).await;
    served.log.handle().close(CloseCode::GOING_AWAY);
    let lines = served.peer.read_lines().await;
    assert_eq!(lines, ["close 1001 ''", "end"]);
    assert_eq!(
        served.log.count("close 4000 (closed by the peer), clean"),
        1
    );
}

/// A33: whatever it is, and however much.
#[tokio::test(start_paused = true)]
async fn what_comes_behind_a_close_is_discarded_and_the_answer_can_still_be_read() {
    let mut served = Served::open().await;
    let close = Frame::close(1000, "bye").masked([7; 4]).encode();
    let junk = [b"\xff\xff\xff not a frame".to_vec(), vec![0x81; 300_000]].concat();
    served.peer.write([close, junk.clone()].concat()).await;
    for _ in 0..30 {
        served.peer.write(&junk).await;
    }
    assert_eq!(served.peer.read_lines().await, ["close 1000 'bye'", "end"]);
    served.ended().await;
    let told = "close 1000 (closed by the peer), clean";
    assert_eq!(served.log.lines()[2..], [told, "dropped"]);
}

/// A38
#[tokio::test(start_paused = true)]
async fn an_end_of_the_transport_without_a_close_is_1006_and_told_at_once() {
    let partial = Frame::text("partial").masked([1; 4]).encode();
    let unfinished = Frame::text("unfinished").unfinished().masked([1; 4]);
    for before in [vec![], partial[..5].to_vec(), unfinished.encode()] {
        let mut served = Served::open().await;
        served.peer.write(before).await;
        served.peer.finish().await;
        assert_took(served.ended().await, 0.0);
        let told = "close 1006 (transport: unexpected end of file)";
        assert_eq!(served.log.lines()[2..], [told, "dropped"]);
        assert_eq!(served.peer.read_line().await, "end");
    }
}

#[tokio::test(start_paused = true)]
async fn an_end_of_the_transport_instead_of_an_answer_is_not_clean() {
    let mut served = Served::open().await;
    served.say("do close 1000 bye").await;
    assert_eq!(served.peer.read_line().await, "close 1000 'bye'");
    served.peer.finish().await;
    served.ended().await;
    let told = "close 1006 (closed by the application)";
    assert_eq!(served.log.lines()[3..], [told, "dropped"]);
}

#[tokio::test(start_paused = true)]
async fn a_close_that_comes_while_a_callback_is_pending_is_answered_after_it() {
    let mut served = Served::open().await;
    served.say("do wait 3; send ready").await;
    served.peer.send(Frame::close(1000, "bye")).await;
    let start = Instant::now();
    let lines = served.peer.read_lines().await;
    assert_took(start.elapsed(), 3.0);
    assert_eq!(lines, ["text 'ready'", "close 1000 'bye'", "end"]);
}

#[tokio::test(start_paused = true)]
async fn the_times_of_closing_are_settings() {
    use std::time::Duration;
    let mut served = Served::open_under(|connection| {
        let connection = connection.with_close_timeout(Duration::from_secs(1));
        connection.with_linger(Duration::from_millis(200))
    })
    .await;
    served.say("do close").await;
    settle().await;
    assert_took(served.ended().await, 1.0 - 0.001);

    let mut served = Served::open_under(|c| c.with_linger(Duration::from_millis(200))).await;
    served.peer.send(Frame::close(1000, "")).await;
    assert_took(served.ended().await, 0.2);
}

/// No time at all is no deadline, and no panic either.
#[tokio::test(start_paused = true)]
async fn times_without_end_are_no_deadlines() {
    use std::time::Duration;
    let forever = |connection: ws_server::ConnectionConfig| {
        let connection = connection.with_ping_interval(Some(Duration::MAX));
        let connection = connection.with_pong_timeout(Duration::MAX);
        let connection = connection.with_write_timeout(Duration::MAX);
        let connection = connection.with_close_timeout(Duration::MAX);
        connection.with_linger(Duration::MAX)
    };
    let connection = forever(ws_server::ConnectionConfig::default());
    let config = ws_server::Config::default().with_connection(connection);
    let config = config.with_handshake_timeout(Duration::MAX);
    let mut served = Served::with(|puppet| puppet, config);
    pass(100.0).await;
    served = served.opened().await;
    served.say("do flood 12 100000; close 1000 bye").await;
    pass(1000.0).await;
    assert!(!served.has_ended());
    for _ in 0..12 {
        assert_eq!(served.peer.read_line().await, "binary of 100000 bytes");
    }
    assert_eq!(served.peer.read_line().await, "close 1000 'bye'");
    pass(1000.0).await;
    served.peer.send(Frame::close(1000, "bye")).await;
    assert_eq!(served.peer.read_line().await, "end");
    pass(1000.0).await;
    assert!(!served.has_ended());
    served.peer.finish().await;
    served.ended().await;
}
