use std::time::Duration;

use bytes::Buf;
use ws_connection::{Batch, Config, Sender, Timeout};
use ws_testing::pair::Clock;

/// A sender that is told the time by hand, without keepalive unless it is set.
pub(crate) struct Endpoint {
    pub(crate) sender: Sender,
    pub(crate) clock: Clock,
}

impl Endpoint {
    pub(crate) fn with(change: impl FnOnce(Config) -> Config) -> Self {
        let config = change(Config::default().with_ping_interval(None));
        let mut endpoint = Self {
            sender: Sender::server(config),
            clock: Clock::new(),
        };
        assert_eq!(endpoint.written(), b"");
        endpoint
    }

    pub(crate) fn written(&mut self) -> Vec<u8> {
        let mut batch = Batch::default();
        self.sender.transmit(self.clock.now(), &mut batch);
        let bytes = batch.copy_to_bytes(batch.remaining()).to_vec();
        self.sender.transmit(self.clock.now(), &mut batch);
        bytes
    }

    pub(crate) fn time_out(&mut self) -> Option<Timeout> {
        self.sender.handle_timeout(self.clock.now())
    }

    /// When the next timer is due, from the beginning.
    pub(crate) fn due(&self) -> Option<Duration> {
        self.sender.poll_timeout().map(|at| self.clock.at(at))
    }
}
