use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite};
use ws_handler::{Panic, Timeout};

use crate::{
    ending::Ending,
    wire::{Wire, now},
};

pin_project! {
    /// A callback and the connection beside it, in one task. The first poll is the callback's, so
    /// that one that is ready costs nothing; while it is pending, what is queued is written, timers
    /// run, and only reading stops. It is dropped only when the connection is aborted, or when it takes
    /// longer than it may.
    pub(crate) struct Beside<'a, S, F> {
        wire: &'a mut Wire<S>,
        #[pin]
        callback: F,
        waited: bool,
        broken: Option<Ending>,
    }
}

impl<'a, S, F> Beside<'a, S, F> {
    pub(crate) fn new(wire: &'a mut Wire<S>, callback: F) -> Self {
        Self {
            wire,
            callback,
            waited: false,
            broken: None,
        }
    }
}

impl<S, F> Future for Beside<'_, S, F>
where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Future<Output = Result<(), Panic>>,
{
    type Output = Result<(), Ending>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(result) = this.callback.poll(cx) {
            if *this.waited {
                this.wire.outlet().lock().resume_reading(now());
            }
            let broken = this.broken.take().map_or(Ok(()), Err);
            return Poll::Ready(result.map_err(panicked).and(broken));
        }
        if !*this.waited {
            *this.waited = true;
            this.wire.pause_for_callback();
        }
        // Registered first: an abort from now on wakes the task.
        drop(this.wire.outlet().lock_and_register(cx));
        if this.wire.outlet().is_aborted() {
            return Poll::Ready(Err(Ending::Abort));
        }
        if this.broken.is_none()
            && let Poll::Ready(ending) = this.wire.poll_flush(cx)
        {
            if let Ending::Timeout(Timeout::Callback) = ending {
                return Poll::Ready(Err(ending));
            }
            if let Ending::Transport(_) = ending {
                // What is sent from now on is refused.
                this.wire.outlet().lock().abort();
            }
            *this.broken = Some(ending);
        }
        if let Some(broken) = this
            .broken
            .take_if(|_| this.wire.poll_callback_overdue(cx).is_ready())
        {
            return Poll::Ready(Err(broken));
        }
        Poll::Pending
    }
}

fn panicked(panic: Panic) -> Ending {
    Ending::Panic(Box::new(panic))
}
