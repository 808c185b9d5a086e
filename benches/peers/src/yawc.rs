//! The echo server on yawc, tuned as its own benchmark is: a large read buffer, and up to 32
//! messages that are there already are answered before one flush.
//!
//! Text is checked. Compressors and inflaters come from a pool, which its documentation advises
//! for connections without context takeover and which keeps one warm state for all of them.

use std::process::ExitCode;

use futures_util::{FutureExt, SinkExt};
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use peers::Compression;
use tokio::net::TcpStream;
use tokio::task;
use yawc::{CompressionLevel, DeflatePool, OpCode, Options, UpgradeFut, WebSocket};

/// A message must be shorter than this, and one of fragments shorter than twice as much.
const MESSAGE_LIMIT: usize = 64 * 1024 * 1024;

const READ_BUFFER: usize = 128 * 1024;

/// Replies go out early when this much of them waits.
const WRITE_BOUNDARY: usize = 64 * 1024;

/// At most this many messages are answered before the replies go out.
const BATCH: usize = 32;

/// Idle compressors, and idle inflaters; more than one is out only while fragments are waited for.
const POOL: usize = 4;

fn main() -> ExitCode {
    peers::serve_compressed(|compression| {
        let options = options(compression);
        move |socket| connection(socket, options.clone())
    })
}

fn options(compression: Compression) -> Options {
    let plain = Options::default()
        .with_utf8()
        .with_max_payload_read(MESSAGE_LIMIT)
        .with_read_buffer_capacity(READ_BUFFER)
        .with_backpressure_boundary(WRITE_BOUNDARY);
    let compressed = match compression {
        Compression::Off => return plain,
        Compression::Default => plain.with_balanced_compression(),
        Compression::Level(level) => plain.with_compression_level(CompressionLevel::new(level)),
    };
    compressed.with_deflate_pool(DeflatePool::new(POOL))
}

async fn connection(socket: TcpStream, options: Options) {
    peers::handshake(socket, |request| answer(request, &options)).await;
}

fn answer(request: &mut Request<Incoming>, options: &Options) -> Option<Response<Empty<Bytes>>> {
    let (response, upgraded) = WebSocket::upgrade_with_options(request, options.clone()).ok()?;
    task::spawn(async move {
        // A peer that goes away is no news here: its task ends.
        let _ = task::unconstrained(echo(upgraded)).await;
    });
    Some(response)
}

async fn echo(upgraded: UpgradeFut) -> yawc::Result<()> {
    let mut socket = upgraded.await?;
    loop {
        let mut next = Some(socket.next_frame().await?);
        let mut answered = 0;
        while let Some(frame) = next.take() {
            match frame.opcode() {
                OpCode::Text | OpCode::Binary => socket.feed(frame).await?,
                OpCode::Close => return socket.close().await,
                OpCode::Continuation | OpCode::Ping | OpCode::Pong => {}
            }
            answered += 1;
            if answered < BATCH {
                next = socket.next_frame().now_or_never().transpose()?;
            }
        }
        socket.flush().await?;
    }
}
