//! The client's half of the opening handshake, as far as a generator needs it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::frames::Frames;
use crate::failure::Failure;

/// The nonce of RFC 6455 1.3 and the accept value that it names: fixed, so that no digest is needed here.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A response head is not read beyond this.
const HEAD_LIMIT: usize = 16 * 1024;

/// How long connecting, and each read and write of a blocking socket, may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connects and upgrades; the socket that comes back is blocking, with a time limit.
pub(crate) fn open(address: SocketAddr, frames: &Frames) -> Result<TcpStream, Failure> {
    attempt(address, frames)
        .map_err(|why| Failure::failed(format!("cannot open ws://{address}: {why}")))
}

fn attempt(address: SocketAddr, frames: &Frames) -> Result<TcpStream, String> {
    let mut socket = TcpStream::connect_timeout(&address, PATIENCE).map_err(|e| e.to_string())?;
    exchange(&mut socket, address, frames).map_err(|e| e.to_string())??;
    Ok(socket)
}

fn exchange(
    socket: &mut TcpStream,
    address: SocketAddr,
    frames: &Frames,
) -> std::io::Result<Result<(), String>> {
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    let extensions = frames
        .coding()
        .offer()
        .map(|offer| format!("Sec-WebSocket-Extensions: {offer}\r\n"))
        .unwrap_or_default();
    let request = format!(
        "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{extensions}\r\n"
    );
    socket.write_all(request.as_bytes())?;
    let mut head = Vec::with_capacity(1024);
    let mut buffer = [0; 1024];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let length = socket.read(&mut buffer)?;
        if length == 0 || head.len() > HEAD_LIMIT {
            return Ok(Err(format!(
                "the response ended in its head after {} bytes",
                head.len()
            )));
        }
        head.extend(&buffer[..length]);
    }
    Ok(check(&head, frames))
}

/// RFC 6455 4.1: the status is 101, the accept value belongs to our key, and the extensions were offered.
fn check(response: &[u8], frames: &Frames) -> Result<(), String> {
    let text = String::from_utf8_lossy(response);
    let (head, rest) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("101") {
        return Err(format!("the server answered {status:?} instead of 101"));
    }
    let fields: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(':')).collect();
    let field = |wanted: &str| {
        let mut of_name = fields
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        of_name.next().map(|(_, value)| value.trim())
    };
    if field("Sec-WebSocket-Accept") != Some(ACCEPT) {
        return Err(
            "the response lacks the Sec-WebSocket-Accept that belongs to the key".to_owned(),
        );
    }
    frames
        .coding()
        .check(field("Sec-WebSocket-Extensions"), frames.reach())?;
    if !rest.is_empty() {
        return Err("the server spoke before it was spoken to".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::generator::coding::Coding;
    use crate::load::generator::frames::Kind;

    fn frames(coding: Coding) -> Frames {
        Frames::new(Kind::Json, 1024, 1, coding)
    }

    #[test]
    fn a_response_with_status_and_accept_is_taken() {
        let response =
            format!("HTTP/1.1 101 Switching Protocols\r\nsec-websocket-ACCEPT: {ACCEPT}\r\n\r\n");
        assert_eq!(check(response.as_bytes(), &frames(Coding::Plain)), Ok(()));
        assert!(
            check(
                format!("{response}\u{1}").as_bytes(),
                &frames(Coding::Plain)
            )
            .is_err()
        );
        let error = check(response.as_bytes(), &frames(Coding::Takeover)).unwrap_err();
        assert!(error.contains("permessage-deflate"), "{error}");
    }

    #[test]
    fn another_status_or_accept_is_refused() {
        assert!(
            check(b"HTTP/1.1 400 Bad Request\r\n\r\n", &frames(Coding::Plain))
                .unwrap_err()
                .contains("400 Bad Request")
        );
        let wrong = b"HTTP/1.1 101 X\r\nSec-WebSocket-Accept: AAAA\r\n\r\n";
        assert!(check(wrong, &frames(Coding::Plain)).is_err());
        assert!(check(b"HTTP/1.1 101 X\r\n\r\n", &frames(Coding::Plain)).is_err());
    }
}
