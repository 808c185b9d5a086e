use allocation_counter::measure;

/// What an endpoint may hold beside what it was given, in bytes: boxes, the smallest buffers, the control lane.
const CONSTANT: usize = 16 << 10;

/// Old and new buffer while one is grown that is at most half full, and the copy that leaves.
const FACTOR: usize = 4;

/// What an endpoint holds, counted in the allocator while it runs.
#[derive(Debug, Default)]
pub(super) struct Memory {
    held: i64,
    /// All bytes that the endpoint got, from whomever.
    given: usize,
}

impl Memory {
    /// The endpoint gets so many bytes.
    pub(super) fn give(&mut self, bytes: usize) {
        self.given += bytes;
    }

    /// Calls the endpoint.
    ///
    /// # Panics
    ///
    /// When it holds more than it was given, times a constant and plus one.
    pub(super) fn watch<T>(&mut self, call: impl FnOnce() -> T) -> T {
        let mut result = None;
        let info = measure(|| result = Some(call()));
        let peak = self.held + info.bytes_max as i64;
        self.held += info.bytes_current;
        let allowed = FACTOR * self.given + CONSTANT;
        assert!(
            peak <= allowed as i64,
            "{peak} bytes are held, of {} that came",
            self.given
        );
        result.expect("it was called")
    }
}
