//! The closing handshake on both sides, and its timers (RFC 6455 7.1; A33-A35, A38).

use ws_connection::{Config, Role, Side};
use ws_frame::{CloseCode, CloseFrame};
use ws_testing::{naive::Frame, pair::Pair};

use crate::times::{millis, seconds};

fn pair() -> Pair {
    Pair::new(Config::default().with_ping_interval(None))
}

fn bye() -> CloseFrame {
    CloseFrame::new(CloseCode::NORMAL, "bye")
}

fn push(pair: &mut Pair, frame: Frame) {
    let bytes = frame.masked([1, 2, 3, 4]).encode();
    pair.server.inbound.push(&bytes);
}

#[test]
fn a_server_closes_and_ends_the_transport_first() {
    let mut pair = pair();
    pair.server.sender.send("last words").expect("open");
    pair.server.sender.close(bye());
    pair.settle();
    assert_eq!(
        pair.transcript().lines(),
        [
            " 0.000 server sends text 'last words'",
            " 0.000 server sends close 1000 'bye'",
            " 0.000 client gets text 'last words'",
            " 0.000 client gets close 1000 'bye'",
            " 0.000 client sends close 1000 'bye'",
            " 0.000 server gets close 1000 'bye'",
            " 0.000 server ends",
            " 0.000 client ends",
            " 0.000 server is over",
            " 0.000 client is over",
        ]
    );
}

#[test]
fn a_close_without_a_status_comes_back_without_one() {
    let mut pair = pair();
    pair.client.sender.close(None);
    pair.settle();
    assert_eq!(
        pair.transcript().lines()[..4],
        [
            " 0.000 client sends close",
            " 0.000 server gets close",
            " 0.000 server sends close",
            " 0.000 server ends",
        ]
    );
    assert_eq!(pair.client.sender.closing_handshake().status(), 1005);
}

#[test]
fn both_may_close_at_the_same_time() {
    let mut pair = pair();
    pair.server
        .sender
        .close(CloseFrame::from(CloseCode::GOING_AWAY));
    pair.client.sender.close(bye());
    pair.settle();
    assert_eq!(
        pair.transcript().lines(),
        [
            " 0.000 server sends close 1001 ''",
            " 0.000 client sends close 1000 'bye'",
            " 0.000 server gets close 1000 'bye'",
            " 0.000 client gets close 1001 ''",
            " 0.000 server ends",
            " 0.000 client ends",
            " 0.000 server is over",
            " 0.000 client is over",
        ]
    );
    let handshake = pair.server.sender.closing_handshake();
    assert_eq!(
        (handshake.first(), handshake.status()),
        (Some(Side::Us), 1000)
    );
    let handshake = pair.client.sender.closing_handshake();
    assert_eq!(
        (handshake.first(), handshake.status()),
        (Some(Side::Us), 1001)
    );
}

#[test]
fn both_sides_agree_on_who_closed_first() {
    let mut pair = pair();
    pair.client.sender.close(bye());
    pair.settle();
    let server = pair.server.sender.closing_handshake();
    let client = pair.client.sender.closing_handshake();
    assert_eq!(
        (server.first(), client.first()),
        (Some(Side::Peer), Some(Side::Us))
    );
    assert!(server.is_complete() && client.is_complete());
    assert_eq!((server.status(), client.status()), (1000, 1000));
}

/// A34.
#[test]
fn a_peer_that_never_answers_our_close_is_cut_after_5_seconds() {
    let mut pair = pair();
    pair.drop_link();
    pair.server.sender.close(bye());
    pair.advance(seconds(6));
    assert_eq!(
        pair.transcript().lines(),
        [
            " 0.000 server sends close 1000 'bye'",
            " 5.000 server times out: Close",
            " 5.000 server is over",
        ]
    );
    assert_eq!(pair.server.sender.poll_timeout(), None);
}

#[test]
fn the_5_seconds_begin_when_the_close_is_written() {
    let mut pair = pair();
    pair.drop_link();
    pair.client.inbound.set_window(2);
    pair.server.sender.close(bye());
    pair.advance(seconds(3));
    pair.client.inbound.set_window(100);
    pair.advance(seconds(6));
    assert_eq!(
        pair.transcript().lines(),
        [
            " 3.000 server sends close 1000 'bye'",
            " 8.000 server times out: Close",
            " 8.000 server is over",
        ]
    );
}

#[test]
fn an_answer_in_the_last_moment_is_an_answer() {
    let mut pair = pair();
    pair.client.inbound.hold();
    pair.server.sender.close(bye());
    pair.advance(millis(4_999));
    pair.client.inbound.release();
    pair.advance(seconds(10));
    assert!(pair.server.sender.closing_handshake().is_complete());
    assert_eq!(
        pair.transcript().lines().last().map(String::as_str),
        Some(" 4.999 client is over")
    );
}

/// A35: the peer answers, and then keeps the transport open.
#[test]
fn a_peer_that_never_ends_the_transport_is_cut_after_a_second_and_a_half() {
    let mut pair = pair();
    pair.client.inbound.hold();
    push(&mut pair, Frame::close(1000, "bye"));
    pair.advance(seconds(2));
    assert_eq!(
        pair.transcript().lines(),
        [
            " 0.000 server gets close 1000 'bye'",
            " 0.000 server sends close 1000 'bye'",
            " 0.000 server ends",
            " 1.500 server times out: Linger",
            " 1.500 server is over",
        ]
    );
}

/// A33: it is read and discarded, so that no RST overtakes our Close.
#[test]
fn data_after_a_close_is_discarded() {
    let mut pair = pair();
    pair.client.inbound.hold();
    push(&mut pair, Frame::close(1000, ""));
    for _ in 0..50 {
        push(&mut pair, Frame::binary([7; 1000]));
        push(&mut pair, Frame::ping("?"));
        pair.advance(millis(10));
    }
    assert!(pair.server.inbound.is_empty());
    assert_eq!(pair.transcript().got_by(Role::Server).count(), 1);
    assert_eq!(pair.transcript().sent_by(Role::Server).count(), 1);
    // What comes meanwhile does not make the wait longer.
    pair.advance(millis(1_001));
    assert!(pair.server.is_over());
}

/// The peer closes and takes nothing any more.
#[test]
fn an_answer_that_cannot_be_written_is_given_up_after_5_seconds() {
    let mut pair = pair();
    pair.client.hold_reading();
    pair.client.inbound.set_window(10);
    pair.server.sender.send(&[7; 1000]).expect("open");
    pair.settle();
    push(&mut pair, Frame::close(1000, ""));
    pair.advance(seconds(6));
    assert_eq!(
        pair.transcript().lines(),
        [
            " 0.000 server gets close 1000 ''",
            " 5.000 server times out: Close",
            " 5.000 server is over",
        ]
    );
    assert_eq!(pair.server.sender.closing_handshake().sent(), None);
}

#[test]
fn a_peer_that_reads_slowly_does_not_stretch_the_5_seconds() {
    let mut pair = pair();
    pair.client.hold_reading();
    pair.client.inbound.set_window(10);
    pair.server.sender.send(&[7; 1000]).expect("open");
    push(&mut pair, Frame::close(1000, ""));
    for window in 11..17 {
        pair.client.inbound.set_window(window);
        pair.advance(seconds(1));
    }
    assert_eq!(
        pair.transcript().lines(),
        [
            " 0.000 server gets close 1000 ''",
            " 5.000 server times out: Close",
            " 5.000 server is over",
        ]
    );
}

#[test]
fn a_failure_that_cannot_be_told_is_given_up_after_5_seconds() {
    let mut pair = pair();
    pair.drop_link();
    pair.server.inbound.release();
    pair.client.inbound.set_window(0);
    pair.server.inbound.push(&Frame::text("unmasked").encode());
    pair.advance(seconds(6));
    assert_eq!(
        pair.transcript().lines(),
        [
            " 0.000 server fails 1002: unmasked frame, but a client must mask every frame",
            " 5.000 server times out: Close",
            " 5.000 server is over",
        ]
    );
}

#[test]
fn a_failure_is_told_and_the_transport_ended() {
    let mut pair = pair();
    pair.server.sender.send("on its way").expect("open");
    pair.server
        .inbound
        .push(&Frame::new(0xB, "").masked([0; 4]).encode());
    pair.settle();
    let reason = "reserved opcode 0xb, only 0x0, 0x1, 0x2, 0x8, 0x9 and 0xa are defined";
    assert_eq!(
        pair.transcript().lines(),
        [
            " 0.000 server sends text 'on its way'".to_owned(),
            format!(" 0.000 server fails 1002: {reason}"),
            " 0.000 client gets text 'on its way'".to_owned(),
            format!(" 0.000 server sends close 1002 '{reason}'"),
            " 0.000 server ends".to_owned(),
            format!(" 0.000 client gets close 1002 '{reason}'"),
            format!(" 0.000 client sends close 1002 '{reason}'"),
            " 0.000 client ends".to_owned(),
            " 0.000 client is over".to_owned(),
            " 0.000 server is over".to_owned(),
        ]
    );
}

/// A38.
#[test]
fn a_transport_that_ends_without_a_close_is_1006() {
    let mut pair = pair();
    pair.server.inbound.end();
    pair.settle();
    let handshake = pair.server.sender.closing_handshake();
    assert_eq!((handshake.status(), handshake.is_complete()), (1006, false));
    assert!(pair.server.is_over());
}

/// "A client SHOULD wait for the server to close the connection but MAY close the connection at any time" (7.1.1).
#[test]
fn a_client_waits_for_the_server_to_end_the_transport_and_not_for_ever() {
    let mut pair = pair();
    pair.client.inbound.push(&Frame::close(1000, "").encode());
    pair.server.inbound.hold();
    pair.advance(seconds(2));
    assert_eq!(
        pair.transcript().lines(),
        [
            " 0.000 client gets close 1000 ''",
            " 0.000 client sends close 1000 ''",
            " 1.500 client times out: Linger",
            " 1.500 client is over",
        ]
    );
}

#[test]
fn the_times_of_closing_can_be_set() {
    let config = Config::default()
        .with_close_timeout(millis(700))
        .with_linger(millis(300));
    let mut pair = Pair::new(config);
    pair.drop_link();
    pair.server.sender.close(bye());
    pair.client.sender.fail_with(bye());
    pair.advance(seconds(1));
    let lines = pair.transcript().lines();
    assert!(lines.contains(&" 0.700 server times out: Close".to_owned()));
    assert!(lines.contains(&" 0.300 client times out: Linger".to_owned()));
}

/// The keepalive must not answer for a peer that is only slow to close.
#[test]
fn no_ping_is_sent_behind_our_close() {
    let config = Config::default().with_close_timeout(seconds(100));
    let mut pair = Pair::new(config);
    pair.drop_link();
    pair.server.sender.close(bye());
    pair.advance(seconds(200));
    let sent: Vec<_> = pair.transcript().sent_by(Role::Server).collect();
    assert_eq!(sent.len(), 1);
    assert!(pair.server.is_over());
}
