use std::time::{Duration, Instant};

/// A clock that stands until it is told to move.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    base: Instant,
    elapsed: Duration,
}

impl Clock {
    /// A clock at its beginning.
    #[must_use]
    pub fn new() -> Self {
        Self {
            base: Instant::now(),
            elapsed: Duration::ZERO,
        }
    }

    /// What the clock says.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.base + self.elapsed
    }

    /// The time since the beginning.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The time from the beginning to `instant`.
    #[must_use]
    pub fn at(&self, instant: Instant) -> Duration {
        instant.saturating_duration_since(self.base)
    }

    /// Moves the clock.
    pub fn advance(&mut self, by: Duration) {
        self.elapsed += by;
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}
