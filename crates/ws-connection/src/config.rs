use std::time::Duration;

use crate::Overflow;

/// The limits and times of one endpoint.
///
/// Every limit that protects memory is on by default, and so are the times of
/// writing, silence and closing; the age of a connection and the time of
/// callbacks have none. What is exactly at a limit of size or number is
/// allowed, such as a message of [`max_message`](Config::max_message) bytes; but
/// [`high_water`](Config::high_water) and [`max_queue`](Config::max_queue) act
/// when so many bytes wait, and times at exactly their time. Share one value
/// between connections with an `Arc`.
///
/// ```
/// use std::time::Duration;
/// use ws_connection::Config;
///
/// let config = Config::default()
///     .with_max_message(64 * 1024)
///     .with_ping_interval(Some(Duration::from_secs(10)));
/// assert_eq!(config.max_message(), 65_536);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    max_message: usize,
    max_frame: Option<u64>,
    max_empty_fragments: u32,
    max_cost: Option<u64>,
    fragment_size: usize,
    high_water: usize,
    max_queue: usize,
    overflow: Overflow,
    ping_interval: Option<Duration>,
    pong_timeout: Duration,
    write_timeout: Duration,
    close_timeout: Duration,
    linger: Duration,
    max_lifetime: Option<Duration>,
    callback_timeout: Option<Duration>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_message: 1 << 20,
            max_frame: None,
            max_empty_fragments: 1024,
            max_cost: None,
            fragment_size: 256 << 10,
            high_water: 1 << 20,
            max_queue: 4 << 20,
            overflow: Overflow::DropNewest,
            ping_interval: Some(Duration::from_secs(25)),
            pong_timeout: Duration::from_secs(20),
            write_timeout: Duration::from_secs(30),
            close_timeout: Duration::from_secs(5),
            linger: Duration::from_millis(1500),
            max_lifetime: None,
            callback_timeout: None,
        }
    }
}

/// What is received.
impl Config {
    /// Largest message accepted, in bytes of payload over all its fragments; 1 MiB by default.
    /// A longer one fails the connection with 1009 as soon as its length is announced.
    #[must_use]
    pub fn with_max_message(mut self, bytes: usize) -> Self {
        self.max_message = bytes;
        self
    }

    /// Largest data frame accepted, in bytes of payload; `None`, the default, leaves it to
    /// [`max_message`](Self::max_message). A longer one fails the connection with 1009.
    #[must_use]
    pub fn with_max_frame(mut self, bytes: Option<u64>) -> Self {
        self.max_frame = bytes;
        self
    }

    /// How many empty unfinished continuation frames may follow one another; 1,024 by default.
    /// One more fails the connection with 1008: such frames cost their sender next to nothing.
    #[must_use]
    pub fn with_max_empty_fragments(mut self, frames: u32) -> Self {
        self.max_empty_fragments = frames;
        self
    }

    /// How much an unfinished message may cost: its bytes of payload, in the form in which they travel,
    /// and 1 for each of its frames. `None`, the default, is twice [`max_message`](Self::max_message)
    /// and 65,536. More fails the connection with 1008.
    ///
    /// A frame charges no more because nothing is held for it, however many there are: a message is one
    /// buffer, and what a frame takes is time. By default a message of any legal length may come in
    /// fragments of one byte, and empty ones among them come to an end, although each byte
    /// starts the count of [`max_empty_fragments`](Self::max_empty_fragments) anew.
    #[must_use]
    pub fn with_max_cost(mut self, cost: Option<u64>) -> Self {
        self.max_cost = cost;
        self
    }

    /// See [`with_max_message`](Self::with_max_message).
    #[must_use]
    pub fn max_message(&self) -> usize {
        self.max_message
    }

    /// See [`with_max_frame`](Self::with_max_frame).
    #[must_use]
    pub fn max_frame(&self) -> Option<u64> {
        self.max_frame
    }

    /// See [`with_max_empty_fragments`](Self::with_max_empty_fragments).
    #[must_use]
    pub fn max_empty_fragments(&self) -> u32 {
        self.max_empty_fragments
    }

    /// See [`with_max_cost`](Self::with_max_cost); never `None`, but what that means.
    #[must_use]
    pub fn max_cost(&self) -> u64 {
        let twice = (self.max_message as u64).saturating_mul(2);
        self.max_cost.unwrap_or(twice.saturating_add(64 << 10))
    }
}

/// What is sent.
impl Config {
    /// Messages with a longer payload leave as several frames of this many bytes, so that
    /// pings, pongs and a Close find a frame boundary; 256 KiB by default, 1 byte at least.
    #[must_use]
    pub fn with_fragment_size(mut self, bytes: usize) -> Self {
        self.fragment_size = bytes.max(1);
        self
    }

    /// Bytes waiting to be written at which reading from this peer pauses; 1 MiB by default.
    /// Reading goes on when half of it is left.
    #[must_use]
    pub fn with_high_water(mut self, bytes: usize) -> Self {
        self.high_water = bytes.max(1);
        self
    }

    /// Bytes waiting to be written at which a message is refused, or what
    /// [`overflow`](Self::with_overflow) says gives way; 4 MiB by default. The message that passes it is
    /// still taken whole, so that a large one can be sent at all. Reading pauses here at the latest,
    /// whatever [`high_water`](Self::high_water) says.
    #[must_use]
    pub fn with_max_queue(mut self, bytes: usize) -> Self {
        self.max_queue = bytes.max(1);
        self
    }

    /// What gives way when a message is sent and [`max_queue`](Self::with_max_queue) bytes wait:
    /// itself by default. One message can [say otherwise](crate::SendOptions::with_overflow).
    ///
    /// With [`Overflow::DropOldest`] every message waits apart from others and counts
    /// [`SendOptions::CHARGE`](crate::SendOptions::CHARGE) bytes more.
    #[must_use]
    pub fn with_overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = overflow;
        self
    }

    /// See [`with_fragment_size`](Self::with_fragment_size).
    #[must_use]
    pub fn fragment_size(&self) -> usize {
        self.fragment_size
    }

    /// See [`with_high_water`](Self::with_high_water).
    #[must_use]
    pub fn high_water(&self) -> usize {
        self.high_water.min(self.max_queue)
    }

    /// Bytes waiting to be written at which reading goes on after a pause: half of
    /// [`high_water`](Self::high_water).
    #[must_use]
    pub fn low_water(&self) -> usize {
        self.high_water() / 2
    }

    /// See [`with_max_queue`](Self::with_max_queue).
    #[must_use]
    pub fn max_queue(&self) -> usize {
        self.max_queue
    }

    /// See [`with_overflow`](Self::with_overflow).
    #[inline]
    #[must_use]
    pub fn overflow(&self) -> Overflow {
        self.overflow
    }
}

/// Times.
impl Config {
    /// Silence after which a ping is sent; 25 s by default, `None` turns the keepalive off.
    #[must_use]
    pub fn with_ping_interval(mut self, silence: Option<Duration>) -> Self {
        self.ping_interval = silence;
        self
    }

    /// How long any byte may take to come after that ping; 20 s by default. Then the peer is
    /// taken for dead.
    #[must_use]
    pub fn with_pong_timeout(mut self, wait: Duration) -> Self {
        self.pong_timeout = wait;
        self
    }

    /// How long a write may make no progress at all, and how long the messages before our own
    /// Close may take to be written; 30 s by default. Then the peer is cut.
    #[must_use]
    pub fn with_write_timeout(mut self, wait: Duration) -> Self {
        self.write_timeout = wait;
        self
    }

    /// How long the peer may take to answer our Close once it is written; and how long the last
    /// bytes may take to be written after a failure, or after the peer's Close, when what is left
    /// of the messages queued before is cut off; 5 s by default.
    ///
    /// Times in which reading is paused do not count for the answer: the first of them however long
    /// it is, those behind it up to the [write timeout](Self::with_write_timeout) in all.
    #[must_use]
    pub fn with_close_timeout(mut self, wait: Duration) -> Self {
        self.close_timeout = wait;
        self
    }

    /// How long the peer may take to end the transport after the last byte of ours; 1.5 s by
    /// default. What it sends meanwhile is discarded, so that it can still read our Close.
    #[must_use]
    pub fn with_linger(mut self, wait: Duration) -> Self {
        self.linger = wait;
        self
    }

    /// How long a connection may be open; `None`, the default, is for ever. Then it is closed with 1001,
    /// behind what was sent before: its client comes back, perhaps to another server.
    #[must_use]
    pub fn with_max_lifetime(mut self, limit: Option<Duration>) -> Self {
        self.max_lifetime = limit;
        self
    }

    /// How long a callback may stay pending, one that waits for a slow peer too; `None`, the default, is
    /// for ever. Then the connection fails with 1011.
    #[must_use]
    pub fn with_callback_timeout(mut self, limit: Option<Duration>) -> Self {
        self.callback_timeout = limit;
        self
    }

    /// See [`with_max_lifetime`](Self::with_max_lifetime).
    #[must_use]
    pub fn max_lifetime(&self) -> Option<Duration> {
        self.max_lifetime
    }

    /// See [`with_callback_timeout`](Self::with_callback_timeout).
    #[must_use]
    pub fn callback_timeout(&self) -> Option<Duration> {
        self.callback_timeout
    }

    /// See [`with_ping_interval`](Self::with_ping_interval).
    #[must_use]
    pub fn ping_interval(&self) -> Option<Duration> {
        self.ping_interval
    }

    /// See [`with_pong_timeout`](Self::with_pong_timeout).
    #[must_use]
    pub fn pong_timeout(&self) -> Duration {
        self.pong_timeout
    }

    /// See [`with_write_timeout`](Self::with_write_timeout).
    #[must_use]
    pub fn write_timeout(&self) -> Duration {
        self.write_timeout
    }

    /// See [`with_close_timeout`](Self::with_close_timeout).
    #[must_use]
    pub fn close_timeout(&self) -> Duration {
        self.close_timeout
    }

    /// See [`with_linger`](Self::with_linger).
    #[must_use]
    pub fn linger(&self) -> Duration {
        self.linger
    }
}
