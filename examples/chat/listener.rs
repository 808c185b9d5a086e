use std::time::Instant;

use bytes::Buf;
use serde_json::Value;
use ws_connection::{Batch, Config, Event, Receiver, Sender};
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

    pub(crate) fn with_max_queue(bytes: usize) -> Self {
        let config = Config::default().with_max_queue(bytes);
        Self {
            outlet: Outlet::new(Sender::server(config.clone())),
            receiver: Receiver::client(config),
        }
    }

    pub(crate) fn client(&self) -> Client {
        self.outlet.client(Peer::UNKNOWN)
    }

    pub(crate) fn handle(&self) -> Handle {
        self.outlet.handle()
    }

    /// Reads all that was sent since the last time.
    pub(crate) fn hear(&mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        let mut batch = Batch::default();
        loop {
            self.outlet.lock().transmit(Instant::now(), &mut batch);
            if !batch.has_remaining() {
                return heard;
            }
            let mut bytes = batch.copy_to_bytes(batch.remaining()).to_vec();
            self.receive(&mut bytes, &mut heard);
        }
    }

    fn receive(&mut self, mut bytes: &mut [u8], heard: &mut Vec<Heard>) {
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
    }
}
