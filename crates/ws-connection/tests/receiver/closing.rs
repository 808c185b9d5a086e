//! The payload of a Close (A32; RFC 6455 5.5.1, 7.4).

use ws_connection::Config;
use ws_testing::naive::{End, Event, Frame, Violation, code_may_travel, opcode};

use crate::wire::serve;

fn end(payload: &[u8]) -> End {
    serve(&Config::default(), [Frame::new(opcode::CLOSE, payload)]).end
}

#[test]
fn every_close_code_is_judged_as_the_registry_says() {
    for code in 0..=u16::MAX {
        for reason in ["", "bye"] {
            let run = serve(&Config::default(), [Frame::close(code, reason)]);
            if code_may_travel(code) {
                assert_eq!(run.end, End::Closed, "{code}");
                assert_eq!(run.events, [Event::Close(Some((code, reason.to_owned())))]);
            } else {
                assert_eq!(run.end, End::Failed(Violation::CloseCode), "{code}");
            }
        }
    }
    assert_eq!(Violation::CloseCode.close_code(), 1002);
}

#[test]
fn an_empty_close_names_no_code() {
    let run = serve(&Config::default(), [Frame::close_without_status()]);
    assert_eq!(run.events, [Event::Close(None)]);
}

/// "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer" (RFC 6455 5.5.1).
#[test]
fn a_close_of_one_byte_is_a_protocol_error() {
    for byte in 0..=u8::MAX {
        assert_eq!(end(&[byte]), End::Failed(Violation::CloseTooShort));
    }
    assert_eq!(Violation::CloseTooShort.close_code(), 1002);
}

#[test]
fn a_reason_that_is_not_utf8_is_refused_with_1007() {
    let bad: [&[u8]; 5] = [
        b"\xFF",
        b"ok\xC3",
        b"\xED\xA0\x80",
        b"\xC0\x80",
        b"\xF4\x90\x80\x80",
    ];
    for reason in bad {
        let payload = [b"\x03\xE8", reason].concat();
        assert_eq!(end(&payload), End::Failed(Violation::CloseReason));
    }
    assert_eq!(Violation::CloseReason.close_code(), 1007);
}

#[test]
fn a_reason_of_123_bytes_is_accepted_and_one_of_124_is_a_protocol_error() {
    let longest = "e".repeat(123);
    let run = serve(&Config::default(), [Frame::close(1000, &longest)]);
    assert_eq!(run.events, [Event::Close(Some((1000, longest)))]);
    let run = serve(&Config::default(), [Frame::close(1000, "e".repeat(124))]);
    assert_eq!(run.end, End::Failed(Violation::ControlTooLong));
    assert_eq!(Violation::ControlTooLong.close_code(), 1002);
}
