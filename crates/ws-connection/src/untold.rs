use crate::{Kinds, MessageKind, Tally};

/// What was sent since somebody last looked, in half the room: 4 GiB that are queued between two
/// writes are counted as what fits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Untold {
    text: Few,
    binary: Few,
    pub(crate) controls: Controls,
}

/// Pings and pongs that left.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Controls {
    pub(crate) pings: u16,
    pub(crate) pongs: u16,
}

#[derive(Clone, Copy, Debug, Default)]
struct Few {
    messages: u32,
    bytes: u32,
}

impl Untold {
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

    pub(crate) fn messages(self) -> Kinds {
        Kinds {
            text: self.text.tally(),
            binary: self.binary.tally(),
        }
    }
}

impl Controls {
    pub(crate) fn add(&mut self, more: Self) {
        self.pings = self.pings.saturating_add(more.pings);
        self.pongs = self.pongs.saturating_add(more.pongs);
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
