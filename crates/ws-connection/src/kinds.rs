use crate::{MessageKind, Tally};

/// Messages of each kind that went one way.
///
/// ```
/// use ws_connection::{Kinds, MessageKind, Tally};
///
/// let mut kinds = Kinds::default();
/// kinds.count(MessageKind::Text, 5);
/// assert_eq!(kinds.text, Tally { messages: 1, bytes: 5 });
/// assert_eq!(kinds.binary, Tally::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    /// Text.
    pub text: Tally,
    /// Bytes.
    pub binary: Tally,
}

impl Kinds {
    /// One more, with so many bytes of payload.
    #[inline]
    pub fn count(&mut self, kind: MessageKind, len: usize) {
        match kind {
            MessageKind::Text => self.text.count(len),
            MessageKind::Binary => self.binary.count(len),
        }
    }
}
