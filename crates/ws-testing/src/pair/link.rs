use std::collections::VecDeque;

/// One direction of a transport, as the endpoint at its end sees it.
#[derive(Debug)]
pub struct Link {
    bytes: VecDeque<u8>,
    piece: usize,
    window: usize,
    held: bool,
    ended: bool,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            bytes: VecDeque::new(),
            piece: usize::MAX,
            window: usize::MAX,
            held: false,
            ended: false,
        }
    }
}

impl Link {
    /// A read gives at most `bytes`; all there is by default.
    pub fn set_piece(&mut self, bytes: usize) {
        self.piece = bytes;
    }

    /// At most `bytes` travel that are not read yet: more cannot be written. No limit by default.
    pub fn set_window(&mut self, bytes: usize) {
        self.window = bytes;
    }

    /// Nothing arrives any more, not even the end, though writing goes on while the window has room: latency, or a
    /// cable that was pulled.
    pub fn hold(&mut self) {
        self.held = true;
    }

    /// What was held arrives.
    pub fn release(&mut self) {
        self.held = false;
    }

    /// Puts bytes on the way past the endpoint that should send them.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// The other side ends this direction behind what is under way.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Bytes under way.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing is under way.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// How many bytes can be written.
    #[must_use]
    pub fn room(&self) -> usize {
        self.window.saturating_sub(self.bytes.len())
    }

    /// Whether all was read and nothing will follow.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.ended && self.bytes.is_empty() && !self.held
    }

    /// What one read gives; `None` when it has to wait or is at the end.
    pub(super) fn read(&mut self) -> Option<Vec<u8>> {
        if self.held || self.bytes.is_empty() {
            return None;
        }
        let len = self.piece.min(self.bytes.len());
        Some(self.bytes.drain(..len).collect())
    }
}
