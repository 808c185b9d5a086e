//! A proxy that keeps what a client and a server say to one another.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::process;

/// Of longer streams only the beginning is kept; all of them is passed on.
const KEPT: usize = 256 * 1024;

const POLL: Duration = Duration::from_millis(10);

/// The bytes of one connection.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Conversation {
    pub(super) to_server: Vec<u8>,
    pub(super) to_client: Vec<u8>,
}

/// Listens on a port of its own, and makes a connection to the server for each that it gets.
#[derive(Debug)]
pub(super) struct Proxy {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    listening: JoinHandle<Vec<Conversation>>,
}

impl Proxy {
    /// Stands in front of `server`, a host and port.
    pub(super) fn start(server: &str) -> Result<Self, Failure> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        let server = server.to_owned();
        let listening = thread::spawn(move || listen(&listener, &server, &stop));
        Ok(Self {
            address,
            stopped,
            listening,
        })
    }

    /// Host and port.
    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Takes no more connections, waits for the end of those that are there, and returns all, in the order in which
    /// they came. Fails if one has not ended after `limit`.
    pub(super) fn stop(self, limit: Duration) -> Result<Vec<Conversation>, Failure> {
        self.stopped.store(true, Ordering::SeqCst);
        // The listener looks at the flag when somebody comes.
        TcpStream::connect(self.address)?;
        let asked = Instant::now();
        while !self.listening.is_finished() {
            process::stop_if_interrupted()?;
            if asked.elapsed() >= limit {
                let limit = limit.as_secs();
                return Err(Failure::failed(format!(
                    "a connection through the proxy was still open {limit} s after the last was made"
                )));
            }
            thread::sleep(POLL);
        }
        let ended = self.listening.join();
        ended.map_err(|_| Failure::failed("the proxy has panicked"))
    }
}

fn listen(listener: &TcpListener, server: &str, stop: &AtomicBool) -> Vec<Conversation> {
    let mut running = Vec::new();
    for client in listener.incoming() {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let (Ok(client), Ok(server)) = (client, TcpStream::connect(server)) else {
            continue;
        };
        running.push(thread::spawn(move || relay(&client, &server)));
    }
    let ended = running.into_iter().filter_map(|relay| relay.join().ok());
    ended.collect()
}

fn relay(client: &TcpStream, server: &TcpStream) -> Conversation {
    for stream in [client, server] {
        // Without it small pieces come late, and nothing else is wrong.
        let _ = stream.set_nodelay(true);
    }
    thread::scope(|scope| {
        let answers = scope.spawn(|| copy(server, client));
        Conversation {
            to_server: copy(client, server),
            to_client: answers.join().unwrap_or_default(),
        }
    })
}

/// Passes on what comes until one of them ends, and returns it.
fn copy(mut from: &TcpStream, mut to: &TcpStream) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut buffer = [0; 16 * 1024];
    while let Ok(len @ 1..) = from.read(&mut buffer) {
        let room = KEPT - kept.len();
        kept.extend(&buffer[..len.min(room)]);
        if to.write_all(&buffer[..len]).is_err() {
            break;
        }
    }
    // The end is passed on too; an error means that it is known there.
    let _ = to.shutdown(Shutdown::Write);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    /// Sends back what each of `count` connections sends.
    fn echo(count: usize) -> SocketAddr {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there is a port");
        let address = listener.local_addr().expect("it is bound");
        thread::spawn(move || {
            for stream in listener.incoming().take(count) {
                let stream = stream.expect("somebody came");
                thread::spawn(move || copy(&stream, &stream));
            }
        });
        address
    }

    fn talk(address: &str, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(address).expect("it listens");
        let mut writer = stream.try_clone().expect("a second handle");
        let mut answer = Vec::new();
        thread::scope(|scope| {
            scope.spawn(|| {
                writer.write_all(bytes).expect("it is taken");
                writer.shutdown(Shutdown::Write).expect("it is open");
            });
            stream.read_to_end(&mut answer).expect("it comes back");
        });
        answer
    }

    #[test]
    fn both_directions_are_passed_on_and_kept_in_the_order_of_the_connections() {
        let proxy = Proxy::start(&echo(2).to_string()).expect("there is a port");
        for bytes in [&b"one"[..], b"two"] {
            assert_eq!(talk(&proxy.address(), bytes), bytes);
        }
        let kept = proxy.stop(SOON).expect("it ends");
        let expected = [&b"one"[..], b"two"].map(|bytes| Conversation {
            to_server: bytes.to_vec(),
            to_client: bytes.to_vec(),
        });
        assert_eq!(kept, expected);
    }

    #[test]
    fn of_a_long_stream_the_beginning_is_kept_and_all_is_passed_on() {
        let proxy = Proxy::start(&echo(1).to_string()).expect("there is a port");
        let bytes: Vec<u8> = (0..3 * KEPT).map(|i| i as u8).collect();
        assert_eq!(talk(&proxy.address(), &bytes), bytes);
        let kept = proxy.stop(SOON).expect("it ends");
        assert_eq!(kept[0].to_server, bytes[..KEPT]);
        assert_eq!(kept[0].to_client, bytes[..KEPT]);
    }

    #[test]
    fn a_connection_that_does_not_end_is_an_error() {
        let server = TcpListener::bind(("127.0.0.1", 0)).expect("there is a port");
        let address = server.local_addr().expect("it is bound");
        let proxy = Proxy::start(&address.to_string()).expect("there is a port");
        let client = TcpStream::connect(proxy.address()).expect("it listens");
        let (open, _) = server.accept().expect("the proxy comes");
        drop(client);
        let failure = proxy.stop(Duration::ZERO).expect_err("it is open");
        let told = failure.to_string();
        assert!(told.contains("was still open 0 s after"), "{told}");
        drop(open);
    }

    #[test]
    fn a_server_that_is_not_there_leaves_no_conversation() {
        // Nobody can listen on port 0. One that was just given back could be given to the proxy, which would then make
        // connections to itself without end.
        let proxy = Proxy::start("127.0.0.1:0").expect("there is a port");
        let mut stream = TcpStream::connect(proxy.address()).expect("it listens");
        // An end and a reset both say it.
        assert!(!matches!(stream.read(&mut [0; 8]), Ok(1..)));
        assert_eq!(proxy.stop(SOON).expect("it ends"), []);
    }
}
