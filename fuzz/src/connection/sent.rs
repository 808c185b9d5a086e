use ws_connection::{Overflow, SendOptions};

/// The messages that one end took to send.
#[derive(Debug, Default)]
pub(super) struct Sent(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    payload: Vec<u8>,
    options: SendOptions,
}

impl Entry {
    /// Whether it has to arrive where nothing breaks off.
    fn is_safe(&self) -> bool {
        self.options.overflow() != Some(Overflow::DropOldest) && !self.is_keyed()
    }

    /// Whether it may have the place of an older one.
    fn is_keyed(&self) -> bool {
        self.options.key().is_some()
    }
}

impl Sent {
    /// Of at least one byte, its number; a second one of 256 messages would be the same.
    pub(super) fn next_payload(&self, len: usize) -> Vec<u8> {
        vec![self.0.len() as u8; len.max(1)]
    }

    pub(super) fn push(&mut self, payload: Vec<u8>, options: SendOptions) {
        self.0.push(Entry { payload, options });
    }

    /// Asserts that what was got was sent, each once and but for those with a key in order, and that none
    /// is passed over that may not give way; returns how many did not come.
    pub(super) fn check<'a>(&self, got: impl Iterator<Item = &'a [u8]>) -> u64 {
        let mut came = vec![false; self.0.len()];
        let mut next = 0;
        for payload in got {
            let number = usize::from(payload[0]);
            let entry = &self.0[number];
            assert_eq!(entry.payload, payload, "as it was sent");
            assert!(!came[number], "once");
            came[number] = true;
            if entry.is_keyed() {
                continue;
            }
            assert!(number >= next, "in order");
            let passed = &self.0[next..number];
            let left_out = passed.iter().find(|entry| entry.is_safe());
            assert!(left_out.is_none(), "{left_out:?} was to come before");
            next = number + 1;
        }
        came.iter().filter(|came| !**came).count() as u64
    }
}
