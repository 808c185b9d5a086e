//! An outlet with a batch: what a connection's driver has, without the connection.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Buf;
use ws_connection::{Batch, Config, Event, Receiver, Role, Sender};
use ws_deflate::{Deflate, PermessageDeflate, Takeover, Traffic};
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

    /// A desk whose messages are compressed, and its peer, who keeps its window in any case.
    pub(crate) fn with_deflate(config: Config, settings: Deflate) -> Compressed {
        let peer = Deflate::default().with_peer_takeover(Takeover::On);
        let agreement = settings.accept(&[peer.offer()]).expect("a legal offer");
        let traffic = Arc::new(Traffic::default());
        let ours = PermessageDeflate::new(Arc::new(settings), agreement, Role::Server);
        let ours = ours.with_traffic(traffic.clone());
        let theirs = PermessageDeflate::new(Arc::new(peer), agreement, Role::Client);
        let desk = Self {
            outlet: Outlet::with_deflate(Sender::server(config), ours),
            batch: Batch::default(),
            now: Instant::now(),
        };
        let reader = Receiver::client(Config::default()).with_extension(&theirs);
        Compressed {
            desk,
            reader,
            traffic,
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

/// A desk with compression.
pub(crate) struct Compressed {
    pub(crate) desk: Desk,
    reader: Receiver,
    pub(crate) traffic: Arc<Traffic>,
}

impl Compressed {
    /// All that is queued, as the peer understands it.
    pub(crate) fn read(&mut self) -> Vec<Vec<u8>> {
        let mut bytes = self.desk.write();
        let mut input = &mut bytes[..];
        let mut messages = Vec::new();
        while let Some(event) = self.reader.receive(&mut input).expect("legal") {
            match event {
                Event::Message(message) => messages.push(message.as_bytes().to_vec()),
                other => panic!("{other:?}"),
            }
        }
        messages
    }
}
