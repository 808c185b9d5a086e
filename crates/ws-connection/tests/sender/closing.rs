//! The closing handshake as one endpoint sees it (RFC 6455 5.5.1, 7.1).

use ws_connection::{Config, Event, Message, PingError, SendError, Side};
use ws_frame::{CloseCode, CloseFrame};

use crate::outbox::Outbox;

fn server() -> Outbox {
    Outbox::server(Config::default())
}

fn bye() -> CloseFrame {
    CloseFrame::new(CloseCode::NORMAL, "bye")
}

fn away() -> CloseFrame {
    CloseFrame::new(CloseCode::GOING_AWAY, "reload")
}

#[test]
fn a_close_leaves_after_all_that_was_queued_before_it() {
    let mut outbox = server();
    outbox.sender.send("one").expect("open");
    outbox.sender.close(bye());
    outbox.sender.send("two").expect_err("closing");
    outbox.hear(&Event::Ping(b"?"));
    assert_eq!(
        outbox.write_lines(),
        ["pong '?'", "text 'one'", "close 1000 'bye'"]
    );
}

#[test]
fn a_close_leaves_after_a_queue_of_many_batches() {
    let mut outbox = server();
    for _ in 0..20 {
        outbox.sender.send(vec![7; 100_000]).expect("open");
    }
    outbox.sender.close(bye());
    let lines = outbox.write_lines();
    assert_eq!((lines.len(), &lines[20][..]), (21, "close 1000 'bye'"));
}

#[test]
fn nothing_is_sent_behind_a_close() {
    let mut outbox = server();
    outbox.sender.close(bye());
    assert_eq!(outbox.write_lines(), ["close 1000 'bye'"]);
    outbox.hear(&Event::Ping(b"too late"));
    assert_eq!(outbox.sender.ping(b"?"), Err(PingError::Closed));
    outbox.sender.send("late").expect_err("closing");
    outbox.sender.close(away());
    outbox.sender.fail_with(away());
    assert!(outbox.write().is_empty());
}

#[test]
fn a_message_comes_back_when_our_close_was_queued() {
    let mut outbox = server();
    outbox.sender.close(None);
    match outbox.sender.send("late") {
        Err(SendError::Closed(message)) => assert_eq!(message, Message::from("late")),
        other => panic!("{other:?}"),
    }
    assert!(!outbox.sender.is_open());
}

#[test]
fn a_message_comes_back_when_the_peer_has_closed() {
    let mut outbox = server();
    outbox.hear_close(bye());
    let error = outbox.sender.send("late").expect_err("closed");
    assert_eq!(
        error.to_string(),
        "message not sent: the connection is closing"
    );
    assert_eq!(error.into_message().as_text(), Some("late"));
}

#[test]
fn a_close_is_answered_with_the_same_code_and_reason() {
    let mut outbox = server();
    outbox.hear_close(away());
    assert_eq!(outbox.write_lines(), ["close 1001 'reload'"]);
    assert!(outbox.sender.is_done());
}

#[test]
fn a_close_without_a_status_is_answered_without_one() {
    let mut outbox = server();
    outbox.hear_close(None);
    assert_eq!(outbox.write_lines(), ["close"]);
    let handshake = outbox.sender.closing_handshake();
    assert_eq!(
        (handshake.sent(), handshake.received()),
        (Some(None), Some(None))
    );
    assert_eq!(handshake.status(), 1005);
}

#[test]
fn the_longest_close_is_answered_whole() {
    let mut outbox = server();
    let longest = CloseFrame::new(CloseCode::NORMAL, "e".repeat(123));
    outbox.hear_close(longest.clone());
    assert_eq!(outbox.write()[0].payload.len(), 125);
    assert_eq!(
        outbox.sender.closing_handshake().sent(),
        Some(Some(&longest))
    );
}

#[test]
fn what_was_queued_leaves_before_the_answer_to_a_close() {
    let mut outbox = server();
    outbox.sender.send("queued").expect("open");
    outbox.hear_close(bye());
    assert_eq!(outbox.write_lines(), ["text 'queued'", "close 1000 'bye'"]);
}

#[test]
fn the_facts_of_a_handshake_that_we_began() {
    let mut outbox = server();
    assert_eq!(outbox.sender.closing_handshake().first(), None);
    assert_eq!(outbox.sender.closing_handshake().status(), 1006);
    outbox.sender.close(bye());
    assert_eq!(outbox.sender.closing_handshake().sent(), None);
    outbox.write();
    let handshake = outbox.sender.closing_handshake();
    assert_eq!(handshake.sent(), Some(Some(&bye())));
    assert_eq!(
        (handshake.received(), handshake.first()),
        (None, Some(Side::Us))
    );
    assert_eq!((handshake.is_complete(), handshake.status()), (false, 1006));
    assert!(!outbox.sender.is_done());

    outbox.hear_close(away());
    let handshake = outbox.sender.closing_handshake();
    assert_eq!(handshake.received(), Some(Some(&away())));
    assert_eq!(handshake.first(), Some(Side::Us));
    assert_eq!((handshake.is_complete(), handshake.status()), (true, 1001));
    assert!(outbox.write().is_empty());
    assert!(outbox.sender.is_done());
}

#[test]
fn the_facts_of_a_handshake_that_the_peer_began() {
    let mut outbox = server();
    outbox.hear_close(away());
    let handshake = outbox.sender.closing_handshake();
    assert_eq!(
        (handshake.sent(), handshake.received()),
        (None, Some(Some(&away())))
    );
    assert_eq!(
        (handshake.first(), handshake.is_complete()),
        (Some(Side::Peer), false)
    );
    assert!(!outbox.sender.is_done());
    outbox.write();
    let handshake = outbox.sender.closing_handshake();
    assert_eq!(handshake.sent(), Some(Some(&away())));
    assert_eq!(
        (handshake.first(), handshake.is_complete()),
        (Some(Side::Peer), true)
    );
    assert!(outbox.sender.is_done());
}

/// Ours was queued but had not left: the peer's is the first on the wire, and ours is still its own.
#[test]
fn a_close_that_crosses_the_peers_keeps_its_code() {
    let mut outbox = server();
    outbox.sender.close(bye());
    outbox.hear_close(away());
    assert_eq!(outbox.write_lines(), ["close 1000 'bye'"]);
    let handshake = outbox.sender.closing_handshake();
    assert_eq!(
        (handshake.first(), handshake.status()),
        (Some(Side::Peer), 1001)
    );
    assert!(handshake.is_complete() && outbox.sender.is_done());
}

/// A Close that never left the batch was not sent: whoever logs the ending must be able to trust it (R10).
#[test]
fn a_close_that_was_not_written_was_not_sent() {
    let mut outbox = server();
    outbox.sender.send("before").expect("open");
    outbox.sender.close(bye());
    outbox.transmit();
    assert_eq!(outbox.sender.closing_handshake().sent(), None);
    outbox.sender.abort();
    assert_eq!(outbox.sender.closing_handshake().sent(), None);
    assert_eq!(outbox.sender.closing_handshake().first(), None);
}

#[test]
fn an_endpoint_that_was_cut_neither_sends_nor_waits() {
    let mut outbox = server();
    outbox.sender.send("lost").expect("open");
    outbox.sender.close(bye());
    outbox.sender.abort();
    outbox.hear(&Event::Ping(b"?"));
    outbox.hear_close(away());
    assert!(outbox.write().is_empty());
    assert_eq!(
        (outbox.sender.queued(), outbox.sender.poll_timeout()),
        (0, None)
    );
    assert!(outbox.sender.is_over() && outbox.sender.is_done());
    assert_eq!(
        outbox.sender.closing_handshake().received(),
        Some(Some(&away()))
    );
}
