use std::{sync::Arc, time::Instant};

use bytes::Buf;
use serde_json::Value;
use ws_connection::{Batch, Config, Event, Overflow, Receiver, Role, Sender};
use ws_deflate::{Deflate, PermessageDeflate};
use ws_handler::{Client, CloseCode, Handle, Outlet, Peer};

/// The page's end of a connection, without a socket.
pub(crate) struct Listener {
    outlet: Outlet,
    receiver: Receiver,
}

/// What a page received.
#[derive(Debug, PartialEq)]
pub(crate) enum Heard {
    Json(Value),
    Closed(CloseCode),
}

impl Listener {
    pub(crate) fn new() -> Self {
        Self::with_max_queue(Config::default().max_queue())
    }

    /// Of a server that closes at this limit.
    pub(crate) fn with_max_queue(bytes: usize) -> Self {
        let config = Config::default()
            .with_max_queue(bytes)
            .with_overflow(Overflow::Close);
        Self {
            outlet: Outlet::new(Sender::server(config.clone())),
            receiver: Receiver::client(config),
        }
    }

    /// Of a page whose browser has these settings, and so has the server.
    pub(crate) fn with_deflate(settings: Deflate) -> Self {
        let settings = Arc::new(settings);
        let agreed = settings.accept([&settings.offer()]).expect("our own offer");
        let end = |role| PermessageDeflate::new(settings.clone(), agreed, role);
        let sender = Sender::server(Config::default());
        let receiver = Receiver::client(Config::default());
        Self {
            outlet: Outlet::with_deflate(sender, end(Role::Server)),
            receiver: receiver.with_extension(&end(Role::Client)),
        }
    }

    pub(crate) fn client(&self) -> Client {
        self.outlet.client(Peer::UNKNOWN)
    }

    pub(crate) fn handle(&self) -> Handle {
        self.outlet.handle()
    }

    /// All that was sent since the last time.
    pub(crate) fn hear(&mut self) -> Vec<Heard> {
        let bytes = self.read();
        self.understand(bytes)
    }

    /// The same, as it travelled.
    pub(crate) fn read(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut batch = Batch::default();
        loop {
            self.outlet.lock().transmit(Instant::now(), &mut batch);
            if !batch.has_remaining() {
                return bytes;
            }
            bytes.extend(batch.copy_to_bytes(batch.remaining()));
        }
    }

    pub(crate) fn understand(&mut self, mut bytes: Vec<u8>) -> Vec<Heard> {
        let mut bytes = &mut bytes[..];
        let mut heard = Vec::new();
        while let Some(event) = self.receiver.receive(&mut bytes).expect("a good server") {
            heard.push(match event {
                Event::Message(message) => {
                    let json = serde_json::from_slice(message.as_bytes());
                    Heard::Json(json.expect("a message is JSON"))
                }
                Event::Close(Some(frame)) => Heard::Closed(frame.code()),
                event => panic!("{event:?} is not for a page"),
            });
        }
        heard
    }
}
