use std::collections::VecDeque;

/// The last bytes of the messages before, which the next one may refer to (RFC 7692 7.2.3.2).
///
/// It is all that a connection keeps of its inflater: it grows with what comes, up to the window.
#[derive(Debug)]
pub(crate) struct History {
    bytes: VecDeque<u8>,
    window: usize,
}

impl History {
    pub(crate) fn new(window: usize) -> Self {
        Self {
            bytes: VecDeque::new(),
            window,
        }
    }

    /// The bytes, in two pieces.
    pub(crate) fn pieces(&self) -> [&[u8]; 2] {
        self.bytes.as_slices().into()
    }

    /// Another message was inflated.
    pub(crate) fn append(&mut self, message: &[u8]) {
        let last = &message[message.len().saturating_sub(self.window)..];
        let most_before = self.window - last.len();
        let gone = self.bytes.len().saturating_sub(most_before);
        self.bytes.drain(..gone);
        let more = last.len().min(self.window - self.bytes.len());
        self.reserve(more);
        self.bytes.extend(last);
    }

    /// Doubles, but never beyond the window.
    fn reserve(&mut self, more: usize) {
        let len = self.bytes.len() + more;
        if len > self.bytes.capacity() {
            let capacity = (2 * self.bytes.capacity()).clamp(len, self.window);
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(history: &History) -> Vec<u8> {
        history.pieces().concat()
    }

    #[test]
    fn it_holds_the_last_bytes_of_all_messages() {
        let mut history = History::new(256);
        let mut all = Vec::new();
        for len in [0, 1, 100, 200, 7, 255, 256, 257, 1000, 3, 0] {
            let message: Vec<u8> = (0..len).map(|i: u32| (i * 7 + len) as u8).collect();
            history.append(&message);
            all.extend(&message);
            let last = &all[all.len().saturating_sub(256)..];
            assert_eq!(whole(&history), last, "{len}");
            assert!(history.bytes.capacity() <= 256);
        }
    }

    #[test]
    fn it_takes_no_more_memory_than_came() {
        let mut history = History::new(32 << 10);
        history.append(&[7; 100]);
        assert_eq!(history.bytes.capacity(), 100);
        history.append(&[7; 50]);
        assert_eq!(history.bytes.capacity(), 200);
    }
}
