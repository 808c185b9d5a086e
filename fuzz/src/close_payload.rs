use ws_connection::ProtocolError;
use ws_frame::{CloseCode, CloseFrame, FrameHeader};
use ws_testing::naive::{Violation, code_may_travel, read_close};

/// The payload of a Close is read as the naive one reads it, and written as the same bytes.
///
/// What is refused is refused by the same rule. A code exists exactly when it may travel. A reason of any length fits,
/// cut at the end of a character and not a character too early.
///
/// The input: the payload.
pub fn close_payload(data: &[u8]) {
    check_decoding(data);
    if let Some((&code, reason)) = data.split_first_chunk() {
        check_building(u16::from_be_bytes(code), &String::from_utf8_lossy(reason));
    }
}

fn check_decoding(payload: &[u8]) {
    let expected = match payload.len() {
        0..=FrameHeader::MAX_CONTROL_PAYLOAD => read_close(payload),
        _ => Err(Violation::ControlTooLong),
    };
    match (CloseFrame::decode(payload), expected) {
        (Ok(None), Ok(None)) => assert!(payload.is_empty()),
        (Ok(Some(frame)), Ok(Some((code, reason)))) => {
            assert_eq!(
                (frame.code().get(), frame.reason()),
                (code, reason.as_str())
            );
            assert_eq!(encoded(&frame), payload);
            assert_eq!(frame.to_payload().as_bytes(), payload);
        }
        (Err(error), Err(violation)) => {
            let error = ProtocolError::from(error);
            assert_eq!(Violation::from(&error), violation);
            assert_eq!(error.close_code().get(), violation.close_code());
        }
        (seen, expected) => panic!("{seen:?}, but the naive one says {expected:?}"),
    }
}

fn check_building(code: u16, reason: &str) {
    let Some(code) = CloseCode::new(code) else {
        return assert!(!code_may_travel(code), "{code} may travel");
    };
    assert!(code_may_travel(code.get()), "{code} may not travel");
    let frame = CloseFrame::new(code, reason.to_owned());
    assert!(reason.starts_with(frame.reason()));
    let next = reason[frame.reason().len()..].chars().next();
    let with_next = frame.reason().len() + next.map_or(0, char::len_utf8);
    assert!(
        next.is_none() || with_next > CloseFrame::MAX_REASON,
        "cut too early"
    );
    let payload = encoded(&frame);
    assert!(payload.len() <= FrameHeader::MAX_CONTROL_PAYLOAD);
    assert_eq!(payload.len(), frame.encoded_len());
    assert_eq!(CloseFrame::decode(&payload), Ok(Some(frame)));
}

fn encoded(frame: &CloseFrame) -> Vec<u8> {
    let mut payload = Vec::new();
    frame.encode(&mut payload);
    payload
}
