//! A server that echoes, with two threads for each connection.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use crate::{error::Error, opening, options::Settings};

/// Connections at a time: each has two threads, so this is not for the thousands.
const MAX_CONNECTIONS: usize = 500;

/// After an error of `accept`, such as too many open files: it would come again at once.
const PAUSE: Duration = Duration::from_millis(100);

/// Listens and serves, for ever.
pub(crate) fn serve(addr: SocketAddr, settings: &Settings) -> Result<(), Error> {
    let listen = |error| Error::Listen {
        at: addr.to_string(),
        error,
    };
    let listener = TcpListener::bind(addr).map_err(listen)?;
    println!(
        "listening on ws://{}",
        listener.local_addr().map_err(listen)?
    );
    serve_listener(&listener, settings);
    Ok(())
}

/// Serves what `listener` accepts.
pub(crate) fn serve_listener(listener: &TcpListener, settings: &Settings) {
    let open = AtomicUsize::new(0);
    let open = &open;
    thread::scope(|scope| {
        for stream in listener.incoming() {
            let Ok(stream) = stream else {
                thread::sleep(PAUSE);
                continue;
            };
            if open.load(Ordering::Relaxed) >= MAX_CONNECTIONS {
                continue;
            }
            open.fetch_add(1, Ordering::Relaxed);
            scope.spawn(move || {
                if let Err(error) = echo(stream, settings) {
                    eprintln!("blocking_std: {error}");
                }
                open.fetch_sub(1, Ordering::Relaxed);
            });
        }
    });
}

fn echo(stream: TcpStream, settings: &Settings) -> Result<(), Error> {
    let connection = opening::accept(stream, settings)?;
    connection.run(|outlet, message| {
        // It is refused when a Close was sent or came, and then the end is near.
        let _ = outlet.send(message);
        Ok(())
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        sync::{Arc, mpsc},
    };

    use ws_connection::{Config, Message};
    use ws_frame::{CloseCode, CloseFrame};

    use super::*;
    use crate::url::Url;

    /// A server that lives as long as the tests.
    fn server(settings: Settings) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let addr = listener.local_addr().expect("bound");
        thread::spawn(move || serve_listener(&listener, &settings));
        format!("ws://{addr}/").parse().expect("a legal URL")
    }

    /// Sends all of it at once, then closes; returns what came back.
    fn ask(messages: Vec<Message<'static>>) -> Vec<Message<'static>> {
        let connection = opening::connect(&server(Settings::default()), &Settings::default());
        let connection = connection.expect("it opens");
        let outlet = connection.outlet();
        let sending = thread::spawn(move || {
            for message in messages {
                outlet.send(message).expect("open");
            }
            outlet.change(|sender| sender.close(CloseFrame::from(CloseCode::NORMAL)));
        });
        let (told, replies) = mpsc::channel();
        let closing = connection.run(move |_, message| {
            let _ = told.send(message.into_owned());
            Ok(())
        });
        assert_eq!(closing.expect("a regular end").status(), 1000);
        sending.join().expect("no panic");
        replies.into_iter().collect()
    }

    #[test]
    fn what_is_sent_comes_back_in_order() {
        let messages = vec![
            Message::from("hi"),
            Message::from(""),
            Message::from(vec![0; 300_000]),
            Message::from("κόσμε".repeat(40_000)),
        ];
        assert_eq!(ask(messages.clone()), messages);
    }

    #[test]
    fn both_sides_may_write_more_than_the_sockets_hold() {
        let messages = vec![Message::from(vec![7; 1 << 20]); 48];
        assert_eq!(ask(messages.clone()).len(), messages.len());
    }

    #[test]
    fn a_page_of_another_host_is_refused() {
        let settings = Settings {
            headers: vec![("Origin".to_owned(), "http://evil.example".to_owned())],
            ..Settings::default()
        };
        let error =
            opening::connect(&server(Settings::default()), &settings).expect_err("a stranger");
        assert!(error.to_string().contains("403 Forbidden"), "{error}");
    }

    #[test]
    fn the_server_is_the_first_to_end_the_transport() {
        let url = server(Settings {
            config: Arc::new(Config::default().with_linger(Duration::from_secs(600))),
            ..Settings::default()
        });
        let mut stream = TcpStream::connect((url.host.as_str(), url.port)).expect("it listens");
        let request = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n\
            \x88\x82\0\0\0\0\x03\xe8";
        stream.write_all(request).expect("it reads");
        let limit = Some(Duration::from_secs(20));
        stream.set_read_timeout(limit).expect("a legal time");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it ends in time");
        assert!(answer.ends_with(b"\r\n\r\n\x88\x02\x03\xe8"), "{answer:?}");
    }
}
