use std::{
    io,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use bytes::Buf;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use crate::{
    counter::Counter,
    opening::Opening,
    pool::Rent,
    presence::Leaving,
    refusal::Answer,
    state::Place,
    timer::Timer,
    wire::{now, poll_read_into},
};

/// Bytes that are still taken from a peer whose request was refused.
const DISCARD_UP_TO: usize = 1 << 20;

/// A connection that gets one response and ends: in the time that a handshake may take; then what
/// still comes is discarded for a while, so that the peer can read the answer. A request behind a
/// refused one is never looked at.
#[derive(Debug)]
pub(crate) struct Refusing<S> {
    io: S,
    step: Step,
    timer: Timer,
    /// Of the step; `None` is never.
    deadline: Option<Instant>,
    linger: Duration,
    leaving: Leaving,
    /// Held until the end.
    _place: Option<Place>,
}

#[derive(Debug)]
enum Step {
    Say(Box<Answer>),
    /// With so many bytes still to be taken.
    Discard(usize),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Refusing<S> {
    pub(crate) fn new<H>(opening: Opening<S, H>, answer: Box<Answer>) -> Self {
        let config = &opening.config;
        Self {
            deadline: now().checked_add(config.handshake_timeout()),
            linger: config.connection().linger(),
            io: opening.connection.io,
            leaving: opening.arriving.leave(),
            step: Step::Say(answer),
            timer: Timer::default(),
            _place: opening.patience.place,
        }
    }

    /// Ready when the transport is to be dropped.
    pub(crate) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let ended = match &mut self.step {
                Step::Say(answer) => poll_say(&mut self.io, answer, cx),
                Step::Discard(left) => poll_discard(&mut self.io, *left, cx),
            };
            match ended {
                Poll::Ready(Ok(next)) => {
                    if let Step::Say(answer) = &self.step {
                        self.leaving.metrics().count_answer(answer.status);
                        self.deadline = now().checked_add(self.linger);
                    }
                    self.step = next;
                }
                Poll::Ready(Err(_)) => break,
                Poll::Pending => {
                    ready!(self.timer.poll(cx, now(), self.deadline));
                    break;
                }
            }
        }
        if let Step::Say(_) = self.step {
            self.leaving.metrics().add(Counter::Gone, 1);
        }
        Poll::Ready(())
    }
}

fn poll_say(
    io: &mut (impl AsyncWrite + Unpin),
    answer: &mut Answer,
    cx: &mut Context<'_>,
) -> Poll<io::Result<Step>> {
    while answer.bytes.has_remaining() {
        let written = ready!(pin!(io.write_buf(&mut answer.bytes)).poll(cx))?;
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
    }
    ready!(Pin::new(io).poll_shutdown(cx))?;
    Poll::Ready(Ok(Step::Discard(DISCARD_UP_TO)))
}

/// Ends with the transport, or when too much came: whoever sends on and on reads no answer.
fn poll_discard(
    io: &mut (impl AsyncRead + Unpin),
    left: usize,
    cx: &mut Context<'_>,
) -> Poll<io::Result<Step>> {
    let mut rent = Rent::take();
    let len = ready!(poll_read_into(io, cx, rent.as_mut_slice()))?;
    match left.checked_sub(len).filter(|left| *left > 0 && len > 0) {
        Some(left) => Poll::Ready(Ok(Step::Discard(left))),
        None => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
    }
}
