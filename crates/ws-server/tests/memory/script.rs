//! A transport in memory that allocates nothing.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What peers send, and how much of it they have sent so far.
#[derive(Debug)]
pub(crate) struct Script {
    parts: Vec<Vec<u8>>,
    /// Behind the last part the peer ends its direction.
    sent: AtomicUsize,
}

impl Script {
    pub(crate) fn new(parts: Vec<Vec<u8>>) -> Arc<Self> {
        let sent = AtomicUsize::new(0);
        Arc::new(Self { parts, sent })
    }

    /// So many parts are there, to be read by everybody who follows the script.
    pub(crate) fn send(&self, parts: usize) {
        self.sent.store(parts, Relaxed);
    }

    /// A peer at its beginning. It takes everything.
    pub(crate) fn follow(self: &Arc<Self>) -> Sent {
        Sent {
            script: self.clone(),
            part: 0,
            read: 0,
        }
    }
}

/// One peer.
#[derive(Debug)]
pub(crate) struct Sent {
    script: Arc<Script>,
    part: usize,
    /// Of this part.
    read: usize,
}

impl AsyncRead for Sent {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { script, part, read } = self.get_mut();
        while *part < script.sent.load(Relaxed) {
            let Some(bytes) = script.parts.get(*part) else {
                return Poll::Ready(Ok(()));
            };
            let rest = &bytes[*read..];
            if !rest.is_empty() {
                let len = rest.len().min(buffer.remaining());
                buffer.put_slice(&rest[..len]);
                *read += len;
                return Poll::Ready(Ok(()));
            }
            (*part, *read) = (*part + 1, 0);
        }
        Poll::Pending
    }
}

impl AsyncWrite for Sent {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
