//! A server of which a test pulls the strings.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread::{self, JoinHandle},
};

use ws_handshake::{Acceptance, Limits, Request};

use crate::url::Url;

/// A listener for one client.
pub(crate) struct Puppet {
    listener: TcpListener,
}

impl Puppet {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        Self { listener }
    }

    pub(crate) fn url(&self) -> Url {
        let addr = self.listener.local_addr().expect("bound");
        format!("ws://{addr}/").parse().expect("a legal URL")
    }

    /// Plays its part as soon as the client has asked.
    pub(crate) fn play<T: Send + 'static>(
        self,
        part: impl FnOnce(TcpStream, Request) -> T + Send + 'static,
    ) -> JoinHandle<T> {
        thread::spawn(move || {
            let (mut stream, _) = self.listener.accept().expect("a client");
            let mut head = [0; 1024];
            let len = stream.read(&mut head).expect("a request");
            let request = Request::decode(&head[..len], &Limits::default());
            let (request, _) = request.expect("legal").expect("in one piece");
            part(stream, request)
        })
    }

    /// Opens the WebSocket, with frames that come in the same piece, and plays its part.
    pub(crate) fn open<T: Send + 'static>(
        self,
        frames: &'static [u8],
        part: impl FnOnce(TcpStream) -> T + Send + 'static,
    ) -> JoinHandle<T> {
        self.play(move |mut stream, request| {
            let mut answer = Vec::new();
            let acceptance = Acceptance::for_request(&request).expect("legal");
            acceptance.encode(&mut answer);
            answer.extend_from_slice(frames);
            stream.write_all(&answer).expect("the client reads");
            part(stream)
        })
    }
}

/// All that comes until the end.
pub(crate) fn read_all(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A client that goes with unread bytes resets the connection.
    let _ = stream.read_to_end(&mut bytes);
    bytes
}
