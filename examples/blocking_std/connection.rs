//! An open connection: two threads, from the opening handshake to the end.

use std::{
    net::TcpStream,
    sync::{Arc, atomic::AtomicBool},
    thread,
};

use ws_connection::{ClosingHandshake, Config, Message, Receiver, Role, Sender};
use ws_deflate::PermessageDeflate;

use crate::{error::Error, outlet::Outlet, random::Random, reader::Reader, writer::Writer};

/// Both halves and their transport.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    /// Frames that came with the opening handshake.
    early: Vec<u8>,
    receiver: Receiver,
    outlet: Arc<Outlet>,
    role: Role,
    config: Arc<Config>,
}

impl Connection {
    pub(crate) fn client(
        stream: TcpStream,
        early: Vec<u8>,
        config: &Arc<Config>,
        mut random: Random,
        deflate: Option<&PermessageDeflate>,
    ) -> Result<Self, Error> {
        let sender = Sender::client(config.clone(), move || random.masking_key());
        let receiver = Receiver::client(config.clone());
        let (receiver, sender) = extended(receiver, sender, deflate);
        Self::new(stream, early, receiver, sender, Role::Client, config)
    }

    pub(crate) fn server(
        stream: TcpStream,
        early: Vec<u8>,
        config: &Arc<Config>,
        deflate: Option<&PermessageDeflate>,
    ) -> Result<Self, Error> {
        let sender = Sender::server(config.clone());
        let receiver = Receiver::server(config.clone());
        let (receiver, sender) = extended(receiver, sender, deflate);
        Self::new(stream, early, receiver, sender, Role::Server, config)
    }

    fn new(
        stream: TcpStream,
        early: Vec<u8>,
        receiver: Receiver,
        sender: Sender,
        role: Role,
        config: &Arc<Config>,
    ) -> Result<Self, Error> {
        // The reader waits as long as it takes; the writer keeps the time and wakes it.
        stream
            .set_read_timeout(None)
            .and_then(|()| stream.set_nodelay(true))
            .map_err(Error::Transport)?;
        Ok(Self {
            stream,
            early,
            receiver,
            outlet: Arc::new(Outlet::new(sender)),
            role,
            config: config.clone(),
        })
    }

    /// What any thread can send through, also after the end.
    pub(crate) fn outlet(&self) -> Arc<Outlet> {
        self.outlet.clone()
    }

    /// Serves the connection to its end on this thread and another one. `on_message` runs on this
    /// one; while it runs nothing is read. Returns how both sides have closed.
    pub(crate) fn run(
        mut self,
        on_message: impl FnMut(&Outlet, Message<'_>) -> Result<(), Error>,
    ) -> Result<ClosingHandshake, Error> {
        let peer_ended = AtomicBool::new(false);
        let writer = Writer {
            stream: &self.stream,
            outlet: &self.outlet,
            role: self.role,
            peer_ended: &peer_ended,
        };
        let mut reader = Reader {
            stream: &self.stream,
            outlet: &self.outlet,
            receiver: self.receiver,
            on_message,
            last_words: self.config.close_timeout(),
            peer_ended: &peer_ended,
        };
        let (read, written) = thread::scope(|scope| {
            let writer = scope.spawn(|| writer.run());
            let read = reader.run(&mut self.early);
            (read, writer.join().expect("the writer does not panic"))
        });
        let closing = self.outlet.lock().closing_handshake();
        match read {
            Err(error @ (Error::Protocol(_) | Error::Output(_))) => Err(error),
            // How the transport ends after both have closed does not matter.
            Ok(()) | Err(_) if closing.is_complete() => Ok(closing),
            Ok(()) => written.and(Err(Error::NoClose)),
            Err(error) => written.and(Err(error)),
        }
    }
}

/// Both halves with the extension that was agreed on.
fn extended(
    receiver: Receiver,
    sender: Sender,
    deflate: Option<&PermessageDeflate>,
) -> (Receiver, Sender) {
    match deflate {
        Some(deflate) => (
            receiver.with_extension(deflate),
            sender.with_extension(deflate),
        ),
        None => (receiver, sender),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashSet,
        io::Write,
        time::{Duration, Instant},
    };

    use ws_connection::{ProtocolError, Timeout};

    use super::*;
    use crate::{
        opening,
        options::Settings,
        puppet::{Puppet, read_all},
        url::Url,
    };

    fn settings(config: Config) -> Settings {
        Settings {
            config: Arc::new(config),
            ..Settings::default()
        }
    }

    /// Echoes what the puppet sends.
    fn echo(url: &Url, config: Config) -> Result<ClosingHandshake, Error> {
        opening::connect(url, &settings(config))?.run(|outlet, message| {
            let _ = outlet.send(message);
            Ok(())
        })
    }

    /// The opcodes and payloads in a client's bytes.
    fn frames(mut bytes: &mut [u8]) -> Vec<(u8, Vec<u8>)> {
        let mut frames = Vec::new();
        let mut keys = HashSet::new();
        while let Ok(Some((header, len))) = ws_frame::FrameHeader::decode(bytes) {
            let (_, rest) = bytes.split_at_mut(len);
            let (payload, rest) = rest.split_at_mut(header.payload_len() as usize);
            let key = header.masking_key().expect("a client masks");
            assert!(keys.insert(key), "each frame has a key of its own");
            key.apply(payload, 0);
            frames.push((header.opcode().bits(), payload.to_vec()));
            bytes = rest;
        }
        assert_eq!(bytes, [0; 0], "half a frame");
        frames
    }

    #[test]
    fn frames_that_come_with_the_handshake_are_answered_and_the_close_too() {
        let puppet = Puppet::new();
        let url = puppet.url();
        let server = puppet.open(b"\x81\x02hi\x89\x01p\x88\x02\x03\xe8", read_all);
        let closing = echo(&url, Config::default()).expect("a regular end");
        assert_eq!(closing.status(), 1000);
        let mut bytes = server.join().expect("no panic");
        let mut frames = frames(&mut bytes);
        assert_eq!(frames.pop(), Some((8, b"\x03\xe8".to_vec())));
        // The pong may overtake the message.
        frames.sort();
        assert_eq!(frames, [(1, b"hi".to_vec()), (10, b"p".to_vec())]);
    }

    #[test]
    fn a_reply_leaves_before_the_close_that_tells_of_an_error_behind_it() {
        let puppet = Puppet::new();
        let url = puppet.url();
        let server = puppet.open(b"\x81\x02hi\x83\x00", read_all);
        let error = echo(&url, Config::default()).expect_err("opcode 3 is reserved");
        assert!(
            matches!(error, Error::Protocol(ProtocolError::Frame(_))),
            "{error}"
        );
        let mut bytes = server.join().expect("no panic");
        let frames = frames(&mut bytes);
        assert_eq!(frames[0], (1, b"hi".to_vec()));
        assert_eq!((frames[1].0, &frames[1].1[..2]), (8, &b"\x03\xea"[..]));
        assert_eq!(frames.len(), 2);
    }

    #[test]
    fn a_transport_that_ends_without_a_close_is_an_error() {
        let puppet = Puppet::new();
        let url = puppet.url();
        let server = puppet.open(b"", drop);
        let error = echo(&url, Config::default()).expect_err("no Close");
        assert!(
            matches!(error, Error::NoClose | Error::Transport(_)),
            "{error}"
        );
        server.join().expect("no panic");
    }

    #[test]
    fn a_server_that_does_not_end_the_transport_has_its_time() {
        let puppet = Puppet::new();
        let linger = Duration::from_millis(50);
        let config = Config::default().with_linger(linger);
        let url = puppet.url();
        let server = puppet.open(b"\x88\x00", read_all);
        let start = Instant::now();
        let closing = echo(&url, config).expect("both have closed");
        assert!(start.elapsed() >= linger);
        assert!(closing.is_complete());
        let mut bytes = server.join().expect("the client ends it");
        assert_eq!(frames(&mut bytes), [(8, Vec::new())]);
    }

    #[test]
    fn a_silent_server_is_asked_and_then_given_up() {
        let puppet = Puppet::new();
        let config = Config::default()
            .with_ping_interval(Some(Duration::from_millis(50)))
            // It counts from when the ping is queued, and that has to leave in time.
            .with_pong_timeout(Duration::from_secs(1))
            .with_linger(Duration::from_millis(50));
        let url = puppet.url();
        let server = puppet.open(b"", read_all);
        let error = echo(&url, config).expect_err("silence");
        assert!(matches!(error, Error::Timeout(Timeout::Silence)), "{error}");
        let mut bytes = server.join().expect("no panic");
        let opcodes: Vec<u8> = frames(&mut bytes).iter().map(|frame| frame.0).collect();
        assert_eq!(opcodes, [9, 8]);
    }

    #[test]
    fn who_is_slow_to_take_a_message_does_not_hold_it_against_the_server() {
        let puppet = Puppet::new();
        let config = Config::default()
            // Enough for the first message to be handled before the server's silence tells anything.
            .with_ping_interval(Some(Duration::from_millis(500)))
            .with_pong_timeout(Duration::from_millis(500));
        let url = puppet.url();
        let server = puppet.open(b"\x81\x02hi\x88\x02\x03\xe8", read_all);
        let connection = opening::connect(&url, &settings(config)).expect("it opens");
        let closing = connection.run(|_, _| {
            thread::sleep(Duration::from_millis(1500));
            Ok(())
        });
        assert_eq!(closing.expect("a regular end").status(), 1000);
        let mut bytes = server.join().expect("no panic");
        assert_eq!(frames(&mut bytes), [(8, b"\x03\xe8".to_vec())]);
    }

    #[test]
    fn a_server_that_reads_nothing_is_given_up() {
        let puppet = Puppet::new();
        let config = Config::default()
            .with_write_timeout(Duration::from_millis(100))
            .with_ping_interval(None);
        let url = puppet.url();
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let server = puppet.open(b"", move |stream| {
            let _ = wait.recv();
            drop(stream);
        });
        let connection = opening::connect(&url, &settings(config)).expect("it opens");
        let large = vec![0; 64 << 20];
        connection.outlet().send(large).expect("open");
        let error = connection.run(|_, _| Ok(())).expect_err("it is stuck");
        assert!(matches!(error, Error::Timeout(Timeout::Write)), "{error}");
        drop(done);
        server.join().expect("no panic");
    }

    #[test]
    fn what_cannot_be_printed_ends_the_connection() {
        let puppet = Puppet::new();
        let url = puppet.url();
        let server = puppet.open(b"\x81\x02hi", read_all);
        let connection = opening::connect(&url, &Settings::default()).expect("it opens");
        let full =
            |_: &Outlet, _: Message<'_>| Err(Error::Output(std::io::ErrorKind::BrokenPipe.into()));
        let error = connection.run(full).expect_err("nobody reads");
        assert!(matches!(error, Error::Output(_)), "{error}");
        server.join().expect("the client is gone");
    }

    #[test]
    fn a_close_cut_into_bytes_is_one() {
        let puppet = Puppet::new();
        let url = puppet.url();
        let server = puppet.open(b"", |mut stream| {
            for byte in *b"\x81\x03abc\x88\x02\x0f\xa0" {
                stream.write_all(&[byte]).expect("the client reads");
            }
            read_all(stream)
        });
        assert_eq!(
            echo(&url, Config::default())
                .expect("a regular end")
                .status(),
            4000
        );
        let mut bytes = server.join().expect("no panic");
        assert_eq!(frames(&mut bytes).len(), 2);
    }
}
