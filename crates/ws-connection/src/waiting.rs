use bytes::Bytes;
use ws_frame::Rsv;

use crate::{SendOptions, start::Start};

/// A message that has not begun to leave and may give way until then: its frames are made when it
/// leaves, so it is dropped whole, and shares the payload that its owner gave away.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) first: Start,
    pub(crate) payload: Bytes,
    /// Bytes of the message in its own form.
    pub(crate) plain: usize,
    pub(crate) key: Option<u64>,
    /// Whether it may be dropped for a message without its key, too.
    pub(crate) is_droppable: bool,
}

impl Waiting {
    /// What it counts in the queue.
    pub(crate) fn cost(&self) -> usize {
        self.payload.len() + SendOptions::CHARGE
    }

    /// Whether it leaves in its own form.
    pub(crate) fn is_plain(&self) -> bool {
        self.first.rsv == Rsv::NONE
    }
}
