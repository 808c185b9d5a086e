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

/// What was queued since somebody last looked, in half the room: 4 GiB that are queued between two
/// writes are counted as what fits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fresh {
    text: Few,
    binary: Few,
}

#[derive(Clone, Copy, Debug, Default)]
struct Few {
    messages: u32,
    bytes: u32,
}

impl Fresh {
    #[inline]
    pub(crate) fn count(&mut self, kind: MessageKind, len: usize) {
        let few = match kind {
            MessageKind::Text => &mut self.text,
            MessageKind::Binary => &mut self.binary,
        };
        few.messages = few.messages.wrapping_add(1);
        few.bytes = few
            .bytes
            .saturating_add(u32::try_from(len).unwrap_or(u32::MAX));
    }

    pub(crate) fn kinds(self) -> Kinds {
        Kinds {
            text: self.text.tally(),
            binary: self.binary.tally(),
        }
    }
}

impl Few {
    fn tally(self) -> Tally {
        Tally {
            messages: u64::from(self.messages),
            bytes: u64::from(self.bytes),
        }
    }
}
