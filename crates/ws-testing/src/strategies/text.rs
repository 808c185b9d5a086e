use proptest::{collection::vec, prelude::*};

/// What no UTF-8 contains (RFC 3629 4): lone continuations, overlong forms, surrogates, numbers above U+10FFFF,
/// bytes that never occur, characters that are broken off.
const NOT_UTF8: &[&[u8]] = &[
    b"\x80",
    b"\xBF",
    b"\xC0\x80",
    b"\xC1\xBF",
    b"\xE0\x80\x80",
    b"\xE0\x9F\xBF",
    b"\xED\xA0\x80",
    b"\xED\xBF\xBF",
    b"\xF0\x80\x80\x80",
    b"\xF0\x8F\xBF\xBF",
    b"\xF4\x90\x80\x80",
    b"\xF5\x80\x80\x80",
    b"\xFE",
    b"\xFF",
    b"\xC3\x41",
    b"\xE2\x82\x41",
    b"\xF0\x9F\x98\x41",
];

/// One character, of each width alike, with those at the borders of a width often among them.
pub fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        6 => proptest::char::range('\0', '\x7F'),
        2 => proptest::char::range('\u{80}', '\u{7FF}'),
        2 => proptest::char::range('\u{800}', '\u{D7FF}'),
        1 => proptest::char::range('\u{E000}', '\u{FFFF}'),
        2 => proptest::char::range('\u{10000}', '\u{10FFFF}'),
        1 => proptest::sample::select(vec![
            '\x7F', '\u{80}', '\u{7FF}', '\u{800}', '\u{D7FF}', '\u{E000}', '\u{FFFF}', '\u{10000}', '\u{10FFFF}',
        ]),
    ]
}

/// Mostly short text with characters of all widths.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => vec(character(), 0..12),
        1 => vec(character(), 30..160),
    ]
    .prop_map(String::from_iter)
}

/// Text of some ten thousand bytes: a short one, over and over.
pub fn large_text() -> impl Strategy<Value = String> {
    (vec(character(), 1..40), 30_000_usize..120_000).prop_map(|(characters, len)| {
        let text = String::from_iter(characters);
        text.repeat(len / text.len() + 1)
    })
}

/// A sequence that no UTF-8 contains.
pub fn not_utf8() -> impl Strategy<Value = &'static [u8]> {
    proptest::sample::select(NOT_UTF8)
}

/// Text with one flaw somewhere in it.
pub fn broken_text() -> impl Strategy<Value = Vec<u8>> {
    (text(), not_utf8(), text())
        .prop_map(|(before, flaw, after)| [before.as_bytes(), flaw, after.as_bytes()].concat())
}
