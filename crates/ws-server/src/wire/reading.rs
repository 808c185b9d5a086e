use std::{
    future::Future,
    io, mem,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    task::yield_now,
};
use ws_connection::Receiver;

use super::{Flow, Wake, Wire};
use crate::{ending::Ending, input::Input, pool::Rent};

/// Reading.
impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// Waits for input while writes and timers go on.
    pub(crate) fn poll_input(
        &mut self,
        cx: &mut Context<'_>,
        receiver: &mut Receiver,
    ) -> Poll<Result<Wake, Ending>> {
        self.check()?;
        if self.settled
            && let Poll::Ready(input) = self.poll_read(cx, receiver)
        {
            self.settled = false;
            return Poll::Ready(input.map(Wake::Input));
        }
        self.settled = false;
        if let Poll::Ready(ending) = self.poll_flush(cx) {
            return Poll::Ready(Err(ending));
        }
        if self.take_drained() {
            self.owes_read = true;
            return Poll::Ready(Ok(Wake::Drained));
        }
        let owes_read = mem::take(&mut self.owes_read);
        if self.flow != Flow::Free && !owes_read {
            self.hold_reading();
            return Poll::Pending;
        }
        if mem::take(&mut self.yields) {
            let_others_first(cx);
            return Poll::Pending;
        }
        let input = self.poll_read(cx, receiver);
        self.settled = input.is_pending() && self.left.is_none();
        input.map_ok(Wake::Input)
    }

    /// Fails when nothing that the peer has sent is to be looked at any more.
    pub(crate) fn check(&self) -> Result<(), Ending> {
        if self.outlet.is_aborted() {
            return Err(Ending::Abort);
        }
        match self.outlet.is_overrun() {
            true => Err(Ending::Done),
            false => Ok(()),
        }
    }

    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        receiver: &mut Receiver,
    ) -> Poll<Result<Input, Ending>> {
        let input = if let Some(mut room) = receiver.payload_room() {
            let read = pin!(self.io.read_buf(&mut room)).poll(cx);
            ready!(read).map(|len| (len > 0).then_some(Input::InPlace(len)))
        } else {
            let mut rent = Rent::take();
            let read = poll_read_into(&mut self.io, cx, rent.as_mut_slice());
            ready!(read).map(|len| (len > 0).then(|| Input::new(rent, len)))
        };
        self.heard = true;
        self.yields = !matches!(input, Ok(Some(Input::Copied(_))));
        Poll::Ready(match input {
            Ok(Some(input)) => Ok(input),
            Ok(None) => Err(Ending::Transport(io::ErrorKind::UnexpectedEof.into())),
            Err(error) => Err(Ending::Transport(error)),
        })
    }
}

/// The task is woken when the runtime has looked who else is ready. A wake alone would be no more than a
/// place behind those that are known to be: tokio looks for more once in 61 turns, and 61 turns of a flood
/// are 35 ms.
pub(super) fn let_others_first(cx: &mut Context<'_>) {
    let _ = pin!(yield_now()).poll(cx);
}

/// One read; `Ok(0)` is the end of the stream.
pub(crate) fn poll_read_into(
    io: &mut (impl AsyncRead + Unpin),
    cx: &mut Context<'_>,
    buffer: &mut [u8],
) -> Poll<io::Result<usize>> {
    let mut buffer = ReadBuf::new(buffer);
    ready!(Pin::new(io).poll_read(cx, &mut buffer))?;
    Poll::Ready(Ok(buffer.filled().len()))
}
