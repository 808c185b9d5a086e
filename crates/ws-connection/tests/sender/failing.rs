//! "_Fail the WebSocket Connection_" (RFC 6455 7.1.7).

use bytes::Buf;
use ws_connection::{Config, Event, ProtocolError, Receiver, SendError, Side};
use ws_frame::{CloseCode, CloseFrame};
use ws_testing::naive::{Frame, opcode};

use crate::outbox::Outbox;

fn server() -> Outbox {
    Outbox::server(Config::default())
}

/// One error for each code that an error can have.
fn errors() -> [(ProtocolError, u16); 4] {
    let key = [1, 2, 3, 4];
    let frames = [
        (vec![Frame::new(0x3, "")], 1002),
        (vec![Frame::text(b"\xFF").masked(key)], 1007),
        (
            vec![
                Frame::text("").unfinished().masked(key),
                Frame::continuation("").unfinished().masked(key),
            ],
            1008,
        ),
        (vec![Frame::binary([0; 100]).masked(key)], 1009),
    ];
    frames.map(|(frames, code)| {
        let config = Config::default()
            .with_max_message(10)
            .with_max_empty_fragments(0);
        let mut bytes = Frame::encode_all(&frames);
        let result = Receiver::server(config)
            .receive(&mut &mut bytes[..])
            .map(drop);
        (result.expect_err("illegal"), code)
    })
}

#[test]
fn each_error_sends_its_code_and_its_sentence_once() {
    for (error, code) in errors() {
        let mut outbox = server();
        outbox.sender.fail(&error);
        outbox.sender.fail(&error);
        outbox.sender.close(None);
        let frames = outbox.write();
        assert_eq!(frames.len(), 1);
        assert_eq!(frames[0], Frame::close(code, error.to_string()));
        assert_eq!(error.close_code().get(), code);
        assert!(outbox.sender.is_done());
    }
}

#[test]
fn the_reason_of_every_error_fits_and_says_something() {
    let long = ProtocolError::UnfinishedMessage(ws_frame::Opcode::Continuation);
    let errors = errors().map(|(error, _)| error);
    for error in errors.iter().chain([&long]) {
        let reason = error.close_frame().reason().to_owned();
        assert!(
            reason.len() > 20 && error.to_string().starts_with(&reason),
            "{reason}"
        );
    }
}

#[test]
fn what_has_not_begun_to_leave_is_dropped() {
    let mut outbox = server();
    outbox.sender.send("leaving").expect("open");
    outbox.transmit();
    outbox.sender.send("waiting").expect("open");
    outbox.hear(&Event::Ping(b"waiting"));
    outbox
        .sender
        .fail_with(CloseFrame::from(CloseCode::INTERNAL_ERROR));
    assert_eq!(outbox.write_lines(), ["text 'leaving'", "close 1011 ''"]);
}

/// A control frame may stand between the fragments, so the rest of the message need not be sent.
#[test]
fn the_rest_of_a_fragmented_message_is_dropped() {
    let mut outbox = server();
    outbox.sender.send(vec![7; 1 << 20]).expect("open");
    outbox.transmit();
    outbox.batch.advance(1000);
    outbox
        .sender
        .fail_with(CloseFrame::from(CloseCode::INTERNAL_ERROR));
    let rest = outbox.write_bytes();
    let close = Frame::close(1011, "").encode();
    assert_eq!(rest.len(), 10 + (256 << 10) - 1000 + close.len());
    assert!(rest.ends_with(&close));
}

#[test]
fn a_message_comes_back_when_the_connection_has_failed() {
    let mut outbox = server();
    outbox
        .sender
        .fail_with(CloseFrame::from(CloseCode::INTERNAL_ERROR));
    match outbox.sender.send("late") {
        Err(SendError::Closed(message)) => assert_eq!(message.as_text(), Some("late")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_failure_replaces_a_close_that_still_waits() {
    let mut outbox = server();
    outbox.sender.send("dropped").expect("open");
    outbox.sender.close(CloseFrame::from(CloseCode::NORMAL));
    outbox
        .sender
        .fail_with(CloseFrame::from(CloseCode::PROTOCOL_ERROR));
    assert_eq!(outbox.write_lines(), ["close 1002 ''"]);
}

#[test]
fn a_failure_after_our_close_sends_no_second_one() {
    let mut outbox = server();
    outbox.sender.close(CloseFrame::from(CloseCode::NORMAL));
    assert_eq!(outbox.write().len(), 1);
    outbox
        .sender
        .fail_with(CloseFrame::from(CloseCode::PROTOCOL_ERROR));
    assert!(outbox.write().is_empty());
    assert!(outbox.sender.is_done());
    let handshake = outbox.sender.closing_handshake();
    assert_eq!(
        handshake.sent(),
        Some(Some(&CloseFrame::from(CloseCode::NORMAL)))
    );
}

/// The Close lies in the batch that is being written when the failure comes.
#[test]
fn a_failure_while_our_close_is_written_sends_no_second_one() {
    let mut outbox = server();
    outbox.sender.close(CloseFrame::from(CloseCode::NORMAL));
    outbox.transmit();
    outbox
        .sender
        .fail_with(CloseFrame::from(CloseCode::PROTOCOL_ERROR));
    assert_eq!(outbox.write_lines(), ["close 1000 ''"]);
}

/// "If there is no such thing as a received Close frame": the endpoint that fails has it from the wire, not from the
/// peer.
#[test]
fn the_facts_of_a_failure() {
    let mut outbox = server();
    outbox
        .sender
        .fail_with(CloseFrame::from(CloseCode::PROTOCOL_ERROR));
    let frames = outbox.write();
    assert_eq!(frames[0].opcode, opcode::CLOSE);
    let handshake = outbox.sender.closing_handshake();
    assert_eq!(
        (handshake.first(), handshake.received()),
        (Some(Side::Us), None)
    );
    assert_eq!((handshake.is_complete(), handshake.status()), (false, 1006));
}

#[test]
fn a_failure_of_a_full_queue_leaves_no_congestion() {
    let mut outbox = Outbox::server(Config::default().with_high_water(100));
    outbox.sender.send(&[7; 1000]).expect("open");
    assert!(outbox.sender.is_congested());
    outbox
        .sender
        .fail_with(CloseFrame::from(CloseCode::INTERNAL_ERROR));
    outbox.write();
    assert!(!outbox.sender.is_congested());
}
