use ws_connection::{Config, Role};

use crate::naive::{Decoder, Event, Frame, Receiver};

/// Looks at all that an endpoint sends.
#[derive(Debug)]
pub(super) struct Wire {
    from: Role,
    frames: Decoder,
    judge: Receiver,
    closed: bool,
}

impl Wire {
    pub(super) fn new(from: Role) -> Self {
        let to = match from {
            Role::Server => Role::Client,
            Role::Client => Role::Server,
        };
        let no_limits = Config::default()
            .with_max_message(usize::MAX)
            .with_max_empty_fragments(u32::MAX);
        Self {
            from,
            frames: Decoder::default(),
            judge: Receiver::new(to, &no_limits),
            closed: false,
        }
    }

    /// The frames that end in `bytes`.
    ///
    /// # Panics
    ///
    /// When RFC 6455 forbids them.
    pub(super) fn see(&mut self, bytes: &[u8]) -> Vec<Frame> {
        for &byte in bytes {
            assert!(!self.closed, "{:?} sends on behind its Close", self.from);
            let event = self.judge.push(byte);
            let event = event.unwrap_or_else(|violation| {
                panic!("{:?} breaks the protocol: {violation:?}", self.from)
            });
            self.closed = matches!(event, Some(Event::Close(_)));
        }
        let frames = self.frames.push_all(bytes);
        frames.expect("the judge has seen the same bytes")
    }
}
