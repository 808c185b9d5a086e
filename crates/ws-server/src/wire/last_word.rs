use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite};

use super::{
    Wire, now,
    reading::{let_others_first, poll_read_into},
};
use crate::{
    ending::Ending,
    pool::Rent,
    presence::{Leaving, Present},
};

/// Reads thrown away at a stretch before other tasks get their turn.
const DISCARDS: usize = 16;

/// Ending.
impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// From here on the connection is counted as one that ends.
    pub(crate) fn leave(&mut self) -> Option<Leaving> {
        self.present.take().map(Present::leave)
    }

    /// Writes what is left to say. What comes in is discarded, so that the peer can still read it.
    pub(crate) async fn finish(&mut self) -> Ending {
        poll_fn(|cx| {
            self.poll_discard(cx);
            self.poll_flush(cx)
        })
        .await
    }

    /// Ends our direction of the transport, in the time that the peer has to end its own: whether
    /// that succeeded.
    pub(crate) async fn shutdown(&mut self) -> bool {
        poll_fn(|cx| match Pin::new(&mut self.io).poll_shutdown(cx) {
            Poll::Ready(ended) => Poll::Ready(ended.is_ok()),
            Poll::Pending => self.poll_end(cx).map(|()| false),
        })
        .await
    }

    /// Discards what comes until the peer ends its direction too.
    pub(crate) async fn linger(&mut self) {
        poll_fn(|cx| {
            self.poll_discard(cx);
            if self.peer_ended {
                return Poll::Ready(());
            }
            self.poll_end(cx)
        })
        .await;
    }

    /// Ready when the peer's time is up, or somebody aborts.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let now = now();
        let sender = self.outlet.lock_and_register(cx);
        let (over, deadline) = (sender.is_over(), sender.poll_timeout());
        drop(sender);
        if over {
            return Poll::Ready(());
        }
        self.timer.poll(cx, now, deadline)
    }

    fn poll_discard(&mut self, cx: &mut Context<'_>) {
        let mut rent = Rent::take();
        for _ in 0..DISCARDS {
            if self.peer_ended {
                return;
            }
            match poll_read_into(&mut self.io, cx, rent.as_mut_slice()) {
                Poll::Pending => return,
                Poll::Ready(read) => self.peer_ended = !read.is_ok_and(|len| len > 0),
            }
        }
        let_others_first(cx);
    }
}
