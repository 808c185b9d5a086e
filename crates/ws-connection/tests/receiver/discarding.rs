//! "An endpoint MUST NOT continue to attempt to process data (including a responding Close frame) from the remote
//! endpoint after being instructed to Fail the WebSocket Connection" (RFC 6455 7.1.7; A33).

use ws_connection::{Config, Event, Receiver};
use ws_testing::naive::{End, Frame, Run, Violation};

use crate::wire::KEY;

/// More of everything that would be an event or an error.
fn more() -> Vec<u8> {
    let frames = [
        Frame::text("more").masked(KEY),
        Frame::ping("more").masked(KEY),
        Frame::new(0x3, "").masked(KEY),
        Frame::close(1000, "").masked(KEY),
        Frame::text("unmasked"),
    ];
    Frame::encode_all(&frames)
}

#[test]
fn nothing_is_told_behind_a_close() {
    let close = Frame::close(1000, "").masked(KEY).encode();
    let bytes = [close, more()].concat();
    for piece in [1, 7, bytes.len()] {
        let mut receiver = Receiver::server(Config::default());
        let run = Run::observe(&mut receiver, bytes.chunks(piece).chain([&more()[..]]));
        assert_eq!((run.events.len(), run.end), (1, End::Closed));
    }
}

#[test]
fn nothing_is_told_behind_an_error_and_the_error_is_told_once() {
    let bad = Frame::text("unmasked").encode();
    let bytes = [bad, more()].concat();
    for piece in [1, 7, bytes.len()] {
        let mut receiver = Receiver::server(Config::default());
        let run = Run::observe(&mut receiver, bytes.chunks(piece).chain([&more()[..]]));
        assert!(run.events.is_empty());
        assert_eq!(run.end, End::Failed(Violation::MaskMissing));
    }
}

/// The events in front of the error in the same read are told first.
#[test]
fn an_error_does_not_swallow_what_came_before_it() {
    let bytes = [Frame::text("good").masked(KEY), Frame::text("bad")];
    let bytes = Frame::encode_all(&bytes);
    let run = Run::observe(&mut Receiver::server(Config::default()), [&bytes[..]]);
    assert_eq!(
        (run.events.len(), run.end),
        (1, End::Failed(Violation::MaskMissing))
    );
}

#[test]
fn an_error_takes_the_rest_of_the_input() {
    let mut bytes = [Frame::text("unmasked").encode(), more()].concat();
    let mut receiver = Receiver::server(Config::default());
    let mut input = &mut bytes[..];
    assert!(receiver.receive(&mut input).is_err());
    assert!(input.is_empty());
    assert!(receiver.is_discarding());
}

#[test]
fn the_caller_can_have_the_rest_discarded() {
    let mut receiver = Receiver::server(Config::default());
    let mut start = Frame::text("unfinished").unfinished().masked(KEY).encode();
    assert!(matches!(receiver.receive(&mut &mut start[..]), Ok(None)));
    receiver.discard();
    assert!(receiver.is_discarding());
    assert!(receiver.payload_room().is_none());
    let mut more = more();
    let mut input = &mut more[..];
    assert!(matches!(receiver.receive(&mut input), Ok(None)));
    assert!(input.is_empty());
}

/// Fuzzing found such things in other receivers: a call without input in any state is no event and no error.
#[test]
fn no_input_is_no_event() {
    let bytes = [Frame::ping("here").masked(KEY).encode(), more()].concat();
    let mut receiver = Receiver::server(Config::default());
    for mut byte in bytes.chunks(1).map(<[u8]>::to_vec) {
        assert!(matches!(receiver.receive(&mut &mut [][..]), Ok(None)));
        let result = receiver.receive(&mut &mut byte[..]);
        if let Ok(Some(Event::Close(_))) | Err(_) = result {
            break;
        }
    }
    assert!(matches!(receiver.receive(&mut &mut [][..]), Ok(None)));
}
