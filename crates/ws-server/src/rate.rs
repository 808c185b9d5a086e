/// How much of something may come in a second, and how much of it at once after a silence: a token
/// bucket.
///
/// ```
/// use ws_server::{Rate, Server};
///
/// // 100 messages a second from each connection, and 200 at once.
/// let builder = Server::builder().max_message_rate(Rate::per_second(100).with_burst(200));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    count: u32,
    burst: u32,
}

impl Rate {
    /// So many a second, 1 at least. As many may come at once, unless
    /// [`with_burst`](Self::with_burst) says otherwise.
    #[must_use]
    pub const fn per_second(count: u32) -> Self {
        let count = if count == 0 { 1 } else { count };
        Self {
            count,
            burst: count,
        }
    }

    /// How many may come at once when none came for long, 1 at least. Timers are no finer than a
    /// millisecond: behind a wait, what has become due in it comes at once, too.
    #[must_use]
    pub const fn with_burst(mut self, burst: u32) -> Self {
        self.burst = if burst == 0 { 1 } else { burst };
        self
    }

    /// How many a second.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// How many at once.
    #[must_use]
    pub const fn burst(&self) -> u32 {
        self.burst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_in_a_second_may_come_at_once_unless_said_otherwise() {
        assert_eq!(Rate::per_second(100).burst(), 100);
        assert_eq!(Rate::per_second(100).with_burst(7).burst(), 7);
        assert_eq!(Rate::per_second(100).with_burst(1000).burst(), 1000);
    }

    #[test]
    fn a_rate_and_a_burst_are_never_zero() {
        assert_eq!(Rate::per_second(0), Rate::per_second(1));
        assert_eq!(Rate::per_second(5).with_burst(0).burst(), 1);
    }
}
