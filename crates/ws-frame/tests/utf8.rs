//! The UTF-8 check against the one of `core`.

use core::str;

use proptest::prelude::*;
use ws_frame::{Utf8Validator, validate_utf8};

/// One of every kind of byte that RFC 3629 section 4 tells apart, and both ends of each range.
const CLASSES: [u8; 28] = [
    0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
    0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFE, 0xFF,
];

/// Valid text of all lengths of characters, longer than any block of the vector code.
const LONG: &str = "It is a tale: naïve café, Ω≈ç√∫, 漢字かな交じり文, 😀𝄞𐍈, ASCII again to the end. \
    Ещё немного текста, чтобы было длинно; κόσμε, \u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}.";

/// The index of the first byte that cannot stand at its place, by `core`. `None` if there is none:
/// the text is valid, or is the beginning of a valid one.
fn first_bad_byte(text: &[u8]) -> Option<usize> {
    let error = str::from_utf8(text).err()?;
    let at = error.valid_up_to();
    let good = error.error_len()?;
    // `error_len` counts the good beginning of a character, or 1 if its first byte is bad already.
    let first_is_good = matches!(text[at], 0xC2..=0xF4);
    Some(if first_is_good { at + good } else { at })
}

/// Pushes the pieces between the cuts, and checks each answer against `core`.
fn check_pieces(text: &[u8], cuts: &[usize]) {
    let bad = first_bad_byte(text);
    let mut validator = Utf8Validator::new();
    let mut start = 0;
    for &end in cuts.iter().chain([&text.len()]) {
        let fails = bad.is_some_and(|bad| bad < end);
        let pushed = validator.push(&text[start..end]);
        assert_eq!(
            pushed.is_err(),
            fails,
            "{text:x?} cut at {cuts:?}, {start}..{end}"
        );
        let complete = str::from_utf8(&text[..end]).is_ok();
        assert_eq!(
            validator.is_complete(),
            complete,
            "{text:x?} cut at {cuts:?}, {start}..{end}"
        );
        assert_eq!(validator.finish().is_ok(), complete);
        start = end;
    }
}

/// Byte by byte, at once, and in two pieces at every place.
fn check(text: &[u8]) {
    let valid = str::from_utf8(text);
    assert_eq!(validate_utf8(text).ok(), valid.ok(), "{text:x?}");
    check_pieces(text, &(0..text.len()).collect::<Vec<_>>());
    check_pieces(text, &[]);
    for cut in 0..=text.len() {
        check_pieces(text, &[cut]);
    }
}

#[test]
fn every_class_of_bad_text_is_refused_at_its_first_bad_byte() {
    let vectors: [(&[u8], usize); 25] = [
        // Continuations without a beginning.
        (b"\x80", 0),
        (b"a\xBF", 1),
        (b"\xC3\xA9\xA9", 2),
        // Overlong.
        (b"\xC0\x80", 0),
        (b"\xC1\xBF", 0),
        (b"\xE0\x80\x80", 1),
        (b"\xE0\x9F\xBF", 1),
        (b"\xF0\x80\x80\x80", 1),
        (b"\xF0\x8F\xBF\xBF", 1),
        // Surrogates.
        (b"\xED\xA0\x80", 1),
        (b"\xED\xAD\xBF", 1),
        (b"\xED\xBF\xBF", 1),
        (b"\xED\xA0\x80\xED\xB0\x80", 1),
        // Above U+10FFFF, and the forms of five and six bytes.
        (b"\xF4\x90\x80\x80", 1),
        (b"\xF5\x80\x80\x80", 0),
        (b"\xF7\xBF\xBF\xBF", 0),
        (b"\xF8\x88\x80\x80\x80", 0),
        (b"\xFC\x84\x80\x80\x80\x80", 0),
        (b"\xFE", 0),
        (b"\xFF", 0),
        // Cut off by another character.
        (b"\xC3a", 1),
        (b"\xE6\xBC ", 2),
        (b"\xE6\xC3\xA9", 1),
        (b"\xF0\x9F\x98\xF0\x9F\x98\x80", 3),
        // The example of the Autobahn suite.
        (
            b"\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5\xED\xA0\x80edited",
            12,
        ),
    ];
    for (text, bad) in vectors {
        assert_eq!(first_bad_byte(text), Some(bad), "{text:x?}");
        check(text);
        let mut validator = Utf8Validator::new();
        assert!(validator.push(&text[..bad]).is_ok(), "{text:x?}");
        assert!(validator.push(&text[bad..=bad]).is_err(), "{text:x?}");
    }
}

#[test]
fn a_truncated_character_is_accepted_and_not_complete() {
    let whole = [
        "é",
        "\u{7FF}",
        "\u{800}",
        "漢",
        "\u{D7FF}",
        "\u{E000}",
        "😀",
        "\u{10FFFF}",
    ];
    for character in whole {
        for end in 1..character.len() {
            let mut validator = Utf8Validator::new();
            assert!(validator.push(&character.as_bytes()[..end]).is_ok());
            assert!(!validator.is_complete());
            assert!(validator.finish().is_err());
            assert!(validate_utf8(&character.as_bytes()[..end]).is_err());
            assert!(validator.push(&character.as_bytes()[end..]).is_ok());
            assert!(validator.is_complete());
            assert!(validator.finish().is_ok());
        }
    }
}

#[test]
fn all_pairs_of_bytes_are_judged_as_by_core() {
    for pair in 0..=u16::MAX {
        check(&pair.to_be_bytes());
    }
}

#[test]
fn all_sequences_of_three_and_four_classes_are_judged_as_by_core() {
    for a in CLASSES {
        for b in CLASSES {
            for c in CLASSES {
                check(&[a, b, c]);
                if a >= 0xE0 && b >= 0x80 {
                    for d in CLASSES {
                        check(&[a, b, c, d]);
                    }
                }
            }
        }
    }
}

#[test]
fn every_character_is_accepted_byte_by_byte() {
    let mut validator = Utf8Validator::new();
    for character in '\0'..=char::MAX {
        let mut buffer = [0; 4];
        for byte in character.encode_utf8(&mut buffer).bytes() {
            assert!(validator.push(&[byte]).is_ok(), "{character:?}");
        }
        assert!(validator.is_complete(), "{character:?}");
    }
}

#[test]
fn a_bad_byte_is_found_at_every_place_of_a_long_text() {
    check(LONG.as_bytes());
    for at in 0..LONG.len() {
        for bad in [0xFF, 0x80, 0x41, 0xC3, 0xED, 0xF4] {
            let mut text = LONG.as_bytes().to_vec();
            text[at] = bad;
            assert_eq!(validate_utf8(&text).is_ok(), str::from_utf8(&text).is_ok());
            check_pieces(&text, &[]);
            check_pieces(&text, &[at]);
            check_pieces(&text, &[at, at + 1]);
        }
    }
}

#[test]
fn every_end_of_a_long_text_is_judged_as_by_core() {
    for end in 0..=LONG.len() {
        let text = &LONG.as_bytes()[..end];
        assert_eq!(validate_utf8(text).ok(), str::from_utf8(text).ok());
        check_pieces(text, &[]);
        for second in (0..end).step_by(7) {
            check_pieces(text, &[second]);
        }
    }
}

#[test]
fn a_failed_validator_stays_failed_until_it_is_reset() {
    let mut validator = Utf8Validator::new();
    assert!(validator.push(b"good \xFF").is_err());
    for more in [&b""[..], b"a", "é".as_bytes(), LONG.as_bytes()] {
        assert!(validator.push(more).is_err());
        assert!(validator.finish().is_err());
        assert!(!validator.is_complete());
    }
    validator.reset();
    assert_eq!(validator, Utf8Validator::default());
    assert!(validator.push(b"good").is_ok());
}

#[test]
fn an_empty_piece_changes_nothing() {
    let mut validator = Utf8Validator::new();
    assert!(validator.finish().is_ok());
    assert!(validator.push(b"").is_ok());
    assert!(validator.push(b"\xE6").is_ok());
    let inside = validator;
    assert!(validator.push(b"").is_ok());
    assert_eq!(validator, inside);
}

#[test]
fn a_validator_is_small() {
    assert!(size_of::<Utf8Validator>() <= 8);
}

/// Valid text with up to three bytes replaced.
fn nearly_text() -> impl Strategy<Value = Vec<u8>> {
    let damage = prop::collection::vec(
        (
            any::<prop::sample::Index>(),
            prop::sample::select(CLASSES.to_vec()),
        ),
        0..4,
    );
    (any::<String>(), any::<String>(), damage).prop_map(|(first, second, damage)| {
        let mut text = [first, second].concat().into_bytes();
        let len = text.len();
        for (at, byte) in damage {
            if len > 0 {
                text[at.index(len)] = byte;
            }
        }
        text
    })
}

fn cuts(cuts: &[prop::sample::Index], len: usize) -> Vec<usize> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(len + 1)).collect();
    cuts.sort_unstable();
    cuts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn any_bytes_in_any_pieces_are_judged_as_by_core(
        text in prop_oneof![nearly_text(), any::<Vec<u8>>()],
        at in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        prop_assert_eq!(validate_utf8(&text).ok(), str::from_utf8(&text).ok());
        check_pieces(&text, &cuts(&at, text.len()));
    }

    #[test]
    fn any_text_is_accepted_at_every_split(text: String) {
        check(text.as_bytes());
    }
}
