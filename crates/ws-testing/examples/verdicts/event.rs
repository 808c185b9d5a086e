//! Events and ends as JSON.

use serde_json::{Value, json};
use ws_testing::naive::{End, Event, Frame, opcode};

use crate::hex;

/// `["text", "hi"]`, `["ping", "00ff"]`, `["close", 1000, "bye"]`, `["close", null, ""]`.
pub(crate) fn json(event: &Event) -> Value {
    match event {
        Event::Text(text) => json!(["text", text]),
        Event::Binary(bytes) => json!(["binary", hex::encode(bytes)]),
        Event::Ping(bytes) => json!(["ping", hex::encode(bytes)]),
        Event::Pong(bytes) => json!(["pong", hex::encode(bytes)]),
        Event::Close(None) => json!(["close", null, ""]),
        Event::Close(Some((code, reason))) => json!(["close", code, reason]),
    }
}

pub(crate) fn list(events: &[Event]) -> Value {
    events.iter().map(json).collect()
}

/// `open`, `closed`, or the code of the failure and what was violated.
pub(crate) fn end(end: End) -> Value {
    match end {
        End::Open => json!({ "end": "open" }),
        End::Closed => json!({ "end": "closed" }),
        End::Failed(violation) => json!({
            "end": "failed",
            "code": violation.close_code(),
            "violation": format!("{violation:?}"),
        }),
    }
}

/// What an endpoint has sent by itself: `["pong", "00ff"]`, `["close", 1002]`.
pub(crate) fn reply(frame: &Frame) -> Value {
    match (frame.opcode, &frame.payload[..]) {
        (opcode::PONG, payload) => json!(["pong", hex::encode(payload)]),
        (opcode::CLOSE, []) => json!(["close", null]),
        (opcode::CLOSE, [high, low, ..]) => json!(["close", u16::from_be_bytes([*high, *low])]),
        (opcode, payload) => json!([opcode, hex::encode(payload)]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use ws_testing::naive::{End, Event, Frame, Violation};

    use super::{end, list, reply};

    #[test]
    fn events_are_told_with_all_that_they_have() {
        let events = [
            Event::Text("h\u{e9}".to_owned()),
            Event::Binary(vec![0xFF]),
            Event::Close(None),
            Event::Close(Some((1000, "bye".to_owned()))),
        ];
        let told = json!([
            ["text", "h\u{e9}"],
            ["binary", "ff"],
            ["close", null, ""],
            ["close", 1000, "bye"]
        ]);
        assert_eq!(list(&events), told);
    }

    #[test]
    fn a_failure_has_its_code_and_its_name() {
        let told = end(End::Failed(Violation::InvalidText));
        assert_eq!(
            told,
            json!({"end": "failed", "code": 1007, "violation": "InvalidText"})
        );
        assert_eq!(end(End::Open), json!({"end": "open"}));
    }

    #[test]
    fn a_reply_is_a_pong_or_a_close() {
        assert_eq!(reply(&Frame::pong([1])), json!(["pong", "01"]));
        assert_eq!(reply(&Frame::close(1002, "why")), json!(["close", 1002]));
        assert_eq!(
            reply(&Frame::close_without_status()),
            json!(["close", null])
        );
    }
}
