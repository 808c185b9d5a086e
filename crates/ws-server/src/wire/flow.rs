/// How the peer takes what it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Free,
    /// The queue has reached its high-water mark, and not its low-water mark since.
    Congested,
    /// The same, and reading is paused until it is over.
    Held,
}

impl Flow {
    /// After a look at the queue.
    pub(super) fn now(self, is_congested: bool) -> Self {
        match (is_congested, self) {
            (false, _) => Flow::Free,
            (true, Flow::Free) => Flow::Congested,
            (true, before) => before,
        }
    }
}
