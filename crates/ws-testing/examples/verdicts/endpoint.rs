//! Our endpoint: what it makes of bytes, and what it sends.

use std::time::Instant;

use bytes::Buf;
use ws_connection::{Batch, Config, Event as Told, Receiver, Role, Sender};
use ws_frame::{CloseCode, CloseFrame, MaskingKey};
use ws_testing::naive::{Decoder, End, Event, Frame, Run, Violation};

/// Both halves, and a clock that stands.
pub(crate) struct Endpoint {
    receiver: Receiver,
    sender: Sender,
    now: Instant,
    sent: Vec<u8>,
    run: Run,
}

impl Endpoint {
    pub(crate) fn new(role: Role, config: &Config) -> Self {
        let (receiver, sender) = match role {
            Role::Server => (
                Receiver::server(config.clone()),
                Sender::server(config.clone()),
            ),
            Role::Client => (
                Receiver::client(config.clone()),
                Sender::client(config.clone(), counted_keys()),
            ),
        };
        Self {
            receiver,
            sender,
            now: Instant::now(),
            sent: Vec::new(),
            run: Run::default(),
        }
    }

    /// Takes a piece of what the peer sends, and answers at once what asks for it.
    pub(crate) fn read(&mut self, piece: &[u8]) {
        let mut piece = piece.to_vec();
        let mut input = &mut piece[..];
        self.sender.handle_read(self.now);
        loop {
            match self.receiver.receive(&mut input) {
                Ok(None) => return,
                Ok(Some(event)) => {
                    if !matches!(event, Told::Message(_)) {
                        self.sender.on_event(self.now, &event);
                    }
                    let event = Event::from(&event);
                    if matches!(event, Event::Close(_)) {
                        self.run.end = End::Closed;
                    }
                    self.run.events.push(event);
                }
                Err(error) => {
                    self.run.end = End::Failed(Violation::from(&error));
                    self.sender.fail(&error);
                }
            }
            self.write();
        }
    }

    /// Sends what the event tells; a pong is sent by being asked for.
    pub(crate) fn send(&mut self, event: &Event) {
        match event {
            Event::Text(text) => self.sender.send(text.as_str()).expect("open, with room"),
            Event::Binary(bytes) => self.sender.send(&bytes[..]).expect("open, with room"),
            Event::Ping(payload) => self.sender.ping(payload).expect("open, and short"),
            Event::Pong(payload) => self.sender.on_event(self.now, &Told::Ping(payload)),
            Event::Close(None) => self.sender.close(None),
            Event::Close(Some((code, reason))) => {
                let code = CloseCode::new(*code).expect("a code that may travel");
                self.sender.close(CloseFrame::new(code, reason.clone()));
            }
        }
        self.write();
    }

    fn write(&mut self) {
        let mut batch = Batch::default();
        loop {
            self.sender.transmit(self.now, &mut batch);
            if !batch.has_remaining() {
                return;
            }
            while batch.has_remaining() {
                let chunk = batch.chunk();
                self.sent.extend_from_slice(chunk);
                let len = chunk.len();
                batch.advance(len);
            }
        }
    }

    /// What was seen, and how it ended.
    pub(crate) fn run(&self) -> &Run {
        &self.run
    }

    /// All bytes that were sent.
    pub(crate) fn sent(&self) -> &[u8] {
        &self.sent
    }

    /// The frames that were sent.
    pub(crate) fn replies(&self) -> Vec<Frame> {
        Decoder::decode(&self.sent).expect("what we send is legal")
    }
}

/// Keys that differ and are the same in every run.
fn counted_keys() -> impl FnMut() -> MaskingKey + Send {
    let mut key = 0_u32;
    move || {
        key = key.wrapping_add(0x9E37_79B9);
        MaskingKey::new(key.to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use ws_connection::{Config, Role};
    use ws_testing::naive::{End, Event, Frame, Violation};

    use super::Endpoint;

    #[test]
    fn it_answers_what_asks_for_an_answer() {
        let mut endpoint = Endpoint::new(Role::Client, &Config::default());
        endpoint.read(&Frame::ping("?").encode());
        endpoint.read(&Frame::close(1000, "bye").encode());
        let events = [
            Event::Ping(b"?".to_vec()),
            Event::Close(Some((1000, "bye".to_owned()))),
        ];
        assert_eq!(endpoint.run().events, events);
        assert_eq!(endpoint.run().end, End::Closed);
        let replies: Vec<_> = endpoint.replies().iter().map(Frame::to_string).collect();
        assert_eq!(replies, ["pong '?'", "close 1000 'bye'"]);
    }

    #[test]
    fn what_came_before_a_failure_is_answered() {
        let mut endpoint = Endpoint::new(Role::Client, &Config::default());
        let frames = [Frame::ping("?"), Frame::new(0x3, "")];
        endpoint.read(&Frame::encode_all(&frames));
        assert_eq!(endpoint.run().end, End::Failed(Violation::ReservedOpcode));
        let replies = endpoint.replies();
        assert_eq!(replies[0].to_string(), "pong '?'");
        assert_eq!(replies[1].payload[..2], 1002_u16.to_be_bytes());
    }

    #[test]
    fn what_it_is_told_to_send_it_sends() {
        let mut endpoint = Endpoint::new(Role::Server, &Config::default().with_fragment_size(2));
        let close = Event::Close(Some((3000, String::new())));
        let told = [
            Event::Text("abc".to_owned()),
            Event::Pong(vec![b'!']),
            close,
        ];
        told.iter().for_each(|event| endpoint.send(event));
        let sent: Vec<_> = endpoint.replies().iter().map(Frame::to_string).collect();
        assert_eq!(
            sent,
            [
                "text 'ab'...",
                "continuation 'c'",
                "pong '!'",
                "close 3000 ''"
            ]
        );
    }
}
