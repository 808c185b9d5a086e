//! A peer that has sent everything, and takes what it is sent, but for the first write, when the test opens a valve. It
//! allocates nothing.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

pub(crate) struct Valve {
    sent: Arc<[u8]>,
    read: usize,
    /// The answer to the request has left.
    is_answered: bool,
    is_open: Arc<AtomicBool>,
}

impl Valve {
    pub(crate) fn new(sent: Arc<[u8]>, is_open: &Arc<AtomicBool>) -> Self {
        let is_open = is_open.clone();
        Self {
            sent,
            read: 0,
            is_answered: false,
            is_open,
        }
    }
}

impl AsyncRead for Valve {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let rest = &self.sent[self.read..];
        let len = rest.len().min(buffer.remaining());
        if len == 0 {
            return Poll::Pending;
        }
        buffer.put_slice(&rest[..len]);
        self.read += len;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Valve {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_answered && !self.is_open.load(SeqCst) {
            return Poll::Pending;
        }
        self.is_answered = true;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Whether the task was woken.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

/// Polls once, and again whenever it has woken itself to let others go first: no oftener than a runtime would, since a
/// poll may tidy up.
pub(crate) fn poll_as_woken<F: Future<Output = ()> + ?Sized>(future: &mut Pin<Box<F>>) -> Poll<()> {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let mut context = Context::from_waker(&waker);
    loop {
        let polled = future.as_mut().poll(&mut context);
        if polled.is_ready() || !woken.0.swap(false, SeqCst) {
            return polled;
        }
    }
}
