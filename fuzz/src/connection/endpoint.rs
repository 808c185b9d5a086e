use std::{mem, sync::Arc, time::Duration};

use bytes::{Buf, BufMut};
use ws_connection::{Batch, Config, Event, Message, ProtocolError, Receiver, Role, Sender};
use ws_frame::{CloseCode, CloseFrame, MaskingKey};
use ws_testing::{
    naive::{self, End, Road, Run, Violation},
    pair::Clock,
};

use super::{judge::Judge, memory::Memory, stage::Stage};

/// Both halves of an endpoint, driven as the loop of `ws-connection` says, and everything that is to be known of it.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) sender: Sender,
    receiver: Receiver,
    batch: Batch,
    clock: Clock,
    judge: Judge,
    memory: Memory,
    stage: Stage,
    /// What the receiver told, and all bytes that it was to tell of.
    told: Run,
    heard: Vec<u8>,
    /// How much the transport takes at once when the connection fails.
    takes: usize,
    holds: bool,
}

/// What an endpoint does with messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Echo,
    Nothing,
}

impl Endpoint {
    pub(super) fn new(role: Role, config: Config, takes: usize) -> Self {
        let config = Arc::new(config);
        let (sender, receiver) = match role {
            Role::Server => (Sender::server(config.clone()), Receiver::server(config)),
            Role::Client => (
                Sender::client(config.clone(), counted_keys()),
                Receiver::client(config),
            ),
        };
        Self {
            sender,
            receiver,
            batch: Batch::default(),
            clock: Clock::new(),
            judge: Judge::new(role),
            memory: Memory::default(),
            stage: Stage::Open,
            told: Run::default(),
            heard: Vec::new(),
            takes,
            holds: false,
        }
    }

    /// Writes what `transmit` gives, at most so many bytes.
    pub(super) fn write(&mut self, most: usize) {
        let mut left = most;
        loop {
            let now = self.clock.now();
            let (sender, batch) = (&mut self.sender, &mut self.batch);
            self.memory.watch(|| sender.transmit(now, batch));
            let len = left.min(self.batch.chunk().len());
            if len == 0 || self.sender.is_over() {
                break;
            }
            self.take(len);
            left -= len;
        }
        self.look();
    }

    /// Writes all that one call of `transmit` gives, and lets the sender know before it is written.
    pub(super) fn write_at_once(&mut self) {
        let now = self.clock.now();
        let (sender, batch) = (&mut self.sender, &mut self.batch);
        self.memory.watch(|| {
            sender.transmit(now, batch);
            sender.assume_written();
        });
        while self.batch.has_remaining() && !self.sender.is_over() {
            self.take(self.batch.chunk().len());
        }
        self.look();
    }

    fn take(&mut self, len: usize) {
        self.judge.see(&self.batch.chunk()[..len]);
        let batch = &mut self.batch;
        self.memory.watch(|| batch.advance(len));
    }

    /// Reads the front of `bytes`, at most `most` of them; whether any were read.
    pub(super) fn read(
        &mut self,
        bytes: &mut &[u8],
        most: usize,
        road: Road,
        answer: Answer,
    ) -> bool {
        if self.holds || self.sender.is_congested() || self.sender.is_over() || bytes.is_empty() {
            return false;
        }
        let mut piece = &bytes[..most.min(bytes.len())];
        let mut input = piece.to_vec();
        if road == Road::Room
            && let Some(len) = self.read_into_room(piece)
        {
            piece = &piece[..len];
            input.clear();
        }
        *bytes = &bytes[piece.len()..];
        if !self.receiver.is_discarding() {
            self.heard.extend(piece);
        }
        self.memory.give(piece.len());
        self.sender.handle_read(self.clock.now());
        self.receive(&mut input, answer);
        self.look();
        true
    }

    fn read_into_room(&mut self, piece: &[u8]) -> Option<usize> {
        let receiver = &mut self.receiver;
        self.memory.watch(|| {
            let mut room = receiver.payload_room()?;
            let len = room.remaining_mut().min(piece.len());
            room.put_slice(&piece[..len]);
            Some(len)
        })
    }

    fn receive(&mut self, input: &mut [u8], answer: Answer) {
        let now = self.clock.now();
        let mut input = input;
        loop {
            let (receiver, unread) = (&mut self.receiver, &mut input);
            let event = match self.memory.watch(move || receiver.receive(unread)) {
                Ok(None) => break,
                Ok(Some(event)) => event,
                Err(error) => {
                    self.fail(&error);
                    continue;
                }
            };
            assert_eq!(self.told.end, End::Open, "{event:?} behind the end");
            let told = naive::Event::from(&event);
            match event {
                Event::Message(message) if answer == Answer::Echo => {
                    let sender = &mut self.sender;
                    self.memory.give(message.as_bytes().len() + FRAME);
                    if self.memory.watch(|| sender.send(message).is_ok()) {
                        self.judge.expect(told.clone());
                    }
                }
                Event::Message(_) => {}
                control => {
                    if let Event::Ping(payload) = &control {
                        self.judge.expect_pong(payload.to_vec());
                    }
                    if let Event::Close(_) = &control {
                        self.told.end = End::Closed;
                    }
                    let sender = &mut self.sender;
                    self.memory.watch(|| sender.on_event(now, &control));
                }
            }
            self.told.events.push(told);
        }
        assert!(input.is_empty(), "{} bytes are left over", input.len());
    }

    fn fail(&mut self, error: &ProtocolError) {
        assert_eq!(self.told.end, End::Open, "{error} behind the end");
        self.told.end = End::Failed(Violation::from(error));
        self.write(self.takes);
        self.judge.forgive();
        self.sender.fail(error);
    }
}

/// The longest header of a frame.
const FRAME: usize = 14;

/// What an application does.
impl Endpoint {
    pub(super) fn send(&mut self, message: Message<'_>) {
        let event = naive::Event::from(&Event::Message(message.clone()));
        let sender = &mut self.sender;
        self.memory.give(message.as_bytes().len() + FRAME);
        if self.memory.watch(|| sender.send(message).is_ok()) {
            self.judge.expect(event);
        }
        self.look();
    }

    pub(super) fn ping(&mut self, len: usize) {
        let payload = [b'?'; 256];
        let sender = &mut self.sender;
        self.memory.give(len + FRAME);
        let result = self.memory.watch(|| sender.ping(&payload[..len]));
        assert!(len <= 125 || result.is_err());
        self.look();
    }

    pub(super) fn close(&mut self, code: u16) {
        let frame = CloseCode::new(code).map(CloseFrame::from);
        self.sender.close(frame);
        self.look();
    }

    pub(super) fn fail_with(&mut self, code: CloseCode) {
        self.judge.forgive();
        self.receiver.discard();
        self.sender.fail_with(CloseFrame::from(code));
        self.look();
    }

    pub(super) fn abort(&mut self) {
        self.receiver.discard();
        self.sender.abort();
        self.look();
    }

    /// Reads nothing, or goes on reading.
    pub(super) fn hold_or_release(&mut self) {
        self.holds = !self.holds;
        match self.holds {
            true => self.sender.pause_reading(self.clock.now()),
            false => self.sender.resume_reading(self.clock.now()),
        }
    }

    pub(super) fn release(&mut self) {
        if mem::take(&mut self.holds) {
            self.sender.resume_reading(self.clock.now());
        }
    }
}

/// Time, and what is to be known.
impl Endpoint {
    pub(super) fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Lets time pass, with every deadline handled at its moment.
    pub(super) fn wait(&mut self, time: Duration) {
        let until = self.clock.elapsed() + time;
        while self.wait_for_deadline(until) {}
        self.clock.advance(until - self.clock.elapsed());
    }

    /// Lets time pass in which no deadline lies, and reads a byte at its end.
    pub(super) fn drip(&mut self, time: Duration) {
        self.clock.advance(time);
        self.read(&mut &[0x8A][..], 1, Road::Input, Answer::Nothing);
    }

    /// Handles the next deadline, unless it is later than that; whether there was one.
    pub(super) fn wait_for_deadline(&mut self, until: Duration) -> bool {
        let due = self.sender.poll_timeout().map(|due| self.clock.at(due));
        let Some(due) = due.filter(|due| *due <= until) else {
            return false;
        };
        self.clock.advance(due.saturating_sub(self.clock.elapsed()));
        let now = self.clock.now();
        let sender = &mut self.sender;
        if self.memory.watch(|| sender.handle_timeout(now)).is_some() {
            self.judge.forgive();
        }
        let next = self.sender.poll_timeout();
        assert!(next.is_none_or(|next| next > now), "woken for nothing");
        self.look();
        true
    }

    /// The stage only moves forward.
    fn look(&mut self) {
        let stage = Stage::of(&self.sender);
        assert!(self.stage <= stage, "{:?} after {:?}", stage, self.stage);
        self.stage = stage;
    }

    /// What was told is what the naive receiver tells of the same bytes; the facts are those of the wire.
    pub(super) fn check(&self, role: Role, config: &Config) {
        let expected = naive::Receiver::run(role, config, &self.heard);
        assert_eq!(self.told, expected);
        let handshake = self.sender.closing_handshake();
        let plain = |frame: Option<&CloseFrame>| {
            naive::Event::Close(frame.map(|f| (f.code().get(), f.reason().to_owned())))
        };
        assert_eq!(handshake.sent().map(plain).as_ref(), self.judge.close());
        let received = self
            .told
            .events
            .iter()
            .rfind(|event| matches!(event, naive::Event::Close(_)));
        assert_eq!(handshake.received().map(plain).as_ref(), received);
    }
}

/// Keys that differ, and are the same every time.
fn counted_keys() -> impl FnMut() -> MaskingKey + Send {
    let mut key = 0_u32;
    move || {
        key = key.wrapping_add(0x9E37_79B9);
        MaskingKey::new(key.to_be_bytes())
    }
}
