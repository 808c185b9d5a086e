//! The echo server on sockudo-ws, in the way its documentation shows for echoing: replies are fed,
//! and go out when all that was read is answered. It has its feature `mimalloc`, an allocator of its
//! own, which it documents as faster.
//!
//! Its defaults stand: messages up to 64 MiB in frames up to 16 MiB, text is checked, pings and
//! timeouts are on. With `--deflate` so do those of its `DeflateConfig`, but for the level.

mod handshake;

use std::process::ExitCode;

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use peers::Compression;
use sockudo_ws::{
    CompressedWebSocketStream, Config, DeflateConfig, Error, Message, Result, Role,
    WebSocketStream, init_clock,
};
use tokio::net::TcpStream;

fn main() -> ExitCode {
    // Its first reading takes up to 200 ms.
    init_clock();
    peers::serve_compressed(|compression| {
        let policy = policy(compression);
        move |socket| connection(socket, policy.clone())
    })
}

fn policy(compression: Compression) -> Option<DeflateConfig> {
    match compression {
        Compression::Off => None,
        Compression::Default => Some(DeflateConfig::default()),
        Compression::Level(compression_level) => Some(DeflateConfig {
            compression_level,
            ..DeflateConfig::default()
        }),
    }
}

async fn connection(socket: TcpStream, policy: Option<DeflateConfig>) {
    // A peer that goes away is no news here: its task ends.
    let _ = serve(socket, policy).await;
}

async fn serve(mut socket: TcpStream, policy: Option<DeflateConfig>) -> Result<()> {
    let agreed = handshake::answer(&mut socket, policy.as_ref()).await?;
    let (config, rest) = (Config::default(), Some(agreed.rest));
    match agreed.deflate {
        Some(deflate) => {
            echo(CompressedWebSocketStream::server_with_leftover(
                socket, config, deflate, rest,
            ))
            .await
        }
        None => {
            echo(WebSocketStream::from_raw_with_leftover(
                socket,
                Role::Server,
                config,
                rest,
            ))
            .await
        }
    }
}

async fn echo<S>(mut socket: S) -> Result<()>
where
    S: Stream<Item = Result<Message>> + Sink<Message, Error = Error> + Unpin,
{
    while let Some(message) = socket.next().await {
        match message? {
            message @ (Message::Text(_) | Message::Binary(_)) => socket.feed(message).await?,
            // The answer to a close has gone out before this is told.
            Message::Close(_) => return Ok(()),
            Message::Ping(_) | Message::Pong(_) => {}
        }
    }
    Ok(())
}
