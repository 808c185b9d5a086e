use proptest::{collection::vec, prelude::*};

use super::{broken_text, close, not_utf8, text};
use crate::naive::Frame;

/// Codes at the borders of the ranges of RFC 6455 7.4, on both sides.
const CODES: &[u16] = &[
    0, 999, 1000, 1003, 1004, 1005, 1006, 1007, 1010, 1011, 1012, 1013, 1014, 1015, 1016, 1100,
    2999, 3000, 3999, 4000, 4999, 5000, 65_535,
];

/// A Close with any payload, legal or not: any code, any reason, text or not, of any length, the frame with FIN or
/// without. Not masked.
pub fn any_close() -> impl Strategy<Value = Frame> {
    let code = || prop_oneof![prop::sample::select(CODES), any::<u16>()];
    let reason = prop_oneof![
        3 => Just(Vec::new()),
        3 => text().prop_map(String::into_bytes),
        2 => broken_text(),
        1 => not_utf8().prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 110..140),
    ];
    prop_oneof![
        2 => close(),
        6 => (code(), reason).prop_map(|(code, reason)| Frame::close(code, reason)),
        1 => vec(any::<u8>(), 0..4).prop_map(|payload| Frame::new(crate::naive::opcode::CLOSE, payload)),
        1 => code().prop_map(|code| Frame::close(code, "").unfinished()),
    ]
}
