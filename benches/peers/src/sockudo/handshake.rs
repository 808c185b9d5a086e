use bytes::{Bytes, BytesMut};
use sockudo_ws::deflate::negotiate_server_deflate;
use sockudo_ws::handshake::{build_response, generate_accept_key, parse_request};
use sockudo_ws::{DeflateConfig, Error, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the handshake led to.
pub(crate) struct Agreed {
    /// The compression, if both sides want it.
    pub(crate) deflate: Option<DeflateConfig>,
    /// What came behind the request.
    pub(crate) rest: Bytes,
}

/// Reads one request and answers 101; the library bounds the request at 8 KiB.
///
/// Its own handshake agrees on no extension, so that this calls the pieces of it one by one.
pub(crate) async fn answer(
    socket: &mut TcpStream,
    policy: Option<&DeflateConfig>,
) -> Result<Agreed> {
    let mut head = BytesMut::with_capacity(4096);
    loop {
        if socket.read_buf(&mut head).await? == 0 {
            return Err(Error::ConnectionClosed);
        }
        let Some((request, length)) = parse_request(&head)? else {
            continue;
        };
        let agreed = policy
            .zip(request.extensions)
            .and_then(|(policy, offers)| negotiate_server_deflate(offers, policy));
        let extensions = agreed.as_ref().map(|agreed| agreed.to_response_header());
        let key = generate_accept_key(request.key);
        let response = build_response(&key, None, extensions.as_deref());
        socket.write_all(&response).await?;
        return Ok(Agreed {
            deflate: agreed.map(|agreed| agreed.config),
            rest: head.split_off(length).freeze(),
        });
    }
}
