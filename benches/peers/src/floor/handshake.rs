use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// A request head is not read beyond this.
const HEAD_LIMIT: usize = 16 * 1024;

/// Reads one request head, answers 101, and gives back the bytes that followed the head.
pub(crate) async fn answer(socket: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(1024);
    let end = loop {
        if head.len() > HEAD_LIMIT || socket.read_buf(&mut head).await? == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if let Some(end) = head_end(&head) {
            break end;
        }
    };
    let key = key(&head[..end]).ok_or(io::ErrorKind::InvalidData)?;
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {}\r\n\r\n",
        derive_accept_key(key)
    );
    socket.write_all(response.as_bytes()).await?;
    Ok(head[end..].to_vec())
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    let blank = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(blank + 4)
}

fn key(head: &[u8]) -> Option<&[u8]> {
    head.split(|&byte| byte == b'\n').find_map(|line| {
        let colon = line.iter().position(|&byte| byte == b':')?;
        line[..colon]
            .eq_ignore_ascii_case(b"Sec-WebSocket-Key")
            .then(|| line[colon + 1..].trim_ascii())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_whatever_its_case() {
        let head = b"GET / HTTP/1.1\r\nHost: a\r\nsec-websocket-KEY:  abc \r\n\r\nrest";
        assert_eq!(key(head), Some(&b"abc"[..]));
        assert_eq!(head_end(head), Some(head.len() - 4));
        assert_eq!(key(b"GET / HTTP/1.1\r\n\r\n"), None);
    }
}
