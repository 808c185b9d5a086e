use std::time::{Duration, Instant};

use crate::Rate;

/// Seconds that a timer may be late: one step of its wheel, and one that it began in.
const GRAIN: f64 = 0.002;

/// What one connection may still bring, where that is limited.
#[derive(Debug)]
pub(crate) struct Meter {
    messages: Option<Bucket>,
    bytes: Option<Bucket>,
    /// What is not charged yet of the last read.
    unread: usize,
}

impl Meter {
    /// `None` if nothing is limited.
    pub(crate) fn new(
        messages: Option<Rate>,
        bytes: Option<Rate>,
        now: Instant,
    ) -> Option<Box<Self>> {
        if messages.is_none() && bytes.is_none() {
            return None;
        }
        Some(Box::new(Self {
            messages: messages.map(|rate| Bucket::full(rate, now)),
            bytes: bytes.map(|rate| Bucket::full(rate, now)),
            unread: 0,
        }))
    }

    /// A read brought so many bytes. They are charged as they are looked at.
    pub(crate) fn begin_read(&mut self, len: usize, now: Instant) {
        self.unread = len;
        self.buckets().for_each(|bucket| bucket.refill(now));
    }

    /// Charges a message, ping or pong, and all bytes but those that are left of the read; whether
    /// these have to wait.
    pub(crate) fn take_event(&mut self, left: usize) -> bool {
        if let Some(messages) = &mut self.messages {
            messages.take(1);
        }
        self.take_bytes(left);
        left > 0 && self.buckets().any(|bucket| bucket.is_empty())
    }

    /// Charges the rest, a part of a message or of a frame.
    pub(crate) fn end_read(&mut self) {
        self.take_bytes(0);
    }

    /// When the next one may come; `None` is now.
    pub(crate) fn due(&mut self, now: Instant) -> Option<Instant> {
        self.buckets().filter_map(|bucket| bucket.due(now)).max()
    }

    fn take_bytes(&mut self, left: usize) {
        let len = self.unread - left;
        self.unread = left;
        if let Some(bytes) = &mut self.bytes {
            bytes.take(len);
        }
    }

    fn buckets(&mut self) -> impl Iterator<Item = &mut Bucket> {
        self.messages.iter_mut().chain(&mut self.bytes)
    }
}

/// A token bucket that may be overdrawn: how much a message takes is known when it is there.
#[derive(Debug)]
struct Bucket {
    rate: Rate,
    level: f64,
    filled: Instant,
}

impl Bucket {
    fn full(rate: Rate, now: Instant) -> Self {
        Self {
            rate,
            level: rate.burst().into(),
            filled: now,
        }
    }

    fn take(&mut self, count: usize) {
        self.level -= count as f64;
    }

    fn is_empty(&self) -> bool {
        self.level < 1.0
    }

    fn refill(&mut self, now: Instant) {
        self.fill(now, self.rate.burst().into());
    }

    /// When there is one again; `None` is now. A timer comes late by its grain: what that brought
    /// counts beside the burst, or a small one would make the rate lower.
    fn due(&mut self, now: Instant) -> Option<Instant> {
        let count = f64::from(self.rate.count());
        self.fill(now, f64::from(self.rate.burst()) + count * GRAIN);
        if !self.is_empty() {
            return None;
        }
        // Rounded up to a nanosecond: at that time there is.
        let wait = Duration::from_secs_f64((1.0 - self.level) / count);
        Some(self.filled + wait + Duration::from_nanos(1))
    }

    /// Never less than there is.
    fn fill(&mut self, now: Instant, most: f64) {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        let level = self.level + passed * f64::from(self.rate.count());
        self.level = level.min(most.max(self.level));
        self.filled = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(messages: Option<Rate>, bytes: Option<Rate>, now: Instant) -> Meter {
        *Meter::new(messages, bytes, now).expect("something is limited")
    }

    #[test]
    fn nothing_is_metered_where_nothing_is_limited() {
        assert!(Meter::new(None, None, Instant::now()).is_none());
    }

    #[test]
    fn the_burst_may_come_at_once_and_then_each_at_its_time() {
        let start = Instant::now();
        let mut meter = meter(Some(Rate::per_second(10).with_burst(3)), None, start);
        meter.begin_read(300, start);
        assert!(!meter.take_event(200));
        assert!(!meter.take_event(100));
        assert!(meter.take_event(50));
        let mut now = start;
        for each in 1..100 {
            let due = meter.due(now).expect("not yet");
            let expected = start + Duration::from_millis(100) * each;
            assert!(due >= expected && due < expected + Duration::from_micros(1));
            now = due;
            assert_eq!(meter.due(now), None);
            meter.begin_read(2, now);
            assert!(meter.take_event(1));
        }
    }

    #[test]
    fn silence_fills_no_more_than_the_burst() {
        let start = Instant::now();
        let mut meter = meter(Some(Rate::per_second(10).with_burst(3)), None, start);
        let later = start + Duration::from_secs(3600);
        meter.begin_read(4, later);
        assert!(!meter.take_event(3));
        assert!(!meter.take_event(2));
        assert!(meter.take_event(1));
        assert!(meter.due(later).is_some());
    }

    #[test]
    fn bytes_are_charged_once_and_what_was_overdrawn_is_waited_for() {
        let start = Instant::now();
        let mut meter = meter(None, Some(Rate::per_second(1000)), start);
        meter.begin_read(3000, start);
        assert!(!meter.take_event(2500));
        assert_eq!(meter.due(start), None);
        meter.end_read();
        let wait = meter.due(start).expect("not yet") - start;
        assert_eq!(wait.as_millis(), 2001);
    }

    #[test]
    fn what_is_scarcer_decides() {
        let start = Instant::now();
        let (messages, bytes) = (Rate::per_second(1), Rate::per_second(10));
        let mut meter = meter(Some(messages), Some(bytes), start);
        meter.begin_read(100, start);
        // Behind the last of a read is nothing that could wait.
        assert!(!meter.take_event(0));
        assert_eq!(
            (meter.due(start).expect("not yet") - start).as_millis(),
            9100
        );
    }

    /// 2.5 ms each, and timers that come 0.9 ms late.
    #[test]
    fn late_timers_do_not_make_the_rate_lower() {
        let start = Instant::now();
        let mut meter = meter(Some(Rate::per_second(400).with_burst(1)), None, start);
        let mut now = start;
        for _ in 0..400 {
            meter.begin_read(1, now);
            meter.take_event(0);
            while let Some(due) = meter.due(now) {
                now = due + Duration::from_micros(900);
            }
        }
        let took = (now - start).as_secs_f64();
        assert!((0.999..1.002).contains(&took), "{took}");
    }

    /// The largest message at the least rate, many times.
    #[test]
    fn what_takes_ages_is_no_panic() {
        let start = Instant::now();
        let mut meter = meter(None, Some(Rate::per_second(1)), start);
        for _ in 0..1000 {
            meter.begin_read(u32::MAX as usize, start);
            meter.end_read();
        }
        assert!(meter.due(start).is_some());
    }
}
