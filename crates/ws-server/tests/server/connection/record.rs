//! What a connection did while it was open, told at its end.

use std::{sync::Arc, time::Duration};

use tokio::{io::duplex, sync::oneshot};
use ws_server::{Client, CloseInfo, Config, Handler, Message, Record, Tally, serve_connection};
use ws_testing::{naive::Frame, peer::Peer};

use crate::served::pass;

/// Answers every other message, and keeps the record.
struct Recorder {
    seen: u32,
    told: Option<oneshot::Sender<Record>>,
}

impl Handler for Recorder {
    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        self.seen += 1;
        if self.seen.is_multiple_of(2) {
            client.send(message);
        }
    }

    async fn on_close(&mut self, close: &CloseInfo) {
        let told = self.told.take().expect("once");
        told.send(*close.record()).expect("the test waits for it");
    }
}

async fn open() -> (Peer<tokio::io::DuplexStream>, oneshot::Receiver<Record>) {
    let (near, far) = duplex(64 << 10);
    let (told, record) = oneshot::channel();
    let told = Some(told);
    let handler = Recorder { seen: 0, told };
    tokio::spawn(serve_connection(
        far,
        ws_server::Peer::UNKNOWN,
        handler,
        Arc::new(Config::default()),
    ));
    (Peer::open(near).await, record)
}

fn tally(messages: u64, bytes: u64) -> Tally {
    Tally { messages, bytes }
}

#[tokio::test(start_paused = true)]
async fn its_time_its_messages_and_its_round_trip() {
    let (mut peer, record) = open().await;
    for text in ["one", "three", "fifteen"] {
        peer.send(Frame::text(text)).await;
    }
    assert_eq!(peer.read_line().await, "text 'three'");
    let ping = peer.read_frame().await.expect("no error").expect("a ping");
    pass(0.25).await;
    peer.send(Frame::pong(&ping.payload)).await;
    pass(4.75).await;
    peer.send(Frame::close(1000, "")).await;
    let record = record.await.expect("it is told");
    assert_eq!(record.received, tally(3, 15));
    assert_eq!(record.sent, tally(1, 5));
    assert_eq!(record.round_trip, Some(Duration::from_millis(250)));
    let seconds = record.duration.as_secs_f64();
    assert!((30.0..30.1).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_did_nothing_has_a_record_too() {
    let (peer, record) = open().await;
    pass(2.0).await;
    drop(peer);
    let record = record.await.expect("it is told");
    assert_eq!((record.received, record.sent), (tally(0, 0), tally(0, 0)));
    assert_eq!(record.round_trip, None);
    let seconds = record.duration.as_secs_f64();
    assert!((2.0..2.1).contains(&seconds), "{seconds}");
}
