//! All status codes against a table written from RFC 6455 section 7.4 and the IANA registry (A32).

use std::ops::RangeInclusive;

use ws_frame::{CloseCode, CloseFrame, ClosePayloadError};

/// Whether an endpoint may put a code into a Close.
#[derive(Clone, Copy, Debug, PartialEq)]
enum May {
    Travel,
    Not,
}

/// Every number, once, with the place that decides it.
const TABLE: [(RangeInclusive<u16>, May, &str); 11] = [
    (0..=999, May::Not, "7.4.2: not used"),
    (1000..=1003, May::Travel, "7.4.1: defined"),
    (
        1004..=1004,
        May::Not,
        "7.4.1: reserved, might be defined in the future",
    ),
    (1005..=1006, May::Not, "7.4.1: MUST NOT be set in a Close"),
    (1007..=1011, May::Travel, "7.4.1: defined"),
    (1012..=1014, May::Travel, "11.7: registered with IANA since"),
    (1015..=1015, May::Not, "7.4.1: MUST NOT be set in a Close"),
    (
        1016..=2999,
        May::Not,
        "7.4.2: reserved for this protocol's future",
    ),
    (
        3000..=3999,
        May::Travel,
        "7.4.2: libraries, frameworks and applications",
    ),
    (4000..=4999, May::Travel, "7.4.2: private use"),
    (5000..=u16::MAX, May::Not, "7.4: in none of the ranges"),
];

fn verdict(code: u16) -> (May, &'static str) {
    let rows: Vec<_> = TABLE.iter().filter(|row| row.0.contains(&code)).collect();
    assert_eq!(rows.len(), 1, "{code} is in one row");
    (rows[0].1, rows[0].2)
}

const LONGEST: &[u8] = &[b'r'; 123];

#[test]
fn all_codes_are_judged_as_the_table_says() {
    for code in 0..=u16::MAX {
        let (may, why) = verdict(code);
        let made = CloseCode::new(code);
        assert_eq!(made.is_some(), may == May::Travel, "{code}: {why}");
        assert_eq!(made.map_or(code, CloseCode::get), code);
        match CloseCode::try_from(code) {
            Ok(close) => assert_eq!(Some(close), made),
            Err(error) => assert_eq!((error.get(), made), (code, None)),
        }
    }
    println!("decided: 65536 status codes");
}

#[test]
fn all_codes_with_and_without_a_reason_are_judged_as_the_table_says() {
    let mut count = 0;
    for code in 0..=u16::MAX {
        let (may, why) = verdict(code);
        for reason in [&b""[..], b"bye", "\u{10FFFF}".as_bytes(), LONGEST] {
            let payload = [&code.to_be_bytes()[..], reason].concat();
            let decoded = CloseFrame::decode(&payload);
            count += 1;
            if may == May::Not {
                let error = decoded.expect_err(why);
                assert_eq!(error, ClosePayloadError::InvalidCode(code));
                assert_eq!(error.close_code().get(), 1002);
                continue;
            }
            let close = decoded.expect(why).expect("it names a code");
            assert_eq!(close.code().get(), code);
            assert_eq!(close.reason().as_bytes(), reason);
            assert_eq!(close.to_payload().as_bytes(), payload);
        }
    }
    println!("decided: {count} payloads of a Close, each code with and without a reason");
}

/// "The Status Code 1007" is for bad text (section 7.4.1); a code that may not be is told before.
#[test]
fn all_codes_with_a_bad_reason_are_refused() {
    let mut count = 0;
    for code in 0..=u16::MAX {
        let (may, why) = verdict(code);
        for reason in [&b"\xFF"[..], b"cut \xC3", b"\xED\xA0\x80"] {
            let payload = [&code.to_be_bytes()[..], reason].concat();
            let error = CloseFrame::decode(&payload).expect_err("not UTF-8");
            let expected = if may == May::Travel { 1007 } else { 1002 };
            assert_eq!(error.close_code().get(), expected, "{code}: {why}");
            count += 1;
        }
    }
    println!("decided: {count} payloads of a Close with a reason that is not UTF-8");
}
