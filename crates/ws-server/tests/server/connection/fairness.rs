//! One connection that always has something to read does not keep the others of its thread waiting.

use std::sync::Arc;

use tokio::task::yield_now;
use ws_server::{Client, Config, Handler, Message, Peer, serve_connection};
use ws_testing::{
    io::Script,
    naive::Frame,
    peer::{REQUEST, masked},
};

use crate::served::Served;

struct Quiet;

impl Handler for Quiet {
    async fn on_message(&mut self, _: &mut Client, _: Message<'_>) {}
}

/// Bytes of one read of the flood.
const READ: usize = 64 << 10;

/// How many reads a flood of these frames had before another connection's single message was answered.
async fn reads_before_an_answer(frame: Frame) -> usize {
    const READS: usize = 100;
    let mut other = Served::open().await;
    let frame = masked(frame);
    let flood = frame.repeat(READS * READ / frame.len());
    let script = Script::new()
        .read(REQUEST)
        .read_in_pieces(&flood, READ)
        .end();
    let (io, record) = script.start();
    let config = Arc::new(Config::default());
    let flooder = tokio::spawn(serve_connection(io, Peer::UNKNOWN, Quiet, config));
    // A task among others: the runtime looks at the test itself only now and then.
    let client = tokio::spawn(async move {
        while record.unread() >= flood.len() {
            yield_now().await;
        }
        let begun = record.unread();
        other.say("one").await;
        assert_eq!(other.peer.read_line().await, "text 'one'");
        assert!(record.unread() > 0, "the flood is over");
        (begun - record.unread()) / READ
    });
    let reads = client.await.expect("it is answered");
    flooder.abort();
    reads
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_tiny_messages_lets_others_be_answered_after_few_reads() {
    let reads = reads_before_an_answer(Frame::text("x")).await;
    assert!(reads <= 6, "{reads}");
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_large_messages_lets_others_be_answered_after_few_reads() {
    let reads = reads_before_an_answer(Frame::binary(vec![7; 1 << 20])).await;
    assert!(reads <= 6, "{reads}");
}
