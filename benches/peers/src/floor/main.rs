//! The floor: a tokio task that answers the handshake, strips the masks and writes the bytes back.
//!
//! It knows no rule of RFC 6455 beyond the layout of a frame: no limits, no UTF-8, no control
//! frames, no close, no timers. What it costs is the price of the system calls and of the kernel's
//! loopback, which no server pays less. It trusts its peer, so it must not meet the open network.

mod frames;
mod handshake;
mod large_frame;

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::process::ExitCode;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

use large_frame::LargeFrame;

/// One read takes at most this much: three 64 KiB messages at once.
const SCRATCH: usize = 256 * 1024;

/// A buffer at least this large stays with its connection: a floor does not pay the allocator.
const KEPT: usize = 32 * 1024;

thread_local! {
    // Borrowed only inside one poll, so that an idle connection owns no buffer.
    static SHARED: RefCell<Vec<u8>> = RefCell::new(vec![0; SCRATCH]);
}

fn main() -> ExitCode {
    peers::serve(connection)
}

async fn connection(socket: TcpStream) {
    // A peer that goes away is no news here: its task ends.
    let _ = echo(socket).await;
}

/// What one turn on the shared buffer left over.
#[derive(Default)]
struct Leftover {
    /// Replies that the socket did not take.
    unsent: Vec<u8>,
    /// The beginning of a frame.
    partial: Vec<u8>,
}

async fn echo(mut socket: TcpStream) -> io::Result<()> {
    let mut own = handshake::answer(&mut socket).await?;
    loop {
        if own.capacity() == 0 {
            let ControlFlow::Continue(left) = poll_fn(|cx| turn(cx, &mut socket)).await? else {
                return Ok(());
            };
            socket.write_all(&left.unsent).await?;
            own = left.partial;
        } else if complete(&mut socket, &mut own).await?.is_break() {
            return Ok(());
        }
    }
}

/// Reads once, strips what is whole and writes it once, all in the shared buffer.
fn turn(
    cx: &mut Context<'_>,
    socket: &mut TcpStream,
) -> Poll<io::Result<ControlFlow<(), Leftover>>> {
    SHARED.with_borrow_mut(|shared| {
        let mut buffer = ReadBuf::new(shared);
        ready!(Pin::new(&mut *socket).poll_read(cx, &mut buffer))?;
        let bytes = buffer.filled_mut();
        if bytes.is_empty() {
            return Poll::Ready(Ok(ControlFlow::Break(())));
        }
        let stripped = frames::strip(bytes);
        let replies = &bytes[stripped.replies];
        let sent = match socket.try_write(replies) {
            Ok(sent) => sent,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            Err(error) => return Poll::Ready(Err(error)),
        };
        Poll::Ready(Ok(ControlFlow::Continue(Leftover {
            unsent: replies[sent..].to_vec(),
            partial: bytes[stripped.consumed..].to_vec(),
        })))
    })
}

/// Reads until a frame is whole, unmasking what comes while it is in the cache, and answers that frame.
async fn complete(socket: &mut TcpStream, own: &mut Vec<u8>) -> io::Result<ControlFlow<()>> {
    let mut frame = LargeFrame::default();
    while !frame.take(own) {
        if socket.read_buf(own).await? == 0 {
            return Ok(ControlFlow::Break(()));
        }
    }
    let reply = frame.reply(own);
    socket.write_all(&own[reply.clone()]).await?;
    own.drain(..reply.end);
    if own.is_empty() && own.capacity() < KEPT {
        *own = Vec::new();
    }
    Ok(ControlFlow::Continue(()))
}
