use std::collections::VecDeque;

use ws_connection::{Config, Role};
use ws_testing::naive::{Event, Receiver};

/// Looks at all that an endpoint sends: as its peer, and with the knowledge of what it was asked to send.
#[derive(Debug)]
pub(super) struct Judge {
    peer: Receiver,
    /// Messages that were taken for sending and have not come.
    awaited: VecDeque<Event>,
    /// The payloads of pings that were received and not answered.
    unanswered: VecDeque<Vec<u8>>,
    /// The Close that was sent.
    close: Option<Event>,
    /// Whether the queue may have been dropped.
    failed: bool,
}

impl Judge {
    pub(super) fn new(of: Role) -> Self {
        let peer = match of {
            Role::Server => Role::Client,
            Role::Client => Role::Server,
        };
        let no_limits = Config::default()
            .with_max_message(usize::MAX)
            .with_max_empty_fragments(u32::MAX);
        Self {
            peer: Receiver::new(peer, &no_limits),
            awaited: VecDeque::new(),
            unanswered: VecDeque::new(),
            close: None,
            failed: false,
        }
    }

    /// The endpoint has taken a message.
    pub(super) fn expect(&mut self, message: Event) {
        self.awaited.push_back(message);
    }

    /// The endpoint was told of a ping.
    pub(super) fn expect_pong(&mut self, payload: Vec<u8>) {
        self.unanswered.push_back(payload);
    }

    /// The endpoint may drop what has not begun to leave.
    pub(super) fn forgive(&mut self) {
        self.failed = true;
    }

    /// The Close that was sent.
    pub(super) fn close(&self) -> Option<&Event> {
        self.close.as_ref()
    }

    /// What the endpoint wrote.
    pub(super) fn see(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            assert_eq!(self.close, None, "something follows the Close");
            let event = self.peer.push(byte).expect("RFC 6455 allows what is sent");
            let Some(event) = event else { continue };
            match event {
                Event::Text(_) | Event::Binary(_) => {
                    let awaited = self.awaited.pop_front();
                    assert_eq!(Some(event), awaited, "in order, each once");
                }
                Event::Pong(payload) => self.see_pong(&payload),
                Event::Ping(_) => {}
                Event::Close(_) => {
                    let whole = self.failed || self.awaited.is_empty();
                    assert!(whole, "a Close leaves behind what was queued before it");
                    self.close = Some(event);
                }
            }
        }
    }

    /// "A Pong frame sent in response to a Ping frame must have identical Application data"; older ones need no answer
    /// (RFC 6455 5.5.3).
    fn see_pong(&mut self, payload: &[u8]) {
        let mut unanswered = self.unanswered.iter();
        let answered = unanswered.position(|ping| ping == payload);
        let answered = answered.expect("there was such a ping, and none behind it was answered");
        self.unanswered.drain(..=answered);
    }
}
