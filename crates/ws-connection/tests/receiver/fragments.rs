//! Fragments and what may stand between them (A19, A30, A31; RFC 6455 5.4).

use std::time::{Duration, Instant};

use proptest::{collection::vec, prelude::*};
use ws_connection::{Config, Event, Receiver};
use ws_testing::naive::{self, End, Frame, Violation, opcode};

use crate::wire::{KEY, serve};

/// The frames of which any order is tried.
fn frame() -> impl Strategy<Value = Frame> {
    let data = prop_oneof![
        Just(opcode::CONTINUATION),
        Just(opcode::TEXT),
        Just(opcode::BINARY)
    ];
    prop_oneof![
        6 => (data, "[a-z]{0,3}", any::<bool>()).prop_map(|(opcode, payload, fin)| {
            let mut frame = Frame::new(opcode, payload);
            frame.fin = fin;
            frame
        }),
        1 => "[a-z]{0,3}".prop_map(Frame::ping),
        1 => "[a-z]{0,3}".prop_map(Frame::pong),
    ]
}

/// The rules of 5.4 as a model: which message is open, and what came of it.
#[derive(Default)]
struct Model {
    open: Option<(u8, String)>,
    events: Vec<naive::Event>,
}

impl Model {
    fn judge<'a>(frames: impl IntoIterator<Item = &'a Frame>) -> (Vec<naive::Event>, End) {
        let mut model = Self::default();
        for frame in frames {
            if frame.opcode == opcode::CLOSE {
                let close = Some((1000, String::new()));
                model.events.push(naive::Event::Close(close));
                return (model.events, End::Closed);
            }
            if let Err(violation) = model.take(frame) {
                return (model.events, End::Failed(violation));
            }
        }
        (model.events, End::Open)
    }

    fn take(&mut self, frame: &Frame) -> Result<(), Violation> {
        let text = String::from_utf8(frame.payload.clone()).expect("ASCII");
        let (opcode, payload) = match (frame.opcode, self.open.take()) {
            (opcode::PING, open) => {
                self.open = open;
                self.events.push(naive::Event::Ping(frame.payload.clone()));
                return Ok(());
            }
            (opcode::PONG, open) => {
                self.open = open;
                self.events.push(naive::Event::Pong(frame.payload.clone()));
                return Ok(());
            }
            (opcode::CONTINUATION, None) => return Err(Violation::UnexpectedContinuation),
            (opcode::CONTINUATION, Some((opcode, before))) => (opcode, before + &text),
            (_, Some(_)) => return Err(Violation::UnfinishedMessage),
            (opcode, None) => (opcode, text),
        };
        match (frame.fin, opcode) {
            (false, _) => self.open = Some((opcode, payload)),
            (true, opcode::TEXT) => self.events.push(naive::Event::Text(payload)),
            (true, _) => self.events.push(naive::Event::Binary(payload.into_bytes())),
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_order_of_frames_is_judged_as_the_model_says(frames in vec(frame(), 0..12)) {
        let (events, end) = Model::judge(&frames);
        let run = serve(&Config::default(), frames);
        prop_assert_eq!(run.events, events);
        prop_assert_eq!(run.end, end);
    }
}

/// One of each kind of frame that the order of frames can concern.
fn kinds() -> [Frame; 9] {
    [
        Frame::text("t"),
        Frame::text("t").unfinished(),
        Frame::binary("b"),
        Frame::binary("b").unfinished(),
        Frame::continuation("c"),
        Frame::continuation("c").unfinished(),
        Frame::ping("i"),
        Frame::pong("o"),
        Frame::close(1000, ""),
    ]
}

/// Shorter ones are the beginnings of these.
#[test]
fn all_59049_sequences_of_five_kinds_of_frames_are_judged_as_the_model_says() {
    let kinds = kinds();
    for number in 0..9_usize.pow(5) {
        let frames = [0, 1, 2, 3, 4].map(|place| &kinds[number / 9_usize.pow(place) % 9]);
        let (events, end) = Model::judge(frames);
        let run = serve(&Config::default(), frames.map(Frame::clone));
        assert_eq!((run.events, run.end), (events, end), "{frames:?}");
    }
}

#[test]
fn control_frames_between_fragments_are_told_at_once() {
    let mut bytes = Frame::encode_all(&[
        Frame::text("he").unfinished().masked(KEY),
        Frame::ping("now").masked(KEY),
    ]);
    let mut receiver = Receiver::server(Config::default());
    let mut input = &mut bytes[..];
    assert!(matches!(
        receiver.receive(&mut input),
        Ok(Some(Event::Ping(b"now")))
    ));
    assert!(matches!(receiver.receive(&mut input), Ok(None)));
}

#[test]
fn a_close_between_fragments_ends_the_unfinished_message() {
    let frames = [
        Frame::text("he").unfinished(),
        Frame::close(1001, ""),
        Frame::continuation("llo"),
    ];
    let run = serve(&Config::default(), frames);
    assert_eq!(
        run.events,
        [naive::Event::Close(Some((1001, String::new())))]
    );
}

#[test]
fn a_continuation_first_and_a_message_inside_a_message_are_protocol_errors() {
    let first = serve(&Config::default(), [Frame::continuation("a")]);
    assert_eq!(first.end, End::Failed(Violation::UnexpectedContinuation));
    for frame in [
        Frame::text("a"),
        Frame::binary("a"),
        Frame::text("").unfinished(),
    ] {
        let inside = serve(&Config::default(), [Frame::text("a").unfinished(), frame]);
        assert_eq!(inside.end, End::Failed(Violation::UnfinishedMessage));
    }
    assert_eq!(Violation::UnexpectedContinuation.close_code(), 1002);
    assert_eq!(Violation::UnfinishedMessage.close_code(), 1002);
}

/// A19. Moving what is already there once a fragment would be 10^12 bytes of work in the larger case; the time allowed
/// is far above the linear one.
#[test]
fn a_long_message_in_fragments_of_one_byte_takes_linear_work() {
    let len = if cfg!(debug_assertions) {
        2 << 20
    } else {
        32 << 20
    };
    let mut receiver = Receiver::server(Config::default().with_max_message(len));
    let mut first = Frame::text("a").unfinished().masked(KEY).encode();
    assert!(matches!(receiver.receive(&mut &mut first[..]), Ok(None)));
    let fragment = Frame::continuation("b").unfinished().masked(KEY).encode();
    let chunk = fragment.repeat(8 << 10);
    let begin = Instant::now();
    let mut left = len - 2;
    while left > 0 {
        let count = left.min(8 << 10);
        let mut bytes = chunk[..count * fragment.len()].to_vec();
        assert!(matches!(receiver.receive(&mut &mut bytes[..]), Ok(None)));
        left -= count;
    }
    let mut last = Frame::continuation("c").masked(KEY).encode();
    match receiver.receive(&mut &mut last[..]) {
        Ok(Some(Event::Message(message))) => assert_eq!(message.len(), len),
        other => panic!("{other:?}"),
    }
    assert!(
        begin.elapsed() < Duration::from_secs(30),
        "{:?}",
        begin.elapsed()
    );
}
