//! What a peer sends: what our endpoint makes of it, and the frames that it consists of.

use serde_json::{Value, json};
use ws_connection::Role;
use ws_testing::naive::{Decoder, Event, Frame, Receiver};

use crate::endpoint::Endpoint;
use crate::event;
use crate::hex;
use crate::settings;

/// Reads these pieces.
pub(crate) fn read(role: Role, pieces: &[&[u8]]) -> Value {
    let mut endpoint = Endpoint::new(role, &settings::config());
    pieces.iter().for_each(|piece| endpoint.read(piece));
    let bytes = pieces.concat();
    let (frames, rest) = apart(role, &bytes);
    let mut told = event::end(endpoint.run().end);
    told["events"] = event::list(&endpoint.run().events);
    told["replies"] = endpoint.replies().iter().map(event::reply).collect();
    told["frames"] = frames.iter().map(parts).collect();
    told["rest"] = hex::encode(rest).into();
    told
}

/// `[1, 1, "6869"]`: the opcode, FIN, the payload without its mask.
pub(crate) fn parts(frame: &Frame) -> Value {
    json!([
        frame.opcode,
        u8::from(frame.fin),
        hex::encode(&frame.payload)
    ])
}

/// The frames that are whole, up to a Close, and the bytes behind them. If a frame breaks a rule, these begin with it.
fn apart(role: Role, bytes: &[u8]) -> (Vec<Frame>, &[u8]) {
    let mut receiver = Receiver::new(role, &settings::config());
    let mut decoder = Decoder::default();
    let mut frames = Vec::new();
    let mut rest = bytes;
    for (at, &byte) in bytes.iter().enumerate() {
        let (Ok(event), Ok(frame)) = (receiver.push(byte), decoder.push(byte)) else {
            break;
        };
        if let Some(frame) = frame {
            frames.push(frame);
            rest = &bytes[at + 1..];
        }
        if matches!(event, Some(Event::Close(_))) {
            break;
        }
    }
    (frames, rest)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use ws_connection::Role;
    use ws_testing::naive::Frame;

    use super::{apart, read};

    #[test]
    fn a_stream_falls_into_whole_frames_and_what_is_behind_them() {
        let frames = [Frame::text("hi"), Frame::ping("")];
        for rest in [
            &b"\x83\x00and more"[..],
            b"\x82\x7E\x00\x01",
            b"\x80\x00",
            b"",
        ] {
            let bytes = [&Frame::encode_all(&frames)[..], rest].concat();
            assert_eq!(apart(Role::Client, &bytes), (frames.to_vec(), rest));
        }
    }

    #[test]
    fn what_is_behind_a_close_is_no_frame() {
        let frames = [Frame::close_without_status(), Frame::ping("")];
        let bytes = Frame::encode_all(&frames);
        let (whole, rest) = apart(Role::Client, &bytes);
        assert_eq!((&whole[..], rest), (&frames[..1], &frames[1].encode()[..]));
    }

    #[test]
    fn events_answers_and_frames_are_told() {
        let told = json!({
            "end": "failed", "code": 1002, "violation": "ReservedOpcode",
            "events": [["ping", "21"]], "replies": [["pong", "21"], ["close", 1002]],
            "frames": [[9, 1, "21"]], "rest": "8300",
        });
        assert_eq!(read(Role::Client, &[b"\x89\x01", b"!\x83\x00"]), told);
    }
}
