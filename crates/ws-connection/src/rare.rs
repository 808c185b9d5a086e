use crate::{Dropped, Encoder, closing::Closing};

/// What most senders never have, and an open one without an extension of its own seldom: one word
/// for all of it.
#[derive(Debug, Default)]
pub(crate) struct Rare {
    /// While the connection is open.
    pub(crate) encoder: Option<Box<dyn Encoder>>,
    pub(crate) dropped: Dropped,
    /// Of these, what somebody has asked about.
    pub(crate) dropped_before: Dropped,
    /// From the first Close or failure on.
    pub(crate) closing: Option<Box<Closing>>,
}

impl Rare {
    /// Of a sender that has begun to end. It takes the field, so that the others can be used beside it.
    pub(crate) fn begun_closing(rare: &mut Option<Box<Self>>) -> Option<&mut Closing> {
        rare.as_mut()?.closing.as_deref_mut()
    }
}
