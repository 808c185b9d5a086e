use proptest::prelude::*;

use super::{large_payload, large_text, payload, text};
use crate::naive::Event;

/// A message, text or binary.
pub fn message() -> impl Strategy<Value = Event> {
    prop_oneof![
        text().prop_map(Event::Text),
        payload().prop_map(Event::Binary),
    ]
}

/// A message of 30,000 bytes and more, text or binary.
pub fn large_message() -> impl Strategy<Value = Event> {
    prop_oneof![
        large_text().prop_map(Event::Text),
        large_payload().prop_map(Event::Binary),
    ]
}
