use std::sync::Arc;

use ws_connection::{Config, Event, Receiver, Role};
use ws_deflate::{Deflate, PermessageDeflate, Takeover};

/// The receiving half of a client, fed by hand.
#[derive(Debug)]
pub(crate) struct Peer {
    receiver: Receiver,
}

/// What a read comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Nothing,
    Text(String),
    Binary(usize),
    Ping,
    /// With this close code.
    Failed(u16),
}

impl Peer {
    /// A client of a server that keeps its window so.
    pub(crate) fn new(takeover: Takeover) -> Self {
        let settings = Deflate::default().with_peer_takeover(takeover);
        Self::with(settings, Config::default())
    }

    pub(crate) fn with(settings: Deflate, config: Config) -> Self {
        let server = Deflate::default().with_takeover(settings.peer_takeover());
        let agreed = server.accept(&[settings.offer()]).expect("our own offer");
        let deflate = PermessageDeflate::new(Arc::new(settings), agreed, Role::Client);
        Self {
            receiver: Receiver::client(config).with_extension(&deflate),
        }
    }

    /// A compressed text in so many fragments.
    pub(crate) fn text(&mut self, pieces: &[&[u8]]) -> Told {
        let mut told = Told::Nothing;
        for (at, piece) in pieces.iter().enumerate() {
            let first = if at == 0 { 0x41 } else { 0x00 };
            let last = if at + 1 == pieces.len() { 0x80 } else { 0x00 };
            told = self.frame(first | last, piece);
            if matches!(told, Told::Failed(_)) {
                break;
            }
        }
        told
    }

    /// The first fragment of a compressed text.
    pub(crate) fn begin(&mut self, piece: &[u8]) -> Told {
        self.frame(0x41, piece)
    }

    /// A fragment that is neither the first nor the last.
    pub(crate) fn go_on(&mut self, piece: &[u8]) -> Told {
        self.frame(0x00, piece)
    }

    fn frame(&mut self, first: u8, piece: &[u8]) -> Told {
        let mut frame = vec![first];
        match piece.len() {
            len @ 0..126 => frame.push(len as u8),
            len @ 126..=0xffff => {
                frame.push(126);
                frame.extend((len as u16).to_be_bytes());
            }
            len => {
                frame.push(127);
                frame.extend((len as u64).to_be_bytes());
            }
        }
        frame.extend(piece);
        self.bytes(&frame)
    }

    /// How many events there are in this read.
    pub(crate) fn events(&mut self, mut read: &mut [u8]) -> usize {
        let mut events = 0;
        while self.receiver.receive(&mut read).expect("legal").is_some() {
            events += 1;
        }
        events
    }

    /// The last event of these bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Told {
        let mut bytes = bytes.to_vec();
        let mut input = &mut bytes[..];
        let mut told = Told::Nothing;
        loop {
            told = match self.receiver.receive(&mut input) {
                Ok(None) => return told,
                Ok(Some(Event::Message(message))) => match message.as_text() {
                    Some(text) => Told::Text(text.to_owned()),
                    None => Told::Binary(message.len()),
                },
                Ok(Some(Event::Ping(_))) => Told::Ping,
                Ok(Some(other)) => panic!("{other:?}"),
                Err(error) => return Told::Failed(error.close_code().get()),
            };
        }
    }
}
