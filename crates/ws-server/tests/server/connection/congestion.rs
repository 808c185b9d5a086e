//! A peer that does not take what it is sent is not read from, and is cut when it takes nothing at all (A22).

use std::time::Duration;

use tokio::time::{Instant, timeout};
use ws_server::{Client, CloseCode, Config, Handler, Message};
use ws_testing::{
    io::Script,
    naive::Frame,
    peer::{REQUEST, masked},
};

use crate::{
    log::Log,
    puppet::Puppet,
    served::{PIPE, Served, assert_took, pass, settle},
};

/// Writes frames until none is taken for a second; the bytes that were taken.
async fn write_until_stuck(served: &mut Served, frame: &[u8], count: usize) -> usize {
    let mut taken = 0;
    for _ in 0..count {
        for piece in frame.chunks(16 * 1024) {
            let write = served.peer.try_write(piece);
            match timeout(Duration::from_secs(1), write).await {
                Ok(written) => written.expect("open"),
                Err(_) => return taken,
            }
            taken += piece.len();
        }
    }
    taken
}

/// A22: an echo is queued, which is the high-water mark; the next message waits in the pipe.
#[tokio::test(start_paused = true)]
async fn of_200_messages_of_1_mib_to_a_peer_that_never_reads_few_are_taken() {
    let mut served = Served::open().await;
    let start = Instant::now();
    let frame = masked(Frame::binary(vec![7; 1 << 20]));
    let taken = write_until_stuck(&mut served, &frame, 200).await;
    assert!(taken >= 1 << 20, "{taken}");
    assert!(taken <= (2 << 20) + 2 * PIPE, "{taken}");
    assert_eq!(served.log.count("binary"), 1);
    // And then the write stall.
    served.ended().await;
    assert_took(start.elapsed(), 30.0);
    let told = "close 1006 (the peer read nothing of what was written to it)";
    assert_eq!(served.log.lines()[3..], [told, "dropped"]);
}

#[tokio::test(start_paused = true)]
async fn of_small_messages_to_a_peer_that_never_reads_the_replies_stay_under_the_mark() {
    let mut served = Served::open().await;
    let frame = masked(Frame::binary([7; 1000]));
    write_until_stuck(&mut served, &frame, 5000).await;
    // What was handled is in the pipe or in the queue, and a rented buffer may lie before it.
    let handled = served.log.count("binary") * 1004;
    assert!(handled >= 1 << 20, "{handled}");
    assert!(handled <= (1 << 20) + 2 * PIPE, "{handled}");
}

#[tokio::test(start_paused = true)]
async fn once_the_peer_reads_again_on_drain_runs_and_nothing_is_lost() {
    const COUNT: usize = 20;
    let mut served = Served::open().await;
    let frame = masked(Frame::binary(vec![7; 200_000]));
    let Served { peer, log, .. } = &mut served;
    let (mut reader, mut writer) = tokio::io::split(peer.io());
    let frames = frame.repeat(COUNT);
    let write = tokio::io::AsyncWriteExt::write_all(&mut writer, &frames);
    let read = async {
        pass(5.0).await;
        assert_eq!(log.count("drain"), 0);
        let handled = log.count("binary");
        assert!((6..=8).contains(&handled), "{handled}");
        let mut echo = vec![0; COUNT * 200_010];
        let read = tokio::io::AsyncReadExt::read_exact(&mut reader, &mut echo);
        read.await.expect("all of it");
        echo
    };
    let (written, echo) = tokio::join!(write, read);
    written.expect("all is taken in the end");
    let frames = ws_testing::naive::Decoder::decode(&echo).expect("legal frames");
    assert_eq!(frames.len(), COUNT);
    assert!(frames.iter().all(|frame| frame.payload == [7; 200_000]));
    let drains = log.count("drain");
    assert!((1..COUNT).contains(&drains), "{drains}");
}

/// The callback that filled the queue returns, the next message waits, and `on_drain` comes between.
#[tokio::test(start_paused = true)]
async fn on_drain_runs_before_the_message_that_waited() {
    let mut served = Served::open().await;
    let frames = ["do flood 12 100000", "next"];
    let bytes = frames.map(|text| masked(Frame::text(text))).concat();
    served.peer.write(bytes).await;
    for _ in 0..12 {
        assert_eq!(served.peer.read_line().await, "binary of 100000 bytes");
    }
    assert_eq!(served.peer.read_line().await, "text 'next'");
    assert_eq!(served.log.lines()[3..], ["drain", "text 'next'"]);
}

/// The queue gets empty without an `on_drain`, and the peer's silence counts again all the same.
#[tokio::test(start_paused = true)]
async fn a_close_behind_a_full_queue_is_waited_for_as_long_as_any() {
    let mut served = Served::open().await;
    let handle = served.log.handle();
    for _ in 0..12 {
        handle.send(vec![7; 100_000]).expect("room");
    }
    settle().await;
    handle.close(CloseCode::NORMAL);
    for _ in 0..12 {
        assert_eq!(served.peer.read_line().await, "binary of 100000 bytes");
    }
    assert_eq!(served.peer.read_line().await, "close 1000 ''");
    assert_took(served.ended().await, 5.0);
    assert_eq!(served.log.count("drain"), 0);
}

#[tokio::test(start_paused = true)]
async fn on_drain_runs_when_handles_filled_the_queue() {
    let mut served = Served::open().await;
    let handle = served.log.handle();
    for _ in 0..12 {
        handle.send(vec![7; 100_000]).expect("room");
    }
    settle().await;
    served.say("waits").await;
    pass(10.0).await;
    assert_eq!(served.log.lines()[2..], [""; 0]);
    for _ in 0..12 {
        assert_eq!(served.peer.read_line().await, "binary of 100000 bytes");
    }
    assert_eq!(served.peer.read_line().await, "text 'waits'");
    assert_eq!(served.log.lines()[2..], ["drain", "text 'waits'"]);
}

/// Streams a file's worth, a piece for each drain, as `on_drain` is meant to be used.
struct Stream(usize);

impl Stream {
    fn fill(&mut self, client: &mut Client) {
        while self.0 > 0 && !client.is_congested() {
            client.send(vec![self.0 as u8; 50_000]);
            self.0 -= 1;
        }
    }
}

impl Handler for Stream {
    async fn on_open(&mut self, client: &mut Client) {
        self.fill(client);
    }

    async fn on_message(&mut self, _: &mut Client, _: Message<'_>) {}

    async fn on_drain(&mut self, client: &mut Client) {
        self.fill(client);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_sends_on_at_each_drain_arrives_whole() {
    const PIECES: usize = 60;
    let served = Served::of(Stream(PIECES), Log::new(), Config::default());
    let mut served = served.opened().await;
    for piece in (1..=PIECES).rev() {
        let frame = served
            .peer
            .read_frame()
            .await
            .expect("open")
            .expect("a frame");
        assert_eq!(frame.payload.len(), 50_000);
        assert_eq!(frame.payload[0], piece as u8);
    }
}

/// Any progress puts the stall off.
#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_not_cut_and_one_that_stops_is_at_30_s() {
    let mut served = Served::open().await;
    served.say("do flood 12 100000").await;
    for _ in 0..4 {
        pass(29.0).await;
        assert_eq!(served.peer.read_line().await, "binary of 100000 bytes");
    }
    settle().await;
    assert!(!served.has_ended());
    assert_took(served.ended().await, 30.0 - 0.001);
}

/// One byte of a small reply is taken, and then nothing: the shortest of writes is watched, too.
#[tokio::test(start_paused = true)]
async fn a_small_reply_that_is_stuck_is_a_stall_as_well() {
    for taken in [0, 1, 5] {
        let mut script = Script::new()
            .read(REQUEST)
            .read(masked(Frame::text("hello")));
        let head = 129;
        script = script.accept(head);
        if taken > 0 {
            script = script.accept(taken);
        }
        let (io, record) = script.stall().start();
        let log = Log::new();
        let config = Config::default().into();
        let start = Instant::now();
        let peer = ws_server::Peer::UNKNOWN;
        ws_server::serve_connection(io, peer, Puppet::new(&log), config).await;
        assert_took(start.elapsed(), 30.0);
        assert_eq!(record.written().len(), head + taken);
        let told = "close 1006 (the peer read nothing of what was written to it)";
        assert_eq!(log.count(told), 1, "{:?}", log.lines());
    }
}

/// R6: the hard limit is a value for the one who sends, and no end.
#[tokio::test(start_paused = true)]
async fn a_message_above_the_hard_limit_is_refused_and_the_connection_lives() {
    let mut served = Served::open().await;
    let handle = served.log.handle();
    let mut accepted = 0;
    while handle.send(vec![7; 100_000]).is_ok() {
        accepted += 1;
    }
    // A message may pass the limit, but only one.
    assert_eq!(accepted, (4 << 20) / 100_010 + 1);
    for _ in 0..accepted {
        assert_eq!(served.peer.read_line().await, "binary of 100000 bytes");
    }
    served.say("still here").await;
    assert_eq!(served.peer.read_line().await, "text 'still here'");
}
