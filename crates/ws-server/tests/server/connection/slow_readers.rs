//! A peer that reads slowly: it cannot hold a connection that is to end, and a callback can wait for it.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};
use ws_server::{
    Client, CloseCode, Config, ConnectionConfig, Handler, Message, Overflow, SendError, SendOptions,
};
use ws_testing::{
    naive::{Decoder, Frame},
    peer::masked,
};

use crate::{
    log::Log,
    served::{PIPE, Served, assert_took, pass, settle},
};

/// Each byte is progress, and the peer is alive; but the queue before the Close has 30 s in all.
#[tokio::test(start_paused = true)]
async fn a_close_behind_a_queue_that_drips_away_is_over_after_the_write_timeout() {
    let mut served = Served::open().await;
    let handle = served.log.handle();
    handle.send(vec![7; 4 * PIPE]).expect("room");
    handle.close(CloseCode::POLICY_VIOLATION);
    let start = served.log.time_of("open");
    for _ in 0..20 {
        if served.has_ended() {
            break;
        }
        // The transport may end at any time from here on.
        let _ = served.peer.try_write(masked(Frame::pong(""))).await;
        let _ = served.peer.io().read(&mut [0]).await;
        pass(5.0).await;
    }
    assert!(served.has_ended());
    let told = "close 1006 (the peer read nothing of what was written to it)";
    assert_took(served.log.time_of(told) - start, 30.0);
}

/// `with_max_queue` alone: the other mark is far above it.
#[tokio::test(start_paused = true)]
async fn reading_pauses_at_the_limit_of_the_queue_and_no_echo_is_lost() {
    const LIMIT: usize = 64 << 10;
    const COUNT: usize = 300;
    let mut served = Served::open_under(|c| c.with_max_queue(LIMIT)).await;
    let Served { peer, log, .. } = &mut served;
    let (mut reader, mut writer) = tokio::io::split(peer.io());
    let frames = masked(Frame::binary([7; 2000])).repeat(COUNT);
    let read = async {
        pass(5.0).await;
        let handled = log.count("binary") * 2004;
        assert!(handled >= LIMIT, "{handled}");
        assert!(handled <= LIMIT + 2 * PIPE, "{handled}");
        let mut echo = vec![0; COUNT * 2004];
        let read = timeout(Duration::from_secs(20), reader.read_exact(&mut echo)).await;
        read.expect("none is lost").expect("open");
        echo
    };
    let (written, echo) = tokio::join!(writer.write_all(&frames), read);
    written.expect("all is taken in the end");
    assert_eq!(Decoder::decode(&echo).expect("legal").len(), COUNT);
}

/// Sends in pieces, each when the peer has taken enough of those before.
struct Download;

impl Handler for Download {
    async fn on_message(&mut self, client: &mut Client, _: Message<'_>) {
        for _ in 0..8 {
            client.ready().await.expect("it is open");
            client.send(vec![7; 200_000]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_waits_for_room_goes_on_when_the_peer_has_read() {
    let limits = ConnectionConfig::default().with_high_water(100_000);
    let config = Config::default().with_connection(limits);
    let mut served = Served::of(Download, Log::new(), config).opened().await;
    served.say("go").await;
    pass(1.0).await;
    for _ in 0..8 {
        let line = timeout(Duration::from_secs(20), served.peer.read_line()).await;
        assert_eq!(line.expect("it goes on"), "binary of 200000 bytes");
    }
}

/// Waits for room that never comes, and tells how that ended.
struct Patient(Log);

impl Handler for Patient {
    async fn on_message(&mut self, client: &mut Client, _: Message<'_>) {
        self.0.note_handle(client.handle());
        client.send(vec![7; 10 * PIPE]);
        if let Err(error) = client.ready().await {
            self.0.note(error.to_string());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_waits_for_room_is_told_when_the_connection_closes() {
    let limits = ConnectionConfig::default().with_high_water(1000);
    let config = Config::default().with_connection(limits);
    let log = Log::new();
    let mut served = Served::of(Patient(log.clone()), log.clone(), config)
        .opened()
        .await;
    served.say("go").await;
    pass(1.0).await;
    assert_eq!(log.count("no room"), 0);
    log.handle().close(CloseCode::NORMAL);
    pass(0.1).await;
    assert_eq!(
        log.count("no room in the write queue: the connection is closing"),
        1
    );
}

/// The limit of a queue that closes.
const LIMIT: usize = 8 * PIPE;

fn closing() -> impl FnOnce(ConnectionConfig) -> ConnectionConfig {
    |connection| {
        connection
            .with_max_queue(LIMIT)
            .with_overflow(Overflow::Close)
    }
}

/// A23: what waited is dropped, so a peer that reads again finds the Close behind what was on its way.
#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_closed_at_the_limit_of_its_queue_and_told_why() {
    for state in ["waits", "is pending"] {
        let mut served = Served::open_under(closing()).await;
        if state == "is pending" {
            served.say("do never").await;
        }
        let handle = served.log.handle();
        let mut taken = 0;
        while handle.send(vec![7; PIPE - 10]).is_ok() {
            taken += 1;
            pass(0.1).await;
        }
        assert!(taken < 12, "{taken}");
        let refused = handle.send("late");
        assert!(matches!(refused, Err(SendError::Closed(_))), "{refused:?}");
        let mut lines = Vec::new();
        while !lines.iter().any(|line: &String| line.starts_with("close")) {
            lines.push(served.peer.read_line().await);
        }
        let told = format!("bytes wait to be written to you, less than {LIMIT} are allowed");
        let close = lines.last().expect("a Close");
        assert!(close.contains("1008") && close.contains(&told), "{close}");
        assert!(lines.len() <= taken, "what waited is dropped: {lines:?}");
        if state == "waits" {
            pass(6.0).await;
            let told =
                format!("bytes wait to be written to the peer, less than {LIMIT} are allowed)");
            assert!(served.has_ended());
            let lines = served.log.lines();
            let close = lines.iter().find(|line| line.starts_with("close 1006"));
            assert!(close.is_some_and(|line| line.ends_with(&told)), "{lines:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_reads_nothing_at_all_is_cut_after_the_close_timeout_and_the_cause_is_the_limit() {
    let served = Served::open_under(closing()).await;
    let handle = served.log.handle();
    handle.send(vec![7; 2 * LIMIT]).expect("it passes");
    pass(1.0).await;
    let newest = SendOptions::default().with_overflow(Overflow::DropNewest);
    let refused = handle.send_with("a", newest);
    assert!(matches!(refused, Err(SendError::Full(_))), "{refused:?}");
    handle.send("b").expect_err("this closes");
    pass(5.5).await;
    assert!(served.has_ended());
    let lines = served.log.lines();
    let close = lines.iter().find(|line| line.starts_with("close 1006"));
    let told = format!("less than {LIMIT} are allowed)");
    assert!(close.is_some_and(|line| line.ends_with(&told)), "{lines:?}");
}

/// RFC 6455 7.1.7: neither messages nor a Close. They come while what was on its way still waits to be read.
#[tokio::test(start_paused = true)]
async fn nothing_that_comes_behind_the_limit_of_the_queue_is_looked_at() {
    for late in [Frame::text("late"), Frame::close(1000, "")] {
        let mut served = Served::open_under(closing()).await;
        let handle = served.log.handle();
        while handle.send(vec![7; PIPE]).is_ok() {
            settle().await;
        }
        pass(1.0).await;
        served.peer.send(late.clone()).await;
        settle().await;
        while !served.peer.read_line().await.starts_with("close 1008") {}
        drop(served.peer);
        pass(0.1).await;
        let told = format!("less than {LIMIT} are allowed)");
        let lines = served.log.lines();
        let close = lines.iter().find(|line| line.starts_with("close 1006"));
        assert!(close.is_some_and(|line| line.ends_with(&told)), "{lines:?}");
        assert_eq!(served.log.count("text 'late'"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_read_with_the_message_whose_answer_broke_the_limit_is_not_looked_at() {
    let mut served = Served::open_under(closing()).await;
    let frames = ["do flood 20 65536", "late"].map(|text| masked(Frame::text(text)));
    served.peer.write(frames.concat()).await;
    let close = served.peer.read_line().await;
    assert!(close.starts_with("close 1008"), "{close}");
    assert_eq!(served.log.count("text 'late'"), 0);
}
