use std::{
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;
use tracing::{
    Span,
    field::{DisplayValue, Empty, display},
};
use ws_handler::Peer;
use ws_handshake::{Acceptance, Request};

use crate::TrustedProxies;

/// By which the span of a connection is known.
const NAME: &str = "connection";

type Shown = DisplayValue<Peer>;

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
    pub(crate) fn new(span: Span, life: F) -> Self {
        let span = (!span.is_disabled()).then(|| Box::new(span));
        Self { span, life }
    }
}

/// The span of a connection over this transport.
///
/// Its `peer` is what [`Client::peer`](ws_handler::Client::peer) tells, and waits for what a trusted proxy
/// has to say; of the proxy itself `transport` tells. The documentation of the crate tells of all fields.
pub(crate) fn span(transport: Peer, proxies: &TrustedProxies) -> Span {
    let (transport, peer) = names(transport, proxies);
    tracing::info_span!(NAME, transport, peer, path = Empty, subprotocol = Empty)
}

/// What is known of a connection when it comes: either the `transport`, of a proxy, or the `peer`.
pub(crate) fn names(transport: Peer, proxies: &TrustedProxies) -> (Option<Shown>, Option<Shown>) {
    let shown = Some(display(transport));
    match proxies.trusts(transport) {
        true => (shown, None),
        false => (None, shown),
    }
}

/// The peer, for an event that must name it, where no span does: it may be filtered out when only errors
/// are wanted.
pub(crate) fn untold(peer: Peer) -> Option<Shown> {
    Story::current().0.is_disabled().then(|| display(peer))
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

    /// The client of a trusted proxy. To be called once: a span keeps all that it is told.
    pub(crate) fn tell_peer(&self, client: Peer) {
        self.0.record("peer", display(client));
    }

    /// What is asked for.
    pub(crate) fn tell_request(&self, request: &Request) {
        self.0.record("path", request.path());
    }

    /// What was agreed on.
    pub(crate) fn tell_acceptance(&self, acceptance: &Acceptance) {
        if let Some(subprotocol) = acceptance.selected_subprotocol() {
            self.0.record("subprotocol", subprotocol);
        }
    }
}
