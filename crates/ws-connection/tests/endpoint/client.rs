//! What RFC 6455 asks of a client beside the masking of its frames.

use ws_connection::Config;
use ws_testing::{naive::Frame, pair::Pair};

fn pair() -> Pair {
    Pair::new(Config::default().with_ping_interval(None))
}

/// What the client says of frames that seem to come from the server.
fn answers(frames: &[Frame]) -> Vec<String> {
    let mut pair = pair();
    pair.client.inbound.push(&Frame::encode_all(frames));
    pair.server.inbound.hold();
    pair.settle();
    let lines = pair.transcript().lines();
    let sent = lines
        .iter()
        .filter_map(|line| line.strip_prefix(" 0.000 client sends "));
    sent.map(str::to_owned).collect()
}

/// "A client MUST close a connection if it detects a masked frame." (5.1)
#[test]
fn a_client_closes_with_1002_when_a_frame_of_the_server_is_masked() {
    let lines = answers(&[Frame::text("hi").masked([1, 2, 3, 4]), Frame::ping("late")]);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("close 1002 '"), "{lines:?}");
}

#[test]
fn a_client_answers_pings_and_the_close_of_the_server_and_nothing_behind_it() {
    let lines = answers(&[
        Frame::ping("one"),
        Frame::text("a").unfinished(),
        Frame::ping("two"),
        Frame::continuation("b"),
        Frame::close(4000, "bye"),
        Frame::ping("late"),
    ]);
    assert_eq!(lines, ["pong 'one'", "pong 'two'", "close 4000 'bye'"]);
}

#[test]
fn a_client_fails_on_text_that_is_none_and_on_fragments_out_of_order() {
    for (frames, close) in [
        (vec![Frame::text(b"\xC0\x80")], "close 1007 '"),
        (vec![Frame::continuation("a")], "close 1002 '"),
        (
            vec![Frame::text("a").unfinished(), Frame::binary("b")],
            "close 1002 '",
        ),
        (vec![Frame::new(0x3, "")], "close 1002 '"),
        (vec![Frame::new(0x9, [0; 126])], "close 1002 '"),
    ] {
        let lines = answers(&frames);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with(close), "{lines:?}");
    }
}

/// "If at any point the underlying transport layer connection is unexpectedly lost, the client MUST _Fail the WebSocket
/// Connection_." (7.2.1)
#[test]
fn a_client_whose_transport_is_lost_has_failed_with_1006() {
    let mut pair = pair();
    pair.client.inbound.end();
    pair.settle();
    let handshake = pair.client.sender.closing_handshake();
    assert_eq!((handshake.status(), handshake.is_complete()), (1006, false));
    assert!(pair.client.is_over());
    assert!(pair.client.sender.send("late").is_err());
}
