use std::{
    io::{self, ErrorKind, IoSlice},
    mem,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use super::{input::Input, step::Step};

/// A transport that takes a step of its script at each call, and behind the script does all that it is asked for.
pub(super) struct Transport {
    steps: Box<dyn Iterator<Item = u8> + Send>,
    unread: Vec<u8>,
    ends: bool,
    vectored: bool,
    reading: Lane,
    writing: Lane,
    record: Arc<Mutex<Record>>,
}

/// What was done to the transport.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) read: Vec<u8>,
    pub(super) written: Vec<u8>,
    pub(super) is_shut_down: bool,
    pub(super) is_dropped: bool,
    /// A step was taken that is not [calm](Step::is_calm), or the peer was silent.
    pub(super) was_disturbed: bool,
    /// Grows with every step and every byte.
    pub(super) progress: u64,
}

/// One direction.
enum Lane {
    Free,
    Waiting(Pin<Box<Sleep>>),
    Stalled,
    Ended,
    Broken(ErrorKind),
}

impl Transport {
    pub(super) fn new(input: &Input<'_>) -> (Self, Arc<Mutex<Record>>) {
        let record = Arc::default();
        let transport = Self {
            steps: Box::new(input.steps()),
            unread: input.stream(),
            ends: input.ends(),
            vectored: input.writes_vectored(),
            reading: Lane::Free,
            writing: Lane::Free,
            record: Arc::clone(&record),
        };
        (transport, record)
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        enter(&self.record)
    }

    /// How many bytes this call may move; none when the direction is at its end.
    fn allowance(
        &mut self,
        lane: fn(&mut Self) -> &mut Lane,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        loop {
            match lane(self) {
                Lane::Free => {}
                Lane::Waiting(sleep) => {
                    ready!(sleep.as_mut().poll(context));
                    *lane(self) = Lane::Free;
                }
                Lane::Stalled => return Poll::Pending,
                Lane::Ended => return Poll::Ready(Ok(0)),
                Lane::Broken(kind) => return Poll::Ready(Err((*kind).into())),
            }
            let Some(step) = self.steps.next().map(Step::new) else {
                return Poll::Ready(Ok(usize::MAX));
            };
            let mut record = self.record();
            record.progress += 1;
            record.was_disturbed |= !step.is_calm();
            drop(record);
            match step {
                Step::Move(bytes) => return Poll::Ready(Ok(bytes)),
                Step::Yield => {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Step::Wait(time) => *lane(self) = Lane::Waiting(Box::pin(sleep(time))),
                Step::Nothing => return Poll::Ready(Ok(0)),
                Step::Stall => *lane(self) = Lane::Stalled,
                Step::Break(kind) => {
                    // It breaks as a whole.
                    self.reading = Lane::Broken(kind);
                    self.writing = Lane::Broken(kind);
                }
            }
        }
    }
}

impl AsyncRead for Transport {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let allowed = ready!(self.allowance(|io| &mut io.reading, context))?;
        let len = allowed.min(buffer.remaining()).min(self.unread.len());
        if len > 0 {
            let bytes: Vec<u8> = self.unread.drain(..len).collect();
            buffer.put_slice(&bytes);
            let mut record = self.record();
            record.read.extend(bytes);
            record.progress += 1;
        } else if allowed > 0 && !self.ends {
            self.reading = Lane::Stalled;
            self.record().was_disturbed = true;
            return Poll::Pending;
        } else {
            self.reading = Lane::Ended;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Transport {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        assert!(!self.record().is_shut_down, "a write behind the end");
        assert!(
            slices.iter().any(|slice| !slice.is_empty()),
            "a write of nothing"
        );
        let allowed = ready!(self.allowance(|io| &mut io.writing, context))?;
        let bytes = slices.iter().flat_map(|slice| slice.iter().copied());
        let taken: Vec<u8> = bytes.take(allowed).collect();
        let mut record = self.record();
        record.progress += 1;
        record.written.extend(&taken);
        Poll::Ready(Ok(taken.len()))
    }

    fn is_write_vectored(&self) -> bool {
        self.vectored
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let allowed = self.allowance(|io| &mut io.writing, context);
        allowed.map_ok(drop)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let allowed = ready!(self.allowance(|io| &mut io.writing, context));
        allowed.map(|_| self.record().is_shut_down = true)?;
        Poll::Ready(Ok(()))
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        self.record().is_dropped = true;
    }
}

/// What was recorded, also behind a panic.
pub(super) fn enter<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was recorded, when nobody records any more.
pub(super) fn take<T: Default>(shared: &Mutex<T>) -> T {
    mem::take(&mut *enter(shared))
}
