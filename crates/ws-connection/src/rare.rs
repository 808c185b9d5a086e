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
