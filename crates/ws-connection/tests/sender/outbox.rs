//! A sender with a batch and a wire, as a driver has them.

use std::time::Instant;

use bytes::Buf;
use ws_connection::{Batch, Config, Event, Sender};
use ws_frame::{CloseFrame, MaskingKey};
use ws_testing::{
    naive::{Decoder, Frame},
    pair::Clock,
};

pub(crate) struct Outbox {
    pub(crate) sender: Sender,
    pub(crate) batch: Batch,
    clock: Clock,
    wire: Decoder,
}

impl Outbox {
    pub(crate) fn server(config: Config) -> Self {
        Self::new(Sender::server(config))
    }

    pub(crate) fn client(config: Config) -> Self {
        Self::new(Sender::client(config, || MaskingKey::new([1, 2, 3, 4])))
    }

    pub(crate) fn new(sender: Sender) -> Self {
        Self {
            sender,
            batch: Batch::default(),
            clock: Clock::new(),
            wire: Decoder::default(),
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The peer's control frame arrives.
    pub(crate) fn hear(&mut self, event: &Event<'_>) {
        let now = self.now();
        self.sender.handle_read(now);
        self.sender.on_event(now, event);
    }

    pub(crate) fn hear_close(&mut self, frame: impl Into<Option<CloseFrame>>) {
        self.hear(&Event::Close(frame.into()));
    }

    /// Takes a batch if there is none, and writes nothing of it.
    pub(crate) fn transmit(&mut self) -> usize {
        self.sender.transmit(self.clock.now(), &mut self.batch);
        self.batch.remaining()
    }

    /// Writes one whole batch.
    pub(crate) fn write_batch(&mut self) -> Vec<u8> {
        let len = self.transmit();
        self.batch.copy_to_bytes(len).to_vec()
    }

    /// Writes everything.
    pub(crate) fn write_bytes(&mut self) -> Vec<u8> {
        let batches = std::iter::from_fn(|| Some(self.write_batch()).filter(|b| !b.is_empty()));
        batches.flatten().collect()
    }

    /// Writes everything and reads it as the peer does.
    pub(crate) fn write(&mut self) -> Vec<Frame> {
        let bytes = self.write_bytes();
        let frames = self.wire.push_all(&bytes).expect("legal frames");
        assert!(self.wire.is_between_frames(), "half a frame");
        frames
    }

    /// As [`write`](Self::write), short enough to compare.
    pub(crate) fn write_lines(&mut self) -> Vec<String> {
        self.write().iter().map(Frame::to_string).collect()
    }
}
