use std::time::{Duration, Instant};

/// How fast one person may send: 10 messages at once, and then one every 250 ms.
///
/// It is the generic cell rate algorithm: each message moves a mark forward, and the mark may be
/// only so far ahead of the time.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    mark: Instant,
}

impl Pace {
    const BURST: u32 = 10;
    const INTERVAL: Duration = Duration::from_millis(250);

    pub(crate) fn new(now: Instant) -> Self {
        Self { mark: now }
    }

    /// Whether one more message, now, is not too many.
    pub(crate) fn allows(&mut self, now: Instant) -> bool {
        let mark = self.mark.max(now) + Self::INTERVAL;
        if mark > now + Self::INTERVAL * Self::BURST {
            return false;
        }
        self.mark = mark;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_messages_may_come_at_once() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        let allowed = (0..30).filter(|_| pace.allows(now)).count();
        assert_eq!(allowed, 10);
    }

    #[test]
    fn then_one_may_come_every_250_ms() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        while pace.allows(start) {}
        assert!(!pace.allows(start + Duration::from_millis(249)));
        assert!(pace.allows(start + Duration::from_millis(250)));
        assert!(!pace.allows(start + Duration::from_millis(250)));
    }
}
