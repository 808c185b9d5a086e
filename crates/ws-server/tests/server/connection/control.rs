//! Pings and pongs: answered by the library, ahead of data, told to the application (R8).

use ws_server::ConnectionConfig;
use ws_testing::{naive::Frame, peer::masked};

use crate::served::{Served, settle};

#[tokio::test(start_paused = true)]
async fn a_ping_is_answered_with_its_payload_and_told() {
    let mut served = Served::open().await;
    for payload in ["", "x", "0123456789"] {
        served.peer.send(Frame::ping(payload)).await;
        assert_eq!(served.peer.read_line().await, format!("pong '{payload}'"));
    }
    let longest = [b'p'; 125];
    served.peer.send(Frame::ping(longest)).await;
    assert_eq!(served.peer.read_line().await, "pong of 125 bytes");
    let told = [
        "ping ''",
        "ping 'x'",
        "ping '0123456789'",
        "ping of 125 bytes",
    ];
    assert_eq!(served.log.lines()[2..], told);
}

#[tokio::test(start_paused = true)]
async fn ten_pings_in_one_read_get_ten_pongs_in_their_order() {
    let mut served = Served::open().await;
    let pings: Vec<u8> = (0..10)
        .flat_map(|i| masked(Frame::ping([b'0' + i])))
        .collect();
    served.peer.write(pings).await;
    for number in 0..10 {
        assert_eq!(served.peer.read_line().await, format!("pong '{number}'"));
    }
}

/// A21: the oldest give way.
#[tokio::test(start_paused = true)]
async fn of_100_pings_in_one_read_the_newest_32_are_answered() {
    let mut served = Served::open().await;
    let pings: Vec<u8> = (0..100).flat_map(|i| masked(Frame::ping([i]))).collect();
    served.peer.write(pings).await;
    for number in 68..100 {
        let frame = served
            .peer
            .read_frame()
            .await
            .expect("open")
            .expect("a frame");
        assert_eq!(frame.payload, [number]);
    }
    assert_eq!(served.log.count("ping "), 100);
}

#[tokio::test(start_paused = true)]
async fn a_ping_of_ours_leaves_and_its_pong_is_told() {
    let mut served = Served::open().await;
    served.say("do ping from a client").await;
    assert_eq!(served.peer.read_line().await, "ping 'from a client'");
    served.log.handle().ping(b"from a handle").expect("open");
    assert_eq!(served.peer.read_line().await, "ping 'from a handle'");
    served.peer.send(Frame::pong("from a client")).await;
    served.peer.send(Frame::pong("unasked")).await;
    served.log.until(2, "pong").await;
    assert_eq!(
        served.log.lines()[3..],
        ["pong 'from a client'", "pong 'unasked'"]
    );
}

/// The message is longer than a fragment and than the pipe: its first batch is stuck when the pings come.
#[tokio::test(start_paused = true)]
async fn a_large_message_lets_pings_and_pongs_overtake_between_its_fragments() {
    let mut served = Served::open().await;
    served.log.handle().send(vec![7; 1 << 20]).expect("room");
    settle().await;
    served.log.handle().ping(b"ours").expect("open");
    settle().await;
    let lines = [
        "binary of 262144 bytes...",
        "ping 'ours'",
        "continuation of 262144 bytes...",
        "continuation of 262144 bytes...",
        "continuation of 262144 bytes",
    ];
    for line in lines {
        assert_eq!(served.peer.read_line().await, line);
    }
}

#[tokio::test(start_paused = true)]
async fn the_size_of_a_fragment_is_a_setting() {
    let fragments = |connection: ConnectionConfig| connection.with_fragment_size(3);
    let mut served = Served::open_under(fragments).await;
    served.say("12345678").await;
    for line in [
        "text '123'...",
        "continuation '456'...",
        "continuation '78'",
    ] {
        assert_eq!(served.peer.read_line().await, line);
    }
}
