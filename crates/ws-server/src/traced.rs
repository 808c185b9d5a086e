use std::{
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;
use tracing::{
    Span,
    field::{Empty, display},
};
use ws_handler::Peer;
use ws_handshake::{Acceptance, Request};

/// By which the span of a connection is known.
const NAME: &str = "connection";

pin_project! {
    /// The life of a connection within its span: what happens in it, in callbacks too, says to which one
    /// it happened. Where nobody wants the span, there is none, and a word is all that it takes.
    pub(crate) struct Traced<F> {
        span: Option<Box<Span>>,
        #[pin]
        life: F,
    }
}

impl<F> Traced<F> {
    pub(crate) fn new(peer: Peer, life: F) -> Self {
        let span = tracing::info_span!(
            NAME,
            %peer,
            client = Empty,
            path = Empty,
            subprotocol = Empty,
        );
        let span = (!span.is_disabled()).then(|| Box::new(span));
        Self { span, life }
    }
}

impl<F: Future> Future for Traced<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = this.span.as_deref().map(Span::enter);
        this.life.poll(cx)
    }
}

/// The span of the connection whose task this is, and what is told of it once it is known.
pub(crate) struct Story(Span);

impl Story {
    /// Of the connection that is being polled.
    pub(crate) fn current() -> Self {
        let span = Span::current();
        // Where nobody wants ours, it may be one of the caller's.
        let is_ours = span
            .metadata()
            .is_some_and(|metadata| metadata.target() == module_path!() && metadata.name() == NAME);
        Self(if is_ours { span } else { Span::none() })
    }

    /// What is asked for, and by whom, if that is not the other end of the transport.
    pub(crate) fn tell_request(&self, request: &Request, client: Peer, transport: Peer) {
        self.0.record("path", request.path());
        if client != transport {
            self.0.record("client", display(client));
        }
    }

    /// What was agreed on.
    pub(crate) fn tell_acceptance(&self, acceptance: &Acceptance) {
        if let Some(subprotocol) = acceptance.selected_subprotocol() {
            self.0.record("subprotocol", subprotocol);
        }
    }
}
