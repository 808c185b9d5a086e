use proptest::{collection::vec, prelude::*};
use ws_connection::Role;

use super::{fragments, message, text};
use crate::naive::Frame;

/// A ping or a pong with any payload. Not masked.
pub fn control() -> impl Strategy<Value = Frame> {
    let payload = prop_oneof![
        4 => vec(any::<u8>(), 0..10),
        1 => vec(any::<u8>(), 120..=125),
    ];
    (payload, any::<bool>()).prop_map(|(payload, is_ping)| match is_ping {
        true => Frame::ping(payload),
        false => Frame::pong(payload),
    })
}

/// A legal Close, with a code and a reason or without. Not masked.
pub fn close() -> impl Strategy<Value = Frame> {
    let code = prop_oneof![1000_u16..=1003, 1007_u16..=1014, 3000_u16..=4999];
    prop_oneof![
        1 => Just(Frame::close_without_status()),
        3 => (code, text()).prop_map(|(code, reason)| {
            Frame::close(code, &reason[..reason.floor_char_boundary(123)])
        }),
    ]
}

/// All that a peer of this role may send: messages whole and in fragments, control frames between them and between
/// fragments, a Close at the end or none.
pub fn conversation(from: Role) -> impl Strategy<Value = Vec<Frame>> {
    let exchange = prop_oneof![
        4 => message().prop_flat_map(fragments).prop_flat_map(interrupted),
        1 => control().prop_map(|frame| vec![frame]),
    ];
    let close = prop_oneof![
        2 => Just(Vec::new()),
        1 => close().prop_map(|frame| vec![frame]),
    ];
    (vec(exchange, 0..6), close)
        .prop_map(|(exchanges, close)| [exchanges.concat(), close].concat())
        .prop_flat_map(move |frames| masks(from, frames))
}

/// "Control frames MAY be injected in the middle of a fragmented message" (RFC 6455 5.4).
fn interrupted(frames: Vec<Frame>) -> impl Strategy<Value = Vec<Frame>> {
    let between = vec(proptest::option::weighted(0.3, control()), frames.len() - 1);
    between.prop_map(move |between| {
        let mut between = between.into_iter();
        let with_next = |frame: &Frame| {
            let next = between.next().flatten();
            [Some(frame.clone()), next]
        };
        frames.iter().flat_map(with_next).flatten().collect()
    })
}

/// The same frames as a peer of this role sends them: a client masks each with a key of its own.
pub fn masks(from: Role, frames: Vec<Frame>) -> impl Strategy<Value = Vec<Frame>> {
    vec(any::<[u8; 4]>(), frames.len()).prop_map(move |keys| {
        let mut frames = frames.clone();
        if from == Role::Client {
            for (frame, key) in frames.iter_mut().zip(keys) {
                frame.mask = Some(key);
            }
        }
        frames
    })
}
