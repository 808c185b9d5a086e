//! The echo server on tokio-tungstenite with its default configuration: each message is sent and
//! flushed before the next is read.

use std::process::ExitCode;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Error;

fn main() -> ExitCode {
    peers::serve(connection)
}

async fn connection(socket: TcpStream) {
    // A peer that goes away is no news here: its task ends.
    let _ = echo(socket).await;
}

async fn echo(socket: TcpStream) -> Result<(), Error> {
    let mut socket = accept_async(socket).await?;
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_text() || message.is_binary() {
            socket.send(message).await?;
        }
    }
    Ok(())
}
