//! Status codes and the payload of a close frame.

use std::{borrow::Cow, error::Error};

use proptest::prelude::*;
use ws_frame::{
    CloseCode, CloseFrame, ClosePayload, ClosePayloadError, Frame, InvalidCloseCode, Opcode,
    validate_utf8,
};

const LEAVING: CloseFrame = CloseFrame::from_static(CloseCode::GOING_AWAY, "leaving");
static LEAVING_PAYLOAD: ClosePayload = {
    const CLOSE: &CloseFrame = &LEAVING;
    CLOSE.to_payload()
};
const LEAVING_FRAME: Frame<'_> = Frame::close(&LEAVING_PAYLOAD);

fn encode(close: &CloseFrame) -> Vec<u8> {
    let mut payload = Vec::new();
    close.encode(&mut payload);
    assert_eq!(payload.len(), close.encoded_len());
    assert_eq!(payload, close.to_payload().as_bytes());
    payload
}

/// The longest beginning of at most 123 bytes, character by character.
fn naive_cut(reason: &str) -> String {
    let mut kept = String::new();
    for character in reason.chars() {
        if kept.len() + character.len_utf8() > 123 {
            break;
        }
        kept.push(character);
    }
    kept
}

#[test]
fn exactly_the_codes_that_may_travel_exist() {
    for code in 0..=u16::MAX {
        let reserved = [1004, 1005, 1006].contains(&code);
        let defined = (1000..=1014).contains(&code) && !reserved;
        let legal = defined || (3000..5000).contains(&code);
        assert_eq!(CloseCode::new(code).is_some(), legal, "{code}");
        assert_eq!(
            CloseCode::new(code).map(CloseCode::get),
            legal.then_some(code)
        );
        match CloseCode::try_from(code) {
            Ok(close) => assert_eq!(u16::from(close), code),
            Err(error) => assert_eq!(error.get(), code),
        }
        let payload = code.to_be_bytes();
        if legal {
            let close = CloseFrame::decode(&payload).unwrap().unwrap();
            assert_eq!((close.code().get(), close.reason()), (code, ""));
            assert_eq!(encode(&close), payload);
        } else {
            let error = CloseFrame::decode(&payload).unwrap_err();
            assert_eq!(error, ClosePayloadError::InvalidCode(code));
            assert_eq!(error.close_code(), CloseCode::PROTOCOL_ERROR);
        }
    }
}

#[test]
fn the_constants_have_the_numbers_of_the_registry() {
    let constants = [
        (CloseCode::NORMAL, 1000, "CloseCode(1000 NORMAL)"),
        (CloseCode::GOING_AWAY, 1001, "CloseCode(1001 GOING_AWAY)"),
        (
            CloseCode::PROTOCOL_ERROR,
            1002,
            "CloseCode(1002 PROTOCOL_ERROR)",
        ),
        (
            CloseCode::UNSUPPORTED_DATA,
            1003,
            "CloseCode(1003 UNSUPPORTED_DATA)",
        ),
        (
            CloseCode::INVALID_PAYLOAD,
            1007,
            "CloseCode(1007 INVALID_PAYLOAD)",
        ),
        (
            CloseCode::POLICY_VIOLATION,
            1008,
            "CloseCode(1008 POLICY_VIOLATION)",
        ),
        (
            CloseCode::MESSAGE_TOO_BIG,
            1009,
            "CloseCode(1009 MESSAGE_TOO_BIG)",
        ),
        (
            CloseCode::MANDATORY_EXTENSION,
            1010,
            "CloseCode(1010 MANDATORY_EXTENSION)",
        ),
        (
            CloseCode::INTERNAL_ERROR,
            1011,
            "CloseCode(1011 INTERNAL_ERROR)",
        ),
        (
            CloseCode::SERVICE_RESTART,
            1012,
            "CloseCode(1012 SERVICE_RESTART)",
        ),
        (
            CloseCode::TRY_AGAIN_LATER,
            1013,
            "CloseCode(1013 TRY_AGAIN_LATER)",
        ),
        (CloseCode::BAD_GATEWAY, 1014, "CloseCode(1014 BAD_GATEWAY)"),
    ];
    for (code, number, debug) in constants {
        assert_eq!(code.get(), number);
        assert_eq!(format!("{code:?}"), debug);
        assert_eq!(code.to_string(), number.to_string());
    }
    assert_eq!(
        format!("{:?}", CloseCode::new(4999).unwrap()),
        "CloseCode(4999)"
    );
}

#[test]
fn an_absent_code_takes_no_room() {
    assert_eq!(size_of::<Option<CloseCode>>(), 2);
}

#[test]
fn an_empty_payload_has_no_status() {
    assert_eq!(CloseFrame::decode(b""), Ok(None));
}

#[test]
fn a_payload_of_one_byte_is_refused() {
    for byte in 0..=u8::MAX {
        let error = CloseFrame::decode(&[byte]).unwrap_err();
        assert_eq!(error, ClosePayloadError::TooShort);
        assert_eq!(error.close_code(), CloseCode::PROTOCOL_ERROR);
    }
}

#[test]
fn a_payload_of_more_than_125_bytes_is_refused() {
    let mut payload = 1000_u16.to_be_bytes().to_vec();
    payload.extend([b'x'; 123]);
    assert_eq!(
        CloseFrame::decode(&payload)
            .unwrap()
            .unwrap()
            .reason()
            .len(),
        123
    );
    payload.push(b'x');
    let error = CloseFrame::decode(&payload).unwrap_err();
    assert_eq!(error, ClosePayloadError::TooLong(126));
    assert_eq!(error.close_code(), CloseCode::PROTOCOL_ERROR);
}

#[test]
fn a_reason_that_is_not_utf8_is_refused_with_1007() {
    for reason in [&b"\xFF"[..], b"cut \xC3", b"\xED\xA0\x80"] {
        let payload = [&1000_u16.to_be_bytes()[..], reason].concat();
        let error = CloseFrame::decode(&payload).unwrap_err();
        let cause = validate_utf8(reason).unwrap_err();
        assert_eq!(error, ClosePayloadError::InvalidReason(cause));
        assert_eq!(error.close_code(), CloseCode::INVALID_PAYLOAD);
        assert!(error.source().is_some());
    }
}

#[test]
fn a_bad_code_is_told_before_a_bad_reason() {
    let error = CloseFrame::decode(b"\x03\xEE\xFF").unwrap_err();
    assert_eq!(error, ClosePayloadError::InvalidCode(1006));
    assert!(error.source().is_none(), "only a bad reason has a cause");
}

#[test]
fn a_long_reason_is_cut_at_the_end_of_a_character() {
    for character in ["a", "é", "漢", "😀"] {
        for before in 0..4 {
            for len in 120..=130 {
                let mut reason = "-".repeat(before);
                while reason.len() + character.len() <= len {
                    reason.push_str(character);
                }
                let expected = naive_cut(&reason);
                assert!(expected.len() <= 123 && expected.len() + 4 > 123.min(reason.len()));

                let fixed = CloseFrame::from_static(CloseCode::NORMAL, reason.clone().leak());
                let borrowed = CloseFrame::new(CloseCode::NORMAL, &*reason.clone().leak());
                let owned = CloseFrame::new(CloseCode::NORMAL, reason);
                for close in [fixed, borrowed, owned] {
                    assert_eq!(close.reason(), expected);
                    let decoded = CloseFrame::decode(&encode(&close));
                    assert_eq!(decoded, Ok(Some(close)));
                }
            }
        }
    }
}

#[test]
fn a_huge_reason_is_cut_and_given_back() {
    let close = CloseFrame::new(CloseCode::NORMAL, "é".repeat(1 << 20));
    assert_eq!(close.reason(), "é".repeat(61));
    assert_eq!(close.encoded_len(), 124);
}

#[test]
fn close_frames_can_be_constants() {
    assert_eq!(
        LEAVING,
        CloseFrame::new(CloseCode::GOING_AWAY, String::from("leaving"))
    );
    assert_eq!(LEAVING_FRAME.header().opcode(), Opcode::Close);
    let mut wire = Vec::new();
    LEAVING_FRAME.encode(&mut wire);
    assert_eq!(wire, b"\x88\x09\x03\xE9leaving");
    wire.clear();
    const { Frame::close(&ClosePayload::EMPTY) }.encode(&mut wire);
    assert_eq!(wire, b"\x88\x00");
}

#[test]
fn a_code_alone_is_a_close_frame() {
    let close = CloseFrame::from(CloseCode::INTERNAL_ERROR);
    assert_eq!(
        (close.code(), close.reason()),
        (CloseCode::INTERNAL_ERROR, "")
    );
    assert_eq!(encode(&close), [0x03, 0xF3]);
}

#[test]
fn the_reason_of_a_peer_is_escaped_for_a_log() {
    assert_eq!(CloseFrame::from(CloseCode::NORMAL).to_string(), "1000");
    assert_eq!(LEAVING.to_string(), "1001 \"leaving\"");
    let close = CloseFrame::new(CloseCode::NORMAL, "\u{1b}[2J\nforged line");
    assert!(!close.to_string().contains(char::is_control));
}

#[test]
fn errors_are_one_lower_case_sentence() {
    let errors: [(Box<dyn Error>, &str); 6] = [
        (Box::new(ClosePayloadError::TooShort), "1 byte"),
        (Box::new(ClosePayloadError::InvalidCode(1006)), "1006"),
        (Box::new(ClosePayloadError::TooLong(200)), "200"),
        (
            Box::new(CloseFrame::decode(b"\x03\xE8\xFF").unwrap_err()),
            "not UTF-8",
        ),
        (Box::new(CloseCode::try_from(7).unwrap_err()), "7"),
        (Box::new(validate_utf8(b"\xFF").unwrap_err()), "not UTF-8"),
    ];
    for (error, seen) in errors {
        let sentence = error.to_string();
        assert!(sentence.starts_with(char::is_lowercase), "{sentence}");
        assert!(
            !sentence.ends_with('.') && !sentence.contains('\n'),
            "{sentence}"
        );
        assert!(sentence.contains(seen), "{sentence}");
    }
    fn is_an_error_value<T: Error + Clone + PartialEq + Send + Sync + 'static>() {}
    is_an_error_value::<ClosePayloadError>();
    is_an_error_value::<InvalidCloseCode>();
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(
        code in any::<u16>().prop_filter_map("a legal code", |code| {
            CloseCode::new(code).or_else(|| CloseCode::new(3000 + code % 2000))
        }),
        reason: String,
    ) {
        let close = CloseFrame::new(code, reason.clone());
        prop_assert!(close.encoded_len() <= 125);
        prop_assert_eq!(close.reason(), naive_cut(&reason));
        prop_assert_eq!(CloseFrame::decode(&encode(&close)), Ok(Some(close)));
    }

    #[test]
    fn what_is_decoded_is_encoded_to_the_same_bytes(payload: Vec<u8>, code in 990..1020_u16) {
        let payload = [&code.to_be_bytes()[..], &payload].concat();
        if let Ok(Some(close)) = CloseFrame::decode(&payload) {
            prop_assert_eq!(encode(&close), payload);
        }
    }

    #[test]
    fn any_payload_gets_an_answer(payload in prop::collection::vec(any::<u8>(), 0..200)) {
        let decoded = CloseFrame::decode(&payload);
        prop_assert_eq!(decoded == Ok(None), payload.is_empty());
        prop_assert!(decoded.is_err() || payload.len() <= 125);
    }

    #[test]
    fn owned_and_borrowed_reasons_are_equal(reason: String) {
        let owned = CloseFrame::new(CloseCode::NORMAL, Cow::Owned(reason.clone()));
        let leaked = CloseFrame::from_static(CloseCode::NORMAL, reason.leak());
        prop_assert_eq!(owned, leaked);
    }
}
