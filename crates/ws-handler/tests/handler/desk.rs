//! An outlet with a batch: what a connection's driver has, without the connection.

use std::time::{Duration, Instant};

use bytes::Buf;
use ws_connection::{Batch, Config, Event, Sender};
use ws_handler::{Client, Handle, Outlet, Peer};

pub(crate) struct Desk {
    pub(crate) outlet: Outlet,
    batch: Batch,
    pub(crate) now: Instant,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with_config(Config::default())
    }

    pub(crate) fn with_config(config: Config) -> Self {
        Self {
            outlet: Outlet::new(Sender::server(config)),
            batch: Batch::default(),
            now: Instant::now(),
        }
    }

    pub(crate) fn client(&self) -> Client {
        self.outlet.client(Peer::UNKNOWN)
    }

    pub(crate) fn handle(&self) -> Handle {
        self.outlet.handle()
    }

    pub(crate) fn hear(&self, event: &Event<'_>) {
        self.outlet.lock().on_event(self.now, event);
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.now += by;
    }

    /// Writes all that is queued, as the peer sees it.
    pub(crate) fn write(&mut self) -> Vec<u8> {
        let mut written = Vec::new();
        loop {
            self.outlet.lock().transmit(self.now, &mut self.batch);
            if !self.batch.has_remaining() {
                return written;
            }
            written.extend_from_slice(&self.batch.copy_to_bytes(self.batch.remaining()));
        }
    }
}
