use proptest::{prelude::*, sample::Index};
use ws_connection::Role;

use super::{broken_text, conversation, not_utf8};
use crate::naive::{Frame, Length, opcode};

/// One thing that is wrong with a frame, or that makes the frames behind it wrong.
#[derive(Clone, Debug)]
pub enum Flaw {
    /// These RSV bits.
    Rsv(u8),
    /// This opcode in place of the right one; it may be legal by chance.
    Opcode(u8),
    /// FIN is what it is not.
    Fin,
    /// The mask is there where it should not be, or the other way round.
    Mask,
    /// The length in this form.
    Length(Length),
    /// This length is announced, the payload follows as it is.
    Announced(u64),
    /// This payload.
    Payload(Vec<u8>),
    /// The frame comes twice.
    Twice,
    /// The frame is missing.
    Missing,
}

impl Flaw {
    /// Puts the flaw into the frame at `at`.
    pub fn apply(&self, frames: &mut Vec<Frame>, at: usize) {
        let frame = &mut frames[at];
        match self {
            Flaw::Rsv(bits) => frame.rsv = *bits,
            Flaw::Opcode(opcode) => frame.opcode = *opcode,
            Flaw::Fin => frame.fin = !frame.fin,
            Flaw::Mask => frame.mask = frame.mask.xor(Some([1, 2, 3, 4])),
            Flaw::Length(length) => frame.length = *length,
            Flaw::Announced(len) => frame.announced = Some(*len),
            Flaw::Payload(payload) => frame.payload.clone_from(payload),
            Flaw::Twice => {
                let again = frame.clone();
                frames.insert(at, again);
            }
            Flaw::Missing => {
                frames.remove(at);
            }
        }
    }
}

/// Any flaw.
pub fn flaw() -> impl Strategy<Value = Flaw> {
    let payload = prop_oneof![
        broken_text(),
        not_utf8().prop_map(|flaw| [b"\x03\xE8", flaw].concat()),
        Just(vec![3]),
        any::<u16>().prop_map(|code| code.to_be_bytes().to_vec()),
    ];
    let announced = prop_oneof![
        0_u64..200,
        Just(u64::from(u32::MAX) + 1),
        Just(u64::MAX >> 1),
        Just(1 << 63),
    ];
    prop_oneof![
        (1_u8..8).prop_map(Flaw::Rsv),
        (0_u8..16).prop_map(Flaw::Opcode),
        Just(Flaw::Opcode(opcode::CONTINUATION)),
        Just(Flaw::Fin),
        Just(Flaw::Mask),
        Just(Flaw::Length(Length::Bits16)),
        Just(Flaw::Length(Length::Bits64)),
        announced.prop_map(Flaw::Announced),
        payload.prop_map(Flaw::Payload),
        Just(Flaw::Twice),
        Just(Flaw::Missing),
    ]
}

/// A conversation in which one frame has a flaw; the frames behind it are as they were.
pub fn flawed_conversation(from: Role) -> impl Strategy<Value = Vec<Frame>> {
    (conversation(from), flaw(), any::<Index>()).prop_map(|(mut frames, flaw, at)| {
        if !frames.is_empty() {
            let at = at.index(frames.len());
            flaw.apply(&mut frames, at);
        }
        frames
    })
}
