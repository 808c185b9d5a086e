//! Text is UTF-8, judged while it arrives (A28, A29; RFC 6455 8.1).

use proptest::{collection::vec, prelude::*};
use ws_connection::{Config, Receiver};
use ws_testing::{
    naive::{End, Event, Frame, Run, Violation},
    strategies,
};

use crate::wire::{KEY, serve};

const INVALID: End = End::Failed(Violation::InvalidText);

/// One character of each width, and both borders of the surrogates.
const TEXT: &str = "a\u{e9}\u{7ff}\u{20ac}\u{d7ff}\u{e000}\u{1f600}\u{10ffff}z";

/// The payload as a text message in fragments that end at `ends`.
fn fragments(payload: &[u8], ends: &[usize]) -> Vec<Frame> {
    let mut starts = vec![0];
    starts.extend(ends);
    let ends = ends.iter().copied().chain([payload.len()]);
    let pieces = starts
        .into_iter()
        .zip(ends)
        .map(|(start, end)| &payload[start..end]);
    let mut frames: Vec<_> = pieces
        .map(|piece| Frame::continuation(piece).unfinished())
        .collect();
    let count = frames.len();
    frames[0].opcode = 0x1;
    frames[count - 1].fin = true;
    frames
}

#[test]
fn text_may_be_split_anywhere_over_fragments() {
    let text = TEXT.as_bytes();
    for first in 0..=text.len() {
        for second in first..=text.len() {
            let run = serve(&Config::default(), fragments(text, &[first, second]));
            assert_eq!(
                run.events,
                [Event::Text(TEXT.to_owned())],
                "{first} {second}"
            );
        }
    }
}

#[test]
fn text_may_be_split_anywhere_over_fragments_and_reads() {
    let text = TEXT.as_bytes();
    for end in 0..=text.len() {
        let frames = fragments(text, &[end])
            .into_iter()
            .map(|frame| frame.masked(KEY).encode());
        let bytes: Vec<u8> = frames.flatten().collect();
        for at in 0..=bytes.len() {
            let (before, after) = bytes.split_at(at);
            let run = Run::observe(&mut Receiver::server(Config::default()), [before, after]);
            assert_eq!(
                run.events,
                [Event::Text(TEXT.to_owned())],
                "fragment {end}, read {at}"
            );
        }
    }
}

/// The first and the last of each kind that RFC 3629 leaves out: surrogates, overlong forms, numbers above U+10FFFF,
/// continuations without a beginning, beginnings without a continuation, bytes that never occur.
#[test]
fn what_is_not_utf8_is_refused_over_every_split() {
    let bad: [&[u8]; 15] = [
        b"\xED\xA0\x80",
        b"\xED\xBF\xBF",
        b"\xC0\x80",
        b"\xC1\xBF",
        b"\xE0\x80\x80",
        b"\xE0\x9F\xBF",
        b"\xF0\x80\x80\x80",
        b"\xF0\x8F\xBF\xBF",
        b"\xF4\x90\x80\x80",
        b"\xF7\xBF\xBF\xBF",
        b"\x80",
        b"\xBF",
        b"\xC3a",
        b"\xFE",
        b"\xFF",
    ];
    for bad in bad {
        let payload = [b"ok ", bad, b" ok"].concat();
        for end in 0..=payload.len() {
            let frames = fragments(&payload, &[end]);
            assert_eq!(
                serve(&Config::default(), frames).end,
                INVALID,
                "{bad:x?} at {end}"
            );
        }
    }
    assert_eq!(Violation::InvalidText.close_code(), 1007);
}

/// One byte of each kind that RFC 3629 section 4 tells apart, and both ends of each range.
const CLASSES: [u8; 28] = [
    0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
    0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFE, 0xFF,
];

/// Every way to cut a payload into fragments that are not empty.
fn all_cuts(len: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..1_u32 << (len - 1))
        .map(move |cuts| (1..len).filter(|end| cuts >> (end - 1) & 1 == 1).collect())
}

/// In every cut into fragments, read at once and byte by byte, as by `core`.
fn assert_judged_as_by_core(payload: &[u8]) {
    let expected = match std::str::from_utf8(payload) {
        Ok(text) => (vec![Event::Text(text.to_owned())], End::Open),
        Err(_) => (Vec::new(), INVALID),
    };
    for ends in all_cuts(payload.len()) {
        let frames = fragments(payload, &ends).into_iter();
        let bytes: Vec<u8> = frames.flat_map(|f| f.masked(KEY).encode()).collect();
        for read in [bytes.len(), 1] {
            let mut receiver = Receiver::server(Config::default());
            let run = Run::observe(&mut receiver, bytes.chunks(read));
            assert_eq!(
                (run.events, run.end),
                expected,
                "{payload:x?} cut at {ends:?}, reads of {read}"
            );
        }
    }
}

#[test]
fn all_sequences_of_three_classes_of_bytes_are_judged_as_by_core_in_all_fragments() {
    for a in CLASSES {
        for b in CLASSES {
            for c in CLASSES {
                assert_judged_as_by_core(&[a, b, c]);
            }
        }
    }
}

/// Behind the beginnings of characters of four bytes.
#[test]
fn all_sequences_of_four_classes_of_bytes_are_judged_as_by_core_in_all_fragments() {
    for a in [0xF0, 0xF1, 0xF3, 0xF4] {
        for b in [0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF] {
            for c in CLASSES {
                for d in CLASSES {
                    assert_judged_as_by_core(&[a, b, c, d]);
                }
            }
        }
    }
}

#[test]
fn text_that_ends_inside_a_character_is_refused_when_the_message_ends() {
    for character in ["\u{e9}", "\u{20ac}", "\u{1f600}"] {
        for len in 1..character.len() {
            let cut = &character.as_bytes()[..len];
            assert_eq!(serve(&Config::default(), [Frame::text(cut)]).end, INVALID);
            let fragments = [Frame::text(cut).unfinished(), Frame::continuation("")];
            assert_eq!(serve(&Config::default(), fragments).end, INVALID);
        }
    }
}

#[test]
fn a_message_does_not_inherit_half_a_character_of_the_one_before() {
    let frames = [
        Frame::text(b"\xC3").unfinished(),
        Frame::continuation(b"\xA9"),
        Frame::text("a").unfinished(),
        Frame::continuation("b"),
    ];
    assert_eq!(serve(&Config::default(), frames).events.len(), 2);
}

#[test]
fn binary_messages_may_hold_any_bytes() {
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let run = serve(&Config::default(), [Frame::binary(&all)]);
    assert_eq!(run.events, [Event::Binary(all)]);
}

/// A28: a server that waits for the end reads 16 MiB of what it will refuse.
#[test]
fn a_bad_first_byte_of_a_long_text_fails_before_the_second_chunk() {
    let config = Config::default().with_max_message(16 << 20);
    let mut bytes = Frame::text(b"\xFF")
        .announcing(16 << 20)
        .masked(KEY)
        .encode();
    for more in [0, 1, 64 << 10] {
        bytes.resize(bytes.len() + more, 0);
        let run = Run::observe(&mut Receiver::server(config.clone()), [&bytes[..]]);
        assert_eq!(run.end, INVALID);
    }
}

proptest! {
    #[test]
    fn broken_text_fails_at_its_first_bad_byte(
        text in strategies::broken_text(),
        ends in vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let mut ends: Vec<_> = ends.iter().map(|end| end.index(text.len() + 1)).collect();
        ends.sort_unstable();
        let frames = fragments(&text, &ends);
        let bytes: Vec<u8> = frames.into_iter().flat_map(|f| f.masked(KEY).encode()).collect();
        let mut receiver = Receiver::server(Config::default());
        let taken = bytes.iter().take_while(|byte| {
            Run::observe(&mut receiver, [std::slice::from_ref(*byte)]).end == End::Open
        });
        // Every payload byte in front of the bad one was taken, and none behind it.
        let payload_taken = taken.count();
        let headers = ends.iter().filter(|end| **end <= valid_up_to(&text)).count() + 1;
        let lengths = frame_headers(&text, &ends)[..headers].iter().sum::<usize>();
        prop_assert_eq!(payload_taken, lengths + valid_up_to(&text));
    }
}

/// How many bytes can stand in front of the first one that makes the text invalid.
fn valid_up_to(text: &[u8]) -> usize {
    let mut judge = ws_testing::naive::Text::default();
    text.iter().take_while(|byte| judge.push(**byte)).count()
}

fn frame_headers(text: &[u8], ends: &[usize]) -> Vec<usize> {
    let frames = fragments(text, ends).into_iter();
    frames
        .map(|frame| frame.masked(KEY).encode_header().len())
        .collect()
}
