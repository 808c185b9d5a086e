use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    Record, Script,
    script::{Read, Write},
};

/// A transport that does what its [`Script`] says.
#[derive(Debug)]
pub struct ScriptedIo {
    script: Script,
    record: Record,
}

impl ScriptedIo {
    pub(super) fn new(script: Script, record: Record) -> Self {
        let io = Self { script, record };
        io.count_unread();
        io
    }

    fn count_unread(&self) {
        let unread = self.script.reads.iter().map(|step| match step {
            Read::Bytes(bytes) => bytes.len(),
            Read::Pending | Read::Error(_) | Read::End => 0,
        });
        self.record.log().unread = unread.sum();
    }

    /// How many bytes this write may take.
    fn allowance(&mut self, context: &Context<'_>) -> Poll<io::Result<usize>> {
        let limit = self.script.write_limit;
        let Some(&step) = self.script.writes.front() else {
            return Poll::Ready(Ok(limit));
        };
        match step {
            Write::Stall => Poll::Pending,
            Write::Error(kind) => Poll::Ready(Err(kind.into())),
            Write::Pending => {
                self.script.writes.pop_front();
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Write::Accept(bytes) => {
                self.script.writes.pop_front();
                Poll::Ready(Ok(bytes.min(limit)))
            }
        }
    }
}

impl AsyncRead for ScriptedIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.script.reads.pop_front() {
            None => Poll::Pending,
            Some(Read::Pending) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Read::Error(kind)) => Poll::Ready(Err(kind.into())),
            Some(Read::End) => {
                self.script.reads.push_front(Read::End);
                Poll::Ready(Ok(()))
            }
            Some(Read::Bytes(mut bytes)) => {
                let rest = bytes.split_off(bytes.len().min(buffer.remaining()));
                buffer.put_slice(&bytes);
                self.record.log().unread -= bytes.len();
                if !rest.is_empty() {
                    self.script.reads.push_front(Read::Bytes(rest));
                }
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl AsyncWrite for ScriptedIo {
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
        if self.record.log().shut_down {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        self.allowance(context).map_ok(|limit| {
            let bytes = slices.iter().flat_map(|slice| slice.iter().copied());
            let taken: Bytes = bytes.take(limit).collect();
            let len = taken.len();
            if len > 0 {
                self.record.log().writes.push(taken);
            }
            len
        })
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.record.log().shut_down = true;
        Poll::Ready(Ok(()))
    }
}

impl Drop for ScriptedIo {
    fn drop(&mut self) {
        self.record.log().dropped = true;
    }
}
