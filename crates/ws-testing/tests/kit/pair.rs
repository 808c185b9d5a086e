use std::time::Duration;

use ws_connection::{Config, Role};
use ws_frame::{CloseCode, CloseFrame};
use ws_testing::{naive::Frame, pair::Pair};

#[test]
fn a_closing_handshake_reads_as_a_transcript() {
    let mut pair = Pair::new(Config::default());
    pair.client.sender.send("hi").expect("open");
    pair.client
        .sender
        .close(CloseFrame::new(CloseCode::NORMAL, "bye"));
    pair.settle();
    assert_eq!(
        pair.transcript().lines(),
        [
            " 0.000 client sends text 'hi'",
            " 0.000 client sends close 1000 'bye'",
            " 0.000 server gets text 'hi'",
            " 0.000 server gets close 1000 'bye'",
            " 0.000 server sends close 1000 'bye'",
            " 0.000 server ends",
            " 0.000 client gets close 1000 'bye'",
            " 0.000 client ends",
            " 0.000 server is over",
            " 0.000 client is over",
        ]
    );
}

#[test]
fn what_is_held_arrives_when_it_is_released() {
    let mut pair = Pair::new(Config::default());
    pair.server.inbound.hold();
    pair.client.sender.send("late").expect("open");
    pair.advance(Duration::from_secs(2));
    assert_eq!(pair.transcript().got_by(Role::Server).count(), 0);
    pair.server.inbound.release();
    pair.settle();
    assert_eq!(
        pair.transcript().lines()[1],
        " 2.000 server gets text 'late'"
    );
}

#[test]
fn bytes_arrive_in_pieces_of_the_chosen_size() {
    let mut pair = Pair::new(Config::default());
    pair.server.inbound.set_piece(1);
    pair.client.sender.send("hi").expect("open");
    let steps = (0..100).take_while(|_| pair.step()).count();
    assert_eq!(steps, 2 + 4 + 2);
    assert_eq!(pair.transcript().got_by(Role::Server).count(), 1);
}

#[test]
fn a_link_takes_no_more_than_its_window() {
    let mut pair = Pair::new(Config::default());
    pair.client.inbound.set_window(10);
    pair.client.hold_reading();
    pair.server.sender.send(&[7; 100]).expect("open");
    pair.settle();
    assert_eq!(pair.client.inbound.len(), 10);
    pair.client.release_reading();
    pair.settle();
    assert_eq!(pair.transcript().got_by(Role::Client).count(), 1);
}

#[test]
#[should_panic(expected = "breaks the protocol: MaskMissing")]
fn an_endpoint_that_breaks_the_protocol_fails_the_test() {
    let mut pair = Pair::new(Config::default());
    // A server's sender in the place of the client's.
    pair.client.sender = ws_connection::Sender::server(Config::default());
    pair.client.sender.send("unmasked").expect("open");
    pair.settle();
}

#[test]
fn a_peer_that_ends_without_a_close_ends_it_all() {
    let mut pair = Pair::new(Config::default());
    pair.server
        .inbound
        .push(&Frame::ping("?").masked([1; 4]).encode());
    pair.server.inbound.end();
    pair.settle();
    assert_eq!(
        pair.transcript().lines(),
        [
            " 0.000 server gets ping '?'",
            " 0.000 server sends pong '?'",
            " 0.000 client gets pong '?'",
            " 0.000 server is over",
            " 0.000 client is over",
        ]
    );
    assert_eq!(pair.server.sender.closing_handshake().status(), 1006);
}
