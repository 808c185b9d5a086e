use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::io::{AsyncRead, AsyncWrite};
use ws_connection::{Event, Receiver};
use ws_frame::{CloseCode, CloseFrame};
use ws_handler::{Cause, CloseInfo, Handler, Limit, Peer, Record, Session, Side, Timeout};

use crate::{
    counter::Counter,
    ending::Ending,
    heard::Heard,
    input::Input,
    meter::Meter,
    state::Seat,
    traced::untold,
    wire::{Wake, Wire, now},
};

/// Bytes of messages handed out at a stretch before other connections get their turn: what was read
/// may become a thousand times as long.
const STRETCH: usize = 1 << 20;

/// One open connection: its transport, its protocol and its callbacks.
#[derive(Debug)]
pub(crate) struct Driver<S, H> {
    pub(crate) wire: Wire<S>,
    pub(crate) receiver: Receiver,
    pub(crate) session: Session<H>,
    /// In its server; `None` for a connection without one.
    pub(crate) seat: Option<Seat>,
    /// Where the rates of what comes are limited.
    pub(crate) meter: Option<Box<Meter>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send, H: Handler> Driver<S, H> {
    /// What the connection goes on with.
    pub(crate) fn poll_wake(&mut self, cx: &mut Context<'_>) -> Poll<Result<Wake, Ending>> {
        self.wire.poll_input(cx, &mut self.receiver)
    }

    /// The box is what keeps an idle connection small, however large the callbacks' futures are.
    pub(crate) fn boxed_turn(
        &mut self,
        wake: Wake,
    ) -> Pin<Box<impl Future<Output = Result<(), Ending>> + Send>> {
        Box::pin(async move {
            let input = match wake {
                Wake::Input(input) => input,
                Wake::Drained => return self.wire.beside(self.session.drain()).await,
                Wake::Opened(early) => {
                    self.wire.beside(self.session.open()).await?;
                    Input::Copied(early.into())
                }
            };
            let mut heard = Heard::default();
            if let Some(meter) = &mut self.meter {
                meter.begin_read(input.len(), now());
            }
            let done = self.turn(input, &mut heard).await;
            self.wire.note_heard(&mut heard);
            if done.is_ok()
                && let Some(meter) = &mut self.meter
            {
                meter.end_read();
                pace(&mut self.meter, &mut self.wire, &mut self.session).await?;
            }
            done
        })
    }

    /// Handles all that one read brought.
    async fn turn(&mut self, mut input: Input, heard: &mut Heard) -> Result<(), Ending> {
        let (wire, receiver) = (&mut self.wire, &mut self.receiver);
        let (session, meter) = (&mut self.session, &mut self.meter);
        let mut bytes = input.as_mut_slice();
        let mut handed_out = 0;
        loop {
            wire.check()?;
            match receiver.receive(&mut bytes) {
                Ok(None) => return Ok(()),
                Ok(Some(Event::Message(message))) => {
                    handed_out += message.len();
                    heard.messages.count(message.kind(), message.len());
                    if bytes.is_empty() {
                        // Its callback may take long.
                        wire.note_heard(heard);
                    }
                    wire.beside(session.event(Event::Message(message))).await?;
                }
                Ok(Some(control)) => {
                    heard.count_control(&control);
                    wire.outlet().lock().on_event(now(), &control);
                    // Behind it nothing counts, not even the end of the transport.
                    let is_close = matches!(control, Event::Close(_));
                    wire.beside(session.event(control)).await?;
                    if is_close {
                        return Err(Ending::Done);
                    }
                }
                Err(error) => {
                    // Failing drops what waits: replies to what came before the error leave
                    // first, as if it had come in a read of its own.
                    wire.flush_ready().await?;
                    wire.outlet().lock().fail(&error);
                    // What happens to the transport while `on_error` is pending is no other cause.
                    return Err(match wire.beside(session.error(&error)).await {
                        Err(ending @ (Ending::Panic(_) | Ending::Abort)) => ending,
                        Ok(()) | Err(_) => Ending::Protocol(Box::new(error)),
                    });
                }
            }
            if session.found_congestion() {
                wire.relieve().await?;
                session.note_relief();
                if wire.take_drained() {
                    wire.beside(session.drain()).await?;
                }
            }
            if let Some(limited) = meter
                && limited.take_event(bytes.len())
            {
                wire.note_heard(heard);
                let left = bytes.len();
                bytes = input.keep(left);
                pace(meter, wire, session).await?;
            }
            if handed_out >= STRETCH {
                handed_out = 0;
                wire.step_aside(bytes.len()).await?;
            }
        }
    }

    /// Says the last word, tells the application, and waits for the peer to end the transport.
    pub(crate) async fn end(mut self, ending: Ending) {
        let leaving = self.wire.leave();
        if let Ending::Panic(_) = ending {
            // What callbacks before the panic have sent leaves first; if it cannot, `finish`
            // meets the same obstacle.
            let _ = self.wire.flush_ready().await;
            let frame = CloseFrame::from_static(CloseCode::INTERNAL_ERROR, "internal error");
            self.wire.outlet().lock().fail_with(frame);
        }
        let orderly = self.has_last_word(&ending)
            && matches!(self.wire.finish().await, Ending::Done)
            && self.wire.shutdown().await;
        let info = self.close_info(ending);
        if let Some(leaving) = &leaving {
            let fresh = self.wire.outlet().lock().take_fresh();
            leaving.metrics().add_sent(&fresh, 0);
            leaving.metrics().count_close(&info);
        }
        let Self {
            wire,
            mut session,
            seat,
            ..
        } = self;
        // What broke is dropped before the application is told, however long that takes.
        let wire = orderly.then_some(wire);
        let peer = session.client().peer();
        log(&info, peer);
        if let Some(seat) = &seat {
            seat.ended(&info);
        }
        let closing = session.close(&info);
        let told = match &seat {
            Some(seat) => seat.until_over(closing).await,
            None => Some(closing.await),
        };
        if let Some(Err(panic)) = told {
            tracing::error!(peer = untold(peer), "on_close: {panic}");
            if let Some(leaving) = &leaving {
                leaving.metrics().add(Counter::Panics, 1);
            }
        }
        if let Some(mut wire) = wire {
            wire.linger().await;
        }
    }

    /// Whether the transport still serves, so that a Close can be written.
    fn has_last_word(&self, ending: &Ending) -> bool {
        match ending {
            Ending::Done | Ending::Protocol(_) | Ending::Panic(_) | Ending::Timeout(_) => {
                !self.wire.outlet().lock().is_over()
            }
            Ending::Transport(_) | Ending::Abort => false,
        }
    }

    fn close_info(&self, ending: Ending) -> CloseInfo {
        let shutdown = self.seat.as_ref().and_then(Seat::shutdown_code);
        let sender = self.wire.outlet().lock();
        let (handshake, overrun) = (sender.closing_handshake(), sender.overrun());
        let lifetime = sender
            .config()
            .max_lifetime()
            .filter(|_| sender.is_outlived());
        let opened = sender.opened();
        drop(sender);
        let sent = handshake.sent().flatten().map(CloseFrame::code);
        let cause = match (ending, handshake.first()) {
            (Ending::Panic(panic), _) => Cause::Panic(*panic),
            // It was open until then, so whatever came of that came later.
            _ if let Some(overrun) = overrun => Cause::Limit(overrun.into()),
            (Ending::Protocol(error), _) => Cause::Protocol(*error),
            (Ending::Timeout(timeout), _) => Cause::Timeout(timeout),
            (Ending::Abort, _) => Cause::Abort,
            (_, Some(Side::Us)) if let Some(limit) = lifetime => {
                Cause::Limit(Limit::Lifetime { limit })
            }
            (_, Some(Side::Us)) if shutdown.is_some() && sent == shutdown => Cause::Shutdown,
            (_, Some(Side::Us)) => Cause::Us,
            (_, Some(Side::Peer)) => Cause::Peer,
            (Ending::Transport(error), None) => Cause::Transport(error),
            (Ending::Done, None) => Cause::Abort,
        };
        let now = now();
        let duration = opened.map_or(Duration::ZERO, |opened| {
            now.saturating_duration_since(opened)
        });
        let record = Record::new(duration, &self.receiver, &self.wire.outlet().lock());
        CloseInfo::new(handshake, cause)
            .with_peer(self.session.client().peer())
            .with_record(record)
    }
}

/// Louder where the application is at fault, and whoever looks after it should know.
fn log(info: &CloseInfo, peer: Peer) {
    match info.cause() {
        Cause::Panic(_) => tracing::error!(peer = untold(peer), "{info}"),
        Cause::Timeout(Timeout::Callback) => tracing::warn!(peer = untold(peer), "{info}"),
        _ => tracing::debug!(peer = untold(peer), "{info}"),
    }
}

/// Waits until the rates allow more. Once the connection closes they are over: what the peer has sent
/// lies before its answer.
#[cold]
fn pace<'a, S, H>(
    meter: &'a mut Option<Box<Meter>>,
    wire: &'a mut Wire<S>,
    session: &'a mut Session<H>,
) -> Pin<Box<impl Future<Output = Result<(), Ending>> + Send + 'a>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    H: Handler,
{
    Box::pin(async move {
        let mut pauses = Some(Counter::RatePauses);
        while let Some(due) = meter.as_mut().and_then(|meter| meter.due(now())) {
            if !wire.outlet().lock().is_open() {
                *meter = None;
                return Ok(());
            }
            // Once, however often it is interrupted.
            if let Some(counter) = pauses.take() {
                wire.count(counter);
            }
            wire.hold_until(due).await?;
            if wire.take_drained() {
                wire.beside(session.drain()).await?;
            }
        }
        Ok(())
    })
}
