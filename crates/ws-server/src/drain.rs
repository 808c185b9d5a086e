use std::time::Duration;

use ws_frame::{CloseCode, CloseFrame};

/// How a server shuts down.
#[derive(Clone, Debug)]
pub(crate) struct Drain {
    /// How long connections may take to end, once all were told.
    pub(crate) wait: Duration,
    /// Over which time they are told.
    pub(crate) spread: Duration,
    pub(crate) frame: CloseFrame,
}

impl Default for Drain {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(10),
            spread: Duration::ZERO,
            frame: CloseFrame::from_static(CloseCode::GOING_AWAY, "the server is shutting down"),
        }
    }
}

impl Drain {
    /// When the connection at this place of so many is told, from the first on.
    pub(crate) fn due(&self, at: usize, of: usize) -> Duration {
        self.spread.mul_f64(at as f64 / of as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_told_within_the_spread() {
        let drain = |spread| Drain {
            spread,
            ..Drain::default()
        };
        assert_eq!(drain(Duration::ZERO).due(999, 1000), Duration::ZERO);
        let spread = drain(Duration::from_secs(10));
        assert_eq!(spread.due(0, 1000), Duration::ZERO);
        assert_eq!(spread.due(500, 1000), Duration::from_secs(5));
        assert!(spread.due(999, 1000) < Duration::from_secs(10));
        assert!(drain(Duration::MAX).due(999, 1000) < Duration::MAX);
    }
}
