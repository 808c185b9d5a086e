//! The client's half of the opening handshake, as far as a generator needs it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::failure::Failure;

/// The nonce of RFC 6455 1.3 and the accept value that it names: fixed, so that no digest is needed here.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A response head is not read beyond this.
const HEAD_LIMIT: usize = 16 * 1024;

/// How long connecting, and each read and write of a blocking socket, may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connects and upgrades; the socket that comes back is blocking, with a time limit.
pub(crate) fn open(address: SocketAddr) -> Result<TcpStream, Failure> {
    attempt(address).map_err(|why| Failure::failed(format!("cannot open ws://{address}: {why}")))
}

fn attempt(address: SocketAddr) -> Result<TcpStream, String> {
    let mut socket = TcpStream::connect_timeout(&address, PATIENCE).map_err(|e| e.to_string())?;
    exchange(&mut socket, address).map_err(|e| e.to_string())??;
    Ok(socket)
}

fn exchange(socket: &mut TcpStream, address: SocketAddr) -> std::io::Result<Result<(), String>> {
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    let request = format!(
        "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
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
    Ok(check(&head))
}

/// RFC 6455 4.1: the status is 101 and the accept value belongs to our key.
fn check(response: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(response);
    let (head, rest) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("101") {
        return Err(format!("the server answered {status:?} instead of 101"));
    }
    let accepted = lines
        .filter_map(|line| line.split_once(':'))
        .any(|(name, value)| {
            name.eq_ignore_ascii_case("Sec-WebSocket-Accept") && value.trim() == ACCEPT
        });
    if !accepted {
        return Err(
            "the response lacks the Sec-WebSocket-Accept that belongs to the key".to_owned(),
        );
    }
    if !rest.is_empty() {
        return Err("the server spoke before it was spoken to".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_with_status_and_accept_is_taken() {
        let response =
            format!("HTTP/1.1 101 Switching Protocols\r\nsec-websocket-ACCEPT: {ACCEPT}\r\n\r\n");
        assert_eq!(check(response.as_bytes()), Ok(()));
        assert!(check(format!("{response}\u{1}").as_bytes()).is_err());
    }

    #[test]
    fn another_status_or_accept_is_refused() {
        assert!(
            check(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                .unwrap_err()
                .contains("400 Bad Request")
        );
        assert!(check(b"HTTP/1.1 101 X\r\nSec-WebSocket-Accept: AAAA\r\n\r\n").is_err());
        assert!(check(b"HTTP/1.1 101 X\r\n\r\n").is_err());
    }
}
