use std::{
    future::{Future, poll_fn},
    io, mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use ws_connection::{Receiver, Sender};
use ws_deflate::PermessageDeflate;
use ws_handler::{Handler, Outlet, Session};

use crate::{
    connection::Connection,
    counter::Counter,
    driver::Driver,
    ending::Ending,
    handshake::Terms,
    opening::{Asked, Opening},
    refusal::Refusal,
    refusing::Refusing,
    traced::Story,
    wire::{Wake, Wire, now},
};

/// Where a connection stands in its life. It is never moved while somebody waits, so the stages share
/// their room: what the largest takes is what an idle connection costs.
pub(crate) enum Stage<S, H> {
    Opening(Opening<S, H>),
    Answering(Boxed<(Self, Vec<u8>)>),
    Refusing(Refusing<S>),
    Open(Driver<S, H>),
    Ending(Boxed<()>),
    Over,
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl<S, H> Stage<S, H>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Handler,
{
    /// What an open connection goes on with; `None` when it is over, or was never open.
    pub(crate) fn poll_wake(&mut self, cx: &mut Context<'_>) -> Poll<Option<Wake>> {
        loop {
            *self = match self {
                Self::Open(driver) => match ready!(driver.poll_wake(cx)) {
                    Ok(wake) => return Poll::Ready(Some(wake)),
                    Err(ending) => {
                        self.end(ending);
                        continue;
                    }
                },
                Self::Opening(opening) => {
                    let asked = ready!(opening.poll_asked(cx));
                    let Self::Opening(opening) = mem::replace(self, Self::Over) else {
                        continue;
                    };
                    match asked {
                        Ok(asked) => Self::Answering(Box::pin(opening.answer(asked))),
                        Err(refusal) => opening.refuse(refusal),
                    }
                }
                Self::Answering(answering) => {
                    let (next, early) = ready!(answering.as_mut().poll(cx));
                    *self = next;
                    if let Self::Open(_) = self {
                        return Poll::Ready(Some(Wake::Opened(early)));
                    }
                    continue;
                }
                Self::Refusing(refusing) => {
                    ready!(refusing.poll_end(cx));
                    Self::Over
                }
                Self::Ending(ending) => {
                    ready!(ending.as_mut().poll(cx));
                    Self::Over
                }
                Self::Over => return Poll::Ready(None),
            }
        }
    }

    /// What an open connection does then; `None` when it is over.
    pub(crate) fn turn(
        &mut self,
        wake: Option<Wake>,
    ) -> Option<Pin<Box<impl Future<Output = Result<(), Ending>> + Send>>> {
        match (self, wake) {
            (Self::Open(driver), Some(wake)) => Some(driver.boxed_turn(wake)),
            _ => None,
        }
    }

    /// An open connection ends.
    pub(crate) fn end(&mut self, ending: Ending) {
        if let Self::Open(driver) = mem::replace(self, Self::Over) {
            *self = Self::Ending(Box::pin(driver.end(ending)));
        }
    }
}

/// Answering.
impl<S, H> Opening<S, H>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Handler,
{
    /// Asks the handler and answers; what came behind the request is given on.
    async fn answer(mut self, asked: Asked) -> (Stage<S, H>, Vec<u8>) {
        let Asked { request, early } = asked;
        let proxies = self.config.trusted_proxies();
        let client = proxies.client_of(self.client, request.headers());
        let story = Story::current();
        if proxies.trusts(self.client) {
            // Until now nobody knew whom it connects for.
            story.tell_peer(client);
        }
        story.tell_request(&request);
        if let Err(excess) = self.learn(client) {
            return (self.refuse(excess.into()), early);
        }
        let terms = Terms {
            transport: self.connection.peer,
            peer: client,
            config: &self.config,
            admission: self.admission,
        };
        let decided = tokio::select! {
            biased;
            decided = terms.decide(&request, &mut self.connection.handler) => decided,
            over = poll_fn(|cx| self.patience.poll_over(cx, &self.config)) => Err(over),
        };
        self.connection.peer = terms.peer;
        drop(request);
        let (acceptance, deflate) = match decided {
            Ok(decided) => decided,
            Err(refusal) => return (self.refuse(refusal), early),
        };
        story.tell_acceptance(&acceptance);
        let mut answer = Vec::with_capacity(256);
        acceptance.encode(&mut answer);
        if let Some(place) = &mut self.patience.place {
            place.answered();
        }
        let io = &mut self.connection.io;
        let said = tokio::select! {
            biased;
            said = say(io, &answer) => said,
            // It has begun to leave, so that nothing else can be said.
            _ = poll_fn(|cx| self.patience.poll_over(cx, &self.config)) => {
                Err(io::ErrorKind::TimedOut.into())
            }
        };
        match said {
            Ok(()) => (Stage::Open(self.open(deflate)), early),
            Err(error) => (self.refuse(error.into()), early),
        }
    }

    fn refuse(self, refusal: Refusal) -> Stage<S, H> {
        match refusal {
            Refusal::Answer(answer) => Stage::Refusing(Refusing::new(self, answer)),
            Refusal::Gone(error) => {
                self.config.metrics().add(Counter::Gone, 1);
                tracing::debug!("gone in the handshake: {error}");
                Stage::Over
            }
            Refusal::Dropped(excess) => {
                self.config.metrics().add(excess.dropped(), 1);
                tracing::debug!("dropped: {excess}");
                Stage::Over
            }
        }
    }

    fn open(self, deflate: Option<PermessageDeflate>) -> Driver<S, H> {
        self.config
            .metrics()
            .count_answer(StatusCode::SWITCHING_PROTOCOLS);
        let Connection { io, peer, handler } = self.connection;
        let protocol = self.config.shared_connection();
        let sender = Sender::server(protocol.clone());
        let receiver = Receiver::server(protocol.clone());
        let (outlet, receiver) = match deflate {
            None => (Outlet::new(sender), receiver),
            Some(deflate) => {
                let receiver = receiver.with_extension(&deflate);
                (Outlet::with_deflate(sender, deflate), receiver)
            }
        };
        let place = self.patience.place;
        Driver {
            meter: self.config.meter(now()),
            seat: place.map(|place| place.register(&outlet.handle())),
            session: Session::new(handler, outlet.client(peer)),
            wire: Wire::new(io, outlet, self.arriving.open()),
            receiver,
        }
    }
}

async fn say<S: AsyncWrite + Unpin>(io: &mut S, answer: &[u8]) -> io::Result<()> {
    io.write_all(answer).await?;
    io.flush().await
}
