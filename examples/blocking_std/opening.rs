//! The opening handshake, both sides.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{TcpStream, ToSocketAddrs},
};

use http::StatusCode;
use ws_connection::Role;
use ws_deflate::PermessageDeflate;
use ws_handshake::{
    Acceptance, ClientRequest, Limits, Rejection, Request, Response, ResponseError, head_end,
    is_same_origin_host,
};

use crate::{
    connection::Connection,
    deadline::{Deadline, is_timeout},
    error::Error,
    options::Settings,
    random::Random,
    url::Url,
};

/// Opens a connection to a server (RFC 6455 4.1).
pub(crate) fn connect(url: &Url, settings: &Settings) -> Result<Connection, Error> {
    let deadline = Deadline::after(settings.handshake_timeout);
    let mut random = Random::new()?;
    let mut request = ClientRequest::new(&url.authority, &url.path, random.handshake_key())?;
    for name in &settings.subprotocols {
        request = request.subprotocol(name)?;
    }
    if let Some(deflate) = &settings.deflate {
        request = request.extension(deflate.offer());
    }
    for (name, value) in &settings.headers {
        request = request.header(name.as_str(), value.as_str())?;
    }
    let mut stream = dial(url, deadline).map_err(|error| Error::Connect {
        to: url.authority.clone(),
        error,
    })?;
    let mut head = Vec::new();
    request.encode(&mut head);
    write(&mut stream, &head, deadline)?;
    let decode = |bytes: &[u8]| Response::decode(bytes, &Limits::default());
    let (response, behind) = read_head(&mut stream, deadline, decode)?;
    let accepted = request.check(response).inspect_err(|error| {
        if let ResponseError::Refused { .. } = error {
            tell_why(&behind);
        }
    })?;
    if let Some(name) = accepted.subprotocol() {
        eprintln!("the server chose the subprotocol {name}");
    }
    let deflate = match &settings.deflate {
        Some(deflate) => deflate
            .check(accepted.extensions())?
            .map(|agreement| PermessageDeflate::new(deflate.clone(), agreement, Role::Client)),
        None => None,
    };
    Connection::client(stream, behind, &settings.config, random, deflate.as_ref())
}

/// Answers a client (RFC 6455 4.2), if need be with a refusal.
pub(crate) fn accept(mut stream: TcpStream, settings: &Settings) -> Result<Connection, Error> {
    let deadline = Deadline::after(settings.handshake_timeout);
    let decode = |bytes: &[u8]| Request::decode(bytes, &Limits::default());
    let answer = read_head(&mut stream, deadline, decode).and_then(|(request, behind)| {
        let acceptance = Acceptance::for_request(&request)?;
        Ok((request, acceptance, behind))
    });
    let (request, acceptance, behind) = match answer {
        Ok(answer) => answer,
        Err(error) => {
            if let Error::Request(error) = &error {
                refuse(&mut stream, &Rejection::from(error), deadline)?;
            }
            return Err(error);
        }
    };
    let is_stranger = |origin| !is_same_origin_host(origin, request.host().unwrap_or_default());
    if request.origin().is_some_and(is_stranger) {
        refuse(
            &mut stream,
            &Rejection::new(StatusCode::FORBIDDEN),
            deadline,
        )?;
        return Err(Error::Opening(io::Error::other("a page of another host")));
    }
    let deflate = match &settings.deflate {
        Some(deflate) => deflate
            .accept(&request.extensions()?)
            .map(|agreement| PermessageDeflate::new(deflate.clone(), agreement, Role::Server)),
        None => None,
    };
    let acceptance = match &deflate {
        Some(deflate) => acceptance.extension(deflate.agreement().extension())?,
        None => acceptance,
    };
    let supported: Vec<&str> = settings.subprotocols.iter().map(String::as_str).collect();
    let mut head = Vec::new();
    acceptance.select_subprotocol(&supported).encode(&mut head);
    write(&mut stream, &head, deadline)?;
    Connection::server(stream, behind, &settings.config, deflate.as_ref())
}

/// Most servers say in the first line of the body why they refuse. It comes from somebody else, so
/// it is cut, and no control character of it gets to the terminal.
fn tell_why(body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    if let Some(line) = text.lines().next() {
        let line: String = line.chars().take(200).collect();
        eprintln!("the server says: {}", line.escape_debug());
    }
}

/// The first of the host's addresses that answers. Looking them up has no deadline in std.
fn dial(url: &Url, deadline: Deadline) -> io::Result<TcpStream> {
    let mut last = io::Error::new(ErrorKind::NotFound, "the host has no address");
    for addr in (url.host.as_str(), url.port).to_socket_addrs()? {
        deadline.check()?;
        let tried = match deadline.left() {
            Some(left) => TcpStream::connect_timeout(&addr, left),
            None => TcpStream::connect(addr),
        };
        match tried {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Reads one head, and what came behind it: these are frames already.
fn read_head<T, E>(
    stream: &mut TcpStream,
    deadline: Deadline,
    decode: impl Fn(&[u8]) -> Result<Option<(T, usize)>, E>,
) -> Result<(T, Vec<u8>), Error>
where
    Error: From<E>,
{
    let mut received = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let scanned = received.len();
        let len = read(stream, &mut piece, deadline).map_err(Error::Opening)?;
        received.extend_from_slice(&piece[..len]);
        // After the first piece, so that what is no HTTP is refused at once; then only what may be
        // whole or too large, so that a head in small pieces is not read over and over.
        let worth_it = scanned == 0
            || head_end(&received, scanned).is_some()
            || received.len() >= Limits::default().max_head();
        if worth_it && let Some((head, len)) = decode(&received)? {
            return Ok((head, received.split_off(len)));
        }
    }
}

fn read(stream: &mut TcpStream, buffer: &mut [u8], deadline: Deadline) -> io::Result<usize> {
    loop {
        deadline.check()?;
        stream.set_read_timeout(deadline.left())?;
        match stream.read(buffer) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(len) => return Ok(len),
            Err(error) if error.kind() == ErrorKind::Interrupted || is_timeout(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

fn refuse(stream: &mut TcpStream, rejection: &Rejection, deadline: Deadline) -> Result<(), Error> {
    let mut response = Vec::new();
    rejection.encode(&mut response);
    write(stream, &response, deadline)
}

/// A head fits into the socket's buffer, so one timeout for all of it is enough.
fn write(stream: &mut TcpStream, bytes: &[u8], deadline: Deadline) -> Result<(), Error> {
    stream
        .set_write_timeout(deadline.left())
        .and_then(|()| stream.write_all(bytes))
        .map_err(Error::Opening)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::puppet::{Puppet, read_all};

    #[test]
    fn a_refusal_is_told_with_its_status() {
        let puppet = Puppet::new();
        let url = puppet.url();
        let server = puppet.play(|mut stream, _| {
            let refusal = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(refusal).expect("the client reads");
        });
        let error = connect(&url, &Settings::default()).expect_err("refused");
        assert!(error.to_string().contains("401 Unauthorized"), "{error}");
        server.join().expect("no panic");
    }

    #[test]
    fn a_101_that_answers_another_key_is_none() {
        let puppet = Puppet::new();
        let url = puppet.url();
        let server = puppet.play(|mut stream, _| {
            let answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
            stream.write_all(answer).expect("the client reads");
        });
        let error = connect(&url, &Settings::default()).expect_err("not ours");
        assert!(
            matches!(error, Error::Response(ResponseError::Accept)),
            "{error}"
        );
        server.join().expect("no panic");
    }

    #[test]
    fn headers_and_subprotocols_are_sent_and_each_key_is_new() {
        let settings = Settings {
            subprotocols: vec!["one".to_owned(), "two".to_owned()],
            headers: vec![("Cookie".to_owned(), "a=b".to_owned())],
            ..Settings::default()
        };
        let keys = [(); 2].map(|()| {
            let puppet = Puppet::new();
            let url = puppet.url();
            let server = puppet.play(|_, request| {
                let offered: Vec<&str> = request.subprotocols().collect();
                assert_eq!(offered, ["one", "two"]);
                assert_eq!(request.header("Cookie"), Some("a=b"));
                request.header("Sec-WebSocket-Key").map(str::to_owned)
            });
            let error = connect(&url, &settings).expect_err("the server goes away");
            assert!(matches!(error, Error::Opening(_)), "{error}");
            server.join().expect("no panic").expect("there is a key")
        });
        assert_ne!(keys[0], keys[1]);
    }

    #[test]
    fn a_server_that_says_nothing_has_its_time() {
        let puppet = Puppet::new();
        let url = puppet.url();
        let server = puppet.play(|stream, _| read_all(stream));
        let settings = Settings {
            // Enough for the request, however busy the machine is.
            handshake_timeout: Duration::from_secs(1),
            ..Settings::default()
        };
        let error = connect(&url, &settings).expect_err("no answer");
        let Error::Opening(error) = error else {
            panic!("{error}");
        };
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        server.join().expect("no panic");
    }

    #[test]
    fn where_nobody_listens_nothing_opens() {
        // No free port is given out that low, and one that was just given back may be another test's by now.
        let url = "ws://127.0.0.1:1/".parse().expect("a legal URL");
        let error = connect(&url, &Settings::default()).expect_err("nobody can be there");
        assert!(
            error
                .to_string()
                .starts_with("cannot connect to 127.0.0.1:"),
            "{error}"
        );
    }
}
