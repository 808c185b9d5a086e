use std::{
    future::{Future, poll_fn},
    io, mem,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use bytes::Buf;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::yield_now,
    time::sleep_until,
};
use ws_connection::Batch;
use ws_handler::{Outlet, Panic, SenderGuard, Timeout};

use crate::{
    beside::Beside, counter::Counter, ending::Ending, heard::Heard, input::Input,
    presence::Present, timer::Timer,
};

mod flow;
mod last_word;
mod reading;

use flow::Flow;
pub(crate) use reading::poll_read_into;

/// A new batch up to this length, when it is all there is, is taken for written before it is: it
/// nearly always is at once, and that saves a second lock for each small reply.
const SMALL: usize = 4 << 10;

/// Slices of one vectored write.
const SLICES: usize = 16;

/// The transport of one connection, what is being written to it, and its timer.
#[derive(Debug)]
pub(crate) struct Wire<S> {
    io: S,
    outlet: Outlet,
    /// What the transport did not take at once.
    left: Option<Box<Batch>>,
    /// Until the connection begins to end.
    present: Option<Present>,
    /// Bytes were written that the transport may hold back.
    unflushed: bool,
    timer: Timer,
    /// Nothing was left to write and the task was registered when it last waited, so input may be
    /// looked for first.
    settled: bool,
    flow: Flow,
    drained: bool,
    /// The application was told that the queue has drained, and may have filled it at once: the next
    /// read comes first, or who streams would never hear anything.
    owes_read: bool,
    peer_ended: bool,
    /// Input came of which the sender does not know yet.
    heard: bool,
    /// The last read brought, or became, so much that other connections come first now.
    yields: bool,
}

/// Why the loop goes on.
#[derive(Debug)]
pub(crate) enum Wake {
    /// The connection is open, and this came behind the request.
    Opened(Vec<u8>),
    Input(Input),
    /// The write queue fell under its low-water mark.
    Drained,
}

pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// Writing.
impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(crate) fn new(io: S, outlet: Outlet, present: Present) -> Self {
        Self {
            io,
            outlet,
            left: None,
            present: Some(present),
            unflushed: false,
            timer: Timer::default(),
            settled: false,
            flow: Flow::Free,
            drained: false,
            owes_read: false,
            peer_ended: false,
            heard: false,
            yields: false,
        }
    }

    pub(crate) fn outlet(&self) -> &Outlet {
        &self.outlet
    }

    /// Writes what is queued and runs the timers. Pending while the connection goes on: the task
    /// is woken by the transport, by the timer and by whoever sends.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Ending> {
        let mut batch = self.left.take().map_or_else(Batch::default, |left| *left);
        let polled = self.poll_flush_batch(cx, &mut batch);
        if batch.has_remaining() {
            self.left = Some(Box::new(batch));
        }
        polled
    }

    fn poll_flush_batch(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<Ending> {
        loop {
            let now = now();
            let mut sender = self.outlet.lock_and_register(cx);
            if mem::take(&mut self.heard) {
                sender.handle_read(now);
            }
            let is_new = !batch.has_remaining();
            sender.transmit(now, batch);
            let left = batch.remaining();
            let queued = sender.queued();
            let small = is_new && left <= SMALL && left == queued && sender.is_open();
            if small {
                sender.assume_written();
            }
            let before = self.flow;
            self.flow = before.now(sender.is_congested());
            if (before, self.flow) == (Flow::Held, Flow::Free) {
                sender.resume_reading(now);
            }
            self.drained |= sender.take_drained();
            let (over, done) = (sender.is_over(), sender.is_done());
            let deadline = sender.poll_timeout();
            // Of a connection that ends it is asked for once, at its end.
            let present = self.present.as_ref().filter(|_| left > 0);
            let fresh = present.map(|_| sender.take_fresh());
            drop(sender);
            if let (Some(present), Some(fresh)) = (present, fresh) {
                present.metrics().add_sent(&fresh, queued);
            }
            if (before, self.flow) == (Flow::Free, Flow::Congested) {
                self.count(Counter::Congestions);
            }
            if over {
                return Poll::Ready(Ending::Abort);
            }
            if left > 0 {
                match self.poll_write(cx, batch) {
                    Poll::Ready(Err(error)) => return Poll::Ready(Ending::Transport(error)),
                    Poll::Ready(Ok(())) if small && !batch.has_remaining() => batch.release(),
                    Poll::Pending if !small => {}
                    Poll::Ready(Ok(())) | Poll::Pending => continue,
                }
            }
            if !batch.has_remaining() {
                match self.poll_flush_io(cx) {
                    Poll::Ready(Err(error)) => return Poll::Ready(Ending::Transport(error)),
                    Poll::Ready(Ok(())) if done => return Poll::Ready(Ending::Done),
                    Poll::Ready(Ok(())) | Poll::Pending => {}
                }
            }
            ready!(self.timer.poll(cx, now, deadline));
            if let Some(timeout) = self.handle_timeout(now) {
                return Poll::Ready(Ending::Timeout(timeout));
            }
        }
    }

    #[cold]
    fn handle_timeout(&self, now: Instant) -> Option<Timeout> {
        let mut sender = self.outlet.lock();
        let before = sender.queued();
        let timeout = sender.handle_timeout(now);
        let is_ping = timeout.is_none() && sender.queued() > before;
        drop(sender);
        if is_ping {
            self.count(Counter::KeepalivePings);
        }
        timeout
    }

    #[cold]
    pub(crate) fn count(&self, counter: Counter) {
        if let Some(present) = &self.present {
            present.metrics().add(counter, 1);
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<io::Result<()>> {
        let io = Pin::new(&mut self.io);
        let several = batch.chunk().len() < batch.remaining();
        let written = if several && io.is_write_vectored() {
            let mut slices = [io::IoSlice::new(&[]); SLICES];
            let used = batch.chunks_vectored(&mut slices);
            ready!(io.poll_write_vectored(cx, &slices[..used]))?
        } else {
            ready!(io.poll_write(cx, batch.chunk()))?
        };
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        batch.advance(written);
        self.unflushed = true;
        Poll::Ready(Ok(()))
    }

    /// For transports that hold bytes back, such as TLS.
    fn poll_flush_io(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.unflushed {
            ready!(Pin::new(&mut self.io).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Runs a callback while the connection goes on.
    pub(crate) fn beside<F>(&mut self, callback: F) -> Beside<'_, S, F>
    where
        F: Future<Output = Result<(), Panic>>,
    {
        Beside::new(self, callback)
    }

    /// The keepalive clock stands from here on, and the callback's runs.
    pub(crate) fn pause_for_callback(&mut self) {
        let now = now();
        self.tell_heard(now).pause_for_callback(now);
    }

    /// The sender, which knows of all input.
    fn tell_heard(&mut self, now: Instant) -> SenderGuard<'_> {
        let mut sender = self.outlet.lock();
        if mem::take(&mut self.heard) {
            sender.handle_read(now);
        }
        sender
    }

    /// Ready when the pending callback has had its time, whatever became of the connection.
    pub(crate) fn poll_callback_overdue(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = self.outlet.lock().callback_deadline();
        self.timer.poll(cx, now(), deadline)
    }

    /// The keepalive clock stands from here on, until the congestion is over: that is found while
    /// writing, whoever has closed the connection meanwhile.
    fn hold_reading(&mut self) {
        let now = now();
        self.tell_heard(now).pause_reading(now);
        if self.flow == Flow::Free {
            self.count(Counter::Congestions);
        }
        self.flow = Flow::Held;
    }

    /// Waits until the peer has taken so much of what is queued that its next messages may be
    /// handled.
    pub(crate) async fn relieve(&mut self) -> Result<(), Ending> {
        self.hold_reading();
        poll_fn(|cx| match self.poll_flush(cx) {
            Poll::Ready(ending) => Poll::Ready(Err(ending)),
            Poll::Pending if self.flow != Flow::Free => {
                // Another thread may have filled the queue again since it was found relieved.
                self.hold_reading();
                Poll::Pending
            }
            Poll::Pending => Poll::Ready(Ok(())),
        })
        .await
    }

    /// Reads nothing until then, or until there is something else to do: the application is told
    /// that the queue has drained, or the connection closes and waits for the peer's answer.
    pub(crate) async fn hold_until(&mut self, due: Instant) -> Result<(), Ending> {
        let mut sleep = Box::pin(sleep_until(due.into()));
        let start = now();
        self.tell_heard(start).pause_reading(start);
        poll_fn(|cx| {
            if let Poll::Ready(ending) = self.poll_flush(cx) {
                return Poll::Ready(Err(ending));
            }
            if self.drained || !self.outlet.lock().is_open() {
                return Poll::Ready(Ok(()));
            }
            sleep.as_mut().poll(cx).map(Ok)
        })
        .await?;
        self.outlet.lock().resume_reading(now());
        Ok(())
    }

    /// Writes what can be written at once.
    pub(crate) async fn flush_ready(&mut self) -> Result<(), Ending> {
        poll_fn(|cx| match self.poll_flush(cx) {
            Poll::Ready(ending) => Poll::Ready(Err(ending)),
            Poll::Pending => Poll::Ready(Ok(())),
        })
        .await
    }

    pub(crate) fn note_heard(&self, heard: &mut Heard) {
        if let Some(present) = &self.present {
            present.metrics().take_heard(heard);
        }
    }

    /// Lets other connections go first, before the next read or, when so many bytes of this one are
    /// left, at once; what is queued is written then.
    pub(crate) async fn step_aside(&mut self, left: usize) -> Result<(), Ending> {
        if left == 0 {
            self.yields = true;
            return Ok(());
        }
        let others = async {
            yield_now().await;
            Ok(())
        };
        self.beside(others).await
    }

    pub(crate) fn take_drained(&mut self) -> bool {
        mem::take(&mut self.drained)
    }
}

impl<S> Drop for Wire<S> {
    /// Handles that outlive the connection find it closed.
    fn drop(&mut self) {
        self.outlet.retire();
    }
}
