use proptest::{collection::vec, prelude::*, sample::Index};
use ws_connection::Role;

use super::{conversation, flawed_conversation};
use crate::naive::Frame;

/// The bytes that come from a peer of this role: of a legal conversation, of a flawed one, broken off, with one
/// byte changed, or nonsense.
pub fn stream(from: Role) -> impl Strategy<Value = Vec<u8>> {
    let frames = || prop_oneof![conversation(from), flawed_conversation(from)];
    let bytes = move || frames().prop_map(|frames| Frame::encode_all(&frames));
    prop_oneof![
        8 => bytes(),
        2 => (bytes(), any::<Index>()).prop_map(|(mut bytes, end)| {
            bytes.truncate(end.index(bytes.len() + 1));
            bytes
        }),
        3 => (bytes(), any::<Index>(), any::<u8>()).prop_map(|(mut bytes, at, byte)| {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes
        }),
        1 => vec(any::<u8>(), 0..40),
    ]
}
