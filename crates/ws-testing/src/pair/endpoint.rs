use std::{sync::Arc, time::Instant};

use bytes::Buf;
use ws_connection::{Batch, Config, Event, Receiver, Role, Sender};
use ws_frame::MaskingKey;

use super::{Clock, Link, Transcript, What, wire::Wire};
use crate::naive;

/// One end of a [`Pair`](super::Pair): both halves, the transport toward it, and the driver's part.
#[derive(Debug)]
pub struct Endpoint {
    /// The sending half, to be used as an application does.
    pub sender: Sender,
    /// The receiving half.
    pub receiver: Receiver,
    /// What travels toward this endpoint.
    pub inbound: Link,
    role: Role,
    batch: Batch,
    wire: Wire,
    held: bool,
    reading: bool,
    ended: bool,
    over: bool,
}

impl Endpoint {
    pub(super) fn new(role: Role, config: Config) -> Self {
        let config = Arc::new(config);
        let (sender, receiver) = match role {
            Role::Server => (
                Sender::server(Arc::clone(&config)),
                Receiver::server(config),
            ),
            Role::Client => (
                Sender::client(Arc::clone(&config), counted_keys()),
                Receiver::client(config),
            ),
        };
        Self {
            sender,
            receiver,
            inbound: Link::default(),
            role,
            batch: Batch::default(),
            wire: Wire::new(role),
            held: false,
            reading: true,
            ended: false,
            over: false,
        }
    }

    /// The endpoint reads nothing, as while a callback is pending.
    pub fn hold_reading(&mut self) {
        self.held = true;
    }

    /// The endpoint reads again.
    pub fn release_reading(&mut self) {
        self.held = false;
    }

    /// Whether the endpoint ended its direction of the transport.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Whether the endpoint dropped the transport.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Writes all that the link takes; `true` when it took something.
    pub(super) fn write(&mut self, clock: &Clock, link: &mut Link, log: &mut Transcript) -> bool {
        let mut wrote = false;
        while !self.over {
            self.sender.transmit(clock.now(), &mut self.batch);
            let len = link.room().min(self.batch.chunk().len());
            if len == 0 || self.sender.is_over() {
                break;
            }
            let bytes = &self.batch.chunk()[..len];
            link.push(bytes);
            for frame in self.wire.see(bytes) {
                log.push(clock.elapsed(), self.role, What::Sent(frame));
            }
            self.batch.advance(len);
            wrote = true;
        }
        self.end(clock, link, log) || wrote
    }

    /// Ends our direction when it is time; `true` when something changed.
    fn end(&mut self, clock: &Clock, link: &mut Link, log: &mut Transcript) -> bool {
        let is_our_turn = match self.role {
            Role::Server => self.sender.is_done(),
            Role::Client => self.sender.is_done() && self.inbound.is_at_end(),
        };
        let ends = !self.ended && is_our_turn;
        if ends && !self.sender.is_over() {
            log.push(clock.elapsed(), self.role, What::Ended);
        }
        let drops = !self.over && self.sender.is_over();
        if drops {
            log.push(clock.elapsed(), self.role, What::Over);
            self.over = true;
            self.batch = Batch::default();
        }
        if ends || drops {
            self.ended = true;
            link.end();
        }
        ends || drops
    }

    /// Reads one piece, unless reading is paused; `true` when there was something.
    pub(super) fn read(&mut self, clock: &Clock, log: &mut Transcript) -> bool {
        if self.over {
            return self.inbound.read().is_some();
        }
        if self.held || self.sender.is_congested() {
            if self.reading {
                self.reading = false;
                self.sender.pause_reading(clock.now());
            }
            return false;
        }
        if !self.reading {
            self.reading = true;
            self.sender.resume_reading(clock.now());
        }
        match self.inbound.read() {
            Some(bytes) => {
                self.receive(bytes, clock, log);
                true
            }
            None => self.see_end(),
        }
    }

    fn receive(&mut self, mut bytes: Vec<u8>, clock: &Clock, log: &mut Transcript) {
        let now = clock.now();
        self.sender.handle_read(now);
        let mut input = &mut bytes[..];
        loop {
            match self.receiver.receive(&mut input) {
                Ok(None) => return,
                Ok(Some(event)) => {
                    let got = What::Got(naive::Event::from(&event));
                    log.push(clock.elapsed(), self.role, got);
                    if !matches!(event, Event::Message(_)) {
                        self.sender.on_event(now, &event);
                    }
                }
                Err(error) => {
                    self.sender.fail(&error);
                    log.push(clock.elapsed(), self.role, What::Failed(error));
                }
            }
        }
    }

    /// The peer ended its direction: without a Close on both sides that is the end of everything.
    fn see_end(&mut self) -> bool {
        let over = self.inbound.is_at_end() && (self.ended || !self.sender.is_done());
        if over {
            self.sender.abort();
        }
        over
    }

    /// When the endpoint wants to be woken.
    pub(super) fn due(&self) -> Option<Instant> {
        if self.over {
            return None;
        }
        self.sender.poll_timeout()
    }

    /// Handles the deadline that has passed, if one has.
    ///
    /// # Panics
    ///
    /// When the same deadline is asked for again.
    pub(super) fn handle_timeout(&mut self, clock: &Clock, log: &mut Transcript) {
        let now = clock.now();
        if self.due().is_none_or(|due| due > now) {
            return;
        }
        if let Some(timeout) = self.sender.handle_timeout(now) {
            log.push(clock.elapsed(), self.role, What::TimedOut(timeout));
        }
        let next = self.sender.poll_timeout();
        assert!(next.is_none_or(|next| next > now), "woken for nothing");
    }
}

/// Keys that differ and are the same in every run, which only a test wants.
fn counted_keys() -> impl FnMut() -> MaskingKey + Send {
    let mut key = 0_u32;
    move || {
        key = key.wrapping_add(0x9E37_79B9);
        MaskingKey::new(key.to_be_bytes())
    }
}
