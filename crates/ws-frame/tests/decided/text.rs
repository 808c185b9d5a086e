//! All strings of four bytes, in every cut, against the check of `core` (RFC 6455 section 8.1, RFC 3629; A29).
//!
//! A cut gives the same verdict as the whole because of two facts, which are decided here and together cover every
//! way to cut four bytes. Pushed byte by byte, a string is judged as by `core`. And a piece of 1 to 4 bytes takes
//! the validator from every state that it can be in to the very state to which the single bytes take it.

use core::{num::NonZeroUsize, str};
use std::thread;

use ws_frame::{Utf8Validator, validate_utf8};

/// Both ends of each range of bytes that RFC 3629 section 4 tells apart, and of those that it has no use for.
const BOUNDARIES: [u8; 26] = [
    0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
    0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFF,
];

/// One text before each state: between characters, inside a character in every way that differs, failed.
const BEFORE: [&[u8]; 9] = [
    b"", b"\xC2", b"\xE0", b"\xE1", b"\xED", b"\xF0", b"\xF1", b"\xF4", b"\xFF",
];

/// From this length on the vector code decides.
const VECTOR: usize = 64;

/// One of each range.
const CLASSES: [u8; 13] = [
    0x41, 0x80, 0x90, 0xA0, 0xC0, 0xC2, 0xE0, 0xE1, 0xED, 0xF0, 0xF1, 0xF4, 0xF5,
];

/// What a byte may be, in every place. Without optimisation all 256 would take an hour.
fn bytes() -> Vec<u8> {
    if cfg!(debug_assertions) {
        CLASSES.to_vec()
    } else {
        (0..=u8::MAX).collect()
    }
}

fn state_after(text: &[u8]) -> Utf8Validator {
    pushed(Utf8Validator::new(), text)
}

fn pushed(mut validator: Utf8Validator, piece: &[u8]) -> Utf8Validator {
    let pushed = validator.push(piece);
    // A state is failed exactly if it says so, and then for good.
    assert_eq!(pushed.is_err(), validator == state_after_failure());
    validator
}

fn state_after_failure() -> Utf8Validator {
    let mut failed = Utf8Validator::new();
    failed.push(b"\xFF").expect_err("FF is in no text");
    failed
}

/// Long texts, one for each fourth byte, in which four bytes lie over the border of two vectors of 32 bytes, so that
/// what one vector carries into the next counts. They are written long before they are read: a vector that is loaded
/// right after one of its bytes was stored waits for it.
struct Long {
    texts: Vec<[u8; VECTOR]>,
}

impl Long {
    const AT: usize = 30;

    fn new() -> Self {
        let text = |fourth| {
            let mut text = [b'-'; VECTOR];
            text[Self::AT + 3] = fourth;
            text
        };
        Self {
            texts: (0..=u8::MAX).map(text).collect(),
        }
    }

    fn begin_with(&mut self, head: [u8; 3]) {
        for text in &mut self.texts {
            text[Self::AT..Self::AT + 3].copy_from_slice(&head);
        }
    }

    fn is_valid_with(&self, fourth: u8) -> bool {
        validate_utf8(&self.texts[usize::from(fourth)]).is_ok()
    }
}

#[test]
fn all_strings_of_four_bytes_are_judged_as_by_core() {
    let bytes = bytes();
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let count: u64 = thread::scope(|scope| {
        let parts: Vec<_> = bytes
            .chunks(bytes.len().div_ceil(workers))
            .map(|firsts| scope.spawn(|| decide_all(firsts, &bytes)))
            .collect();
        let parts = parts.into_iter().map(|part| part.join().expect("decided"));
        parts.sum()
    });
    println!("decided: {count} strings of four bytes: whole, byte by byte, and inside a long text");
}

/// Those that begin with one of `firsts`.
fn decide_all(firsts: &[u8], bytes: &[u8]) -> u64 {
    let steps = BEFORE.map(Steps::from);
    let mut long = Long::new();
    let mut count = 0;
    for [first, second, third] in each_of_three(firsts, bytes, bytes) {
        let head = [[first], [second], [third]];
        let before = head
            .iter()
            .fold(Utf8Validator::new(), |before, byte| pushed(before, byte));
        let steps = steps.iter().find(|steps| steps.from == before);
        let steps = steps.expect("there are nine states");
        long.begin_with([first, second, third]);
        for &fourth in bytes {
            let text = [first, second, third, fourth];
            let single = steps.to[usize::from(fourth)];
            let mut whole = Utf8Validator::new();
            let verdict = whole.push(&text);
            let by_core = str::from_utf8(&text);
            let same = single == whole
                && verdict.is_ok() == by_core.is_ok_or_unfinished()
                && whole.is_complete() == by_core.is_ok()
                && validate_utf8(&text).is_ok() == by_core.is_ok()
                && long.is_valid_with(fourth) == by_core.is_ok();
            assert!(
                same,
                "{text:x?}: {by_core:?}, single {single:?}, whole {whole:?}"
            );
            count += 1;
        }
    }
    count
}

/// Where each byte leads from a state.
struct Steps {
    from: Utf8Validator,
    to: Vec<Utf8Validator>,
}

impl From<&[u8]> for Steps {
    fn from(before: &[u8]) -> Self {
        let from = state_after(before);
        let to = (0..=u8::MAX).map(|byte| pushed(from, &[byte])).collect();
        Self { from, to }
    }
}

/// What `core` says, and whether more bytes could make a text of it.
trait Verdict {
    fn is_ok_or_unfinished(&self) -> bool;
}

impl Verdict for Result<&str, str::Utf8Error> {
    fn is_ok_or_unfinished(&self) -> bool {
        match self {
            Ok(_) => true,
            Err(error) => error.error_len().is_none(),
        }
    }
}

#[test]
fn all_boundaries_are_judged_as_by_core_at_every_place_of_a_long_text() {
    let (places, fourths): (Vec<usize>, _) = if cfg!(debug_assertions) {
        (vec![30, 31, 62, 63], &BOUNDARIES[3..4])
    } else {
        ((0..=2 * VECTOR - 4).collect(), &BOUNDARIES[..])
    };
    let mut long = [b'-'; 2 * VECTOR];
    let mut count = 0;
    for [first, second, third] in each_of_three_boundaries() {
        for &fourth in fourths {
            let text = [first, second, third, fourth];
            let by_core = str::from_utf8(&text).is_ok();
            for &at in &places {
                long[at..at + 4].copy_from_slice(&text);
                assert_eq!(validate_utf8(&long).is_ok(), by_core, "{text:x?} at {at}");
                long[at..at + 4].fill(b'-');
                count += 1;
            }
        }
    }
    println!("decided: {count} places of four boundary bytes in a long text");
}

fn each_of_three(a: &[u8], b: &[u8], c: &[u8]) -> impl Iterator<Item = [u8; 3]> {
    let pairs = a.iter().flat_map(move |&a| b.iter().map(move |&b| [a, b]));
    pairs.flat_map(move |[a, b]| c.iter().map(move |&c| [a, b, c]))
}

fn each_of_three_boundaries() -> impl Iterator<Item = [u8; 3]> {
    each_of_three(&BOUNDARIES, &BOUNDARIES, &BOUNDARIES)
}

#[test]
fn a_piece_leads_from_every_state_to_where_its_single_bytes_lead() {
    let bytes = bytes();
    let mut count = 0_u64;
    for before in BEFORE.map(state_after) {
        let mut decide = |piece: &[u8], states: &[Utf8Validator]| {
            let end = states[piece.len() - 1];
            assert_eq!(pushed(before, piece), end, "{before:?} {piece:x?}");
            count += 1;
        };
        for &first in &bytes {
            let one = pushed(before, &[first]);
            for &second in &bytes {
                let two = pushed(one, &[second]);
                decide(&[first, second], &[one, two]);
                for &third in &bytes {
                    let three = pushed(two, &[third]);
                    decide(&[first, second, third], &[one, two, three]);
                }
            }
        }
    }
    println!("decided: {count} pieces of two and three bytes, each from all nine states");
}

/// Pieces of four bytes go another way than shorter ones, also inside a character.
#[test]
fn four_boundary_bytes_lead_from_every_state_to_where_the_single_ones_lead() {
    let fourths = if cfg!(debug_assertions) {
        2
    } else {
        BOUNDARIES.len()
    };
    let mut count = 0_u64;
    for before in BEFORE.map(state_after) {
        for [first, second, third] in each_of_three_boundaries() {
            let three = [[first], [second], [third]]
                .iter()
                .fold(before, |before, byte| pushed(before, byte));
            for &fourth in BOUNDARIES.iter().rev().take(fourths) {
                let piece = [first, second, third, fourth];
                let four = pushed(three, &[fourth]);
                assert_eq!(pushed(before, &piece), four, "{before:?} {piece:x?}");
                count += 1;
            }
        }
    }
    println!("decided: {count} pieces of four boundary bytes, each from all nine states");
}

#[test]
fn no_byte_leads_to_a_state_that_is_not_among_the_nine() {
    let states = BEFORE.map(state_after);
    let mut count = 0;
    for (i, state) in states.iter().enumerate() {
        assert!(!states[..i].contains(state), "{state:?} is there twice");
        for byte in 0..=u8::MAX {
            let next = pushed(*state, &[byte]);
            assert!(states.contains(&next), "{state:?} {byte:#x} {next:?}");
            count += 1;
        }
    }
    println!("decided: {count} steps of the validator, a byte from each of its nine states");
}
