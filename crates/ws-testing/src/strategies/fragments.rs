use proptest::{collection::vec, prelude::*, sample::Index};

use crate::naive::{Event, Frame, opcode};

/// The frames of a message, whole or in up to six fragments of any size, empty ones among them; text may be cut
/// inside a character. Not masked.
///
/// # Panics
///
/// When the event is not a message.
pub fn fragments(message: Event) -> impl Strategy<Value = Vec<Frame>> {
    let cuts = prop_oneof![
        3 => Just(Vec::new()),
        2 => vec(any::<Index>(), 1..6),
    ];
    cuts.prop_map(move |cuts| match &message {
        Event::Text(text) => cut(opcode::TEXT, text.as_bytes(), &cuts),
        Event::Binary(bytes) => cut(opcode::BINARY, bytes, &cuts),
        other => panic!("{other} is not a message"),
    })
}

fn cut(opcode: u8, payload: &[u8], cuts: &[Index]) -> Vec<Frame> {
    let mut ends: Vec<_> = cuts.iter().map(|at| at.index(payload.len() + 1)).collect();
    ends.sort_unstable();
    ends.push(payload.len());
    let mut frames = Vec::new();
    let mut opcode = opcode;
    let mut start = 0;
    for end in ends {
        frames.push(Frame::new(opcode, &payload[start..end]).unfinished());
        opcode = opcode::CONTINUATION;
        start = end;
    }
    if let Some(last) = frames.last_mut() {
        last.fin = true;
    }
    frames
}
