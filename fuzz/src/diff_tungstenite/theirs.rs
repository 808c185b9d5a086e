use std::io::{self, Read, Write};

use tungstenite::{
    Error, Message, WebSocket,
    protocol::{self, WebSocketConfig},
};
use ws_connection::Role;
use ws_testing::naive::Event;

use super::{
    seen::{End, Seen},
    setting::Setting,
};

/// Its default is a buffer of 128 KiB, which is cleared for each endpoint.
const BUFFER: usize = 4096;

/// tungstenite's endpoint, on a transport that takes all and has nothing behind these bytes yet.
pub(super) fn run(setting: Setting, bytes: &[u8]) -> Seen {
    let role = match setting.role {
        Role::Server => protocol::Role::Server,
        Role::Client => protocol::Role::Client,
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(setting.limit))
        .max_frame_size(Some(setting.limit))
        .read_buffer_size(BUFFER);
    let transport = Transport {
        unread: bytes,
        written: Vec::new(),
    };
    let mut socket = WebSocket::from_raw_socket(transport, role, Some(config));
    let mut events = Vec::new();
    let end = loop {
        match socket.read() {
            Ok(Message::Text(text)) => events.push(Event::Text(text.to_string())),
            Ok(Message::Binary(bytes)) => events.push(Event::Binary(bytes.to_vec())),
            Ok(Message::Ping(payload)) => events.push(Event::Ping(payload.to_vec())),
            Ok(Message::Pong(payload)) => events.push(Event::Pong(payload.to_vec())),
            Ok(Message::Close(frame)) => {
                let close = frame.map(|frame| (frame.code.into(), frame.reason.to_string()));
                events.push(Event::Close(close));
                break End::Closed;
            }
            Ok(Message::Frame(frame)) => panic!("reading tells no raw frames: {frame}"),
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => break End::Open,
            Err(Error::Protocol(_)) => break End::Failed(1002),
            Err(Error::Utf8(_)) => break End::Failed(1007),
            Err(Error::Capacity(_)) => break End::Failed(1009),
            Err(other) => panic!("nothing that a peer does: {other}"),
        }
    };
    // As its documentation demands; "connection closed" is what it tells when all is said.
    match socket.flush() {
        Ok(()) | Err(Error::ConnectionClosed) => {}
        Err(other) => panic!("the transport takes all: {other}"),
    }
    Seen::new(events, end, &socket.into_inner().written)
}

#[derive(Debug)]
struct Transport<'a> {
    unread: &'a [u8],
    written: Vec<u8>,
}

impl Read for Transport<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.unread.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.unread.read(buffer)
    }
}

impl Write for Transport<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
