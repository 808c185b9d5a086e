use std::sync::Arc;

use ws_connection::{Decoder, Encoded, Encoder, Extension, Role};
use ws_frame::Rsv;

use crate::{
    Agreement, Deflate, Deflater, Prepared, Takeover, Traffic, WindowBits, counted::Counted,
    deflater::TakeoverDeflater, inflater::Inflater,
};

/// permessage-deflate as one endpoint of one connection has it: an
/// [`Extension`](ws_connection::Extension) for its `Receiver` and its `Sender`.
///
/// ```
/// use std::{sync::Arc, time::Instant};
/// use bytes::Buf;
/// use ws_connection::{Batch, Config, Event, Receiver, Role, Sender};
/// use ws_deflate::{Deflate, PermessageDeflate};
///
/// let settings = Arc::new(Deflate::default());
/// let agreement = settings.accept(&[settings.offer()]).expect("our own offer");
/// let server = PermessageDeflate::new(settings.clone(), agreement, Role::Server);
/// let client = PermessageDeflate::new(settings, agreement, Role::Client);
///
/// let text = "What is said often is cheap to say. ".repeat(30);
/// let mut sender = Sender::server(Config::default()).with_extension(&server);
/// sender.send(&text).expect("open");
/// let mut batch = Batch::default();
/// sender.transmit(Instant::now(), &mut batch);
/// assert!(batch.remaining() < 100);
///
/// let mut receiver = Receiver::client(Config::default()).with_extension(&client);
/// let mut bytes = batch.chunk().to_vec();
/// match receiver.receive(&mut &mut bytes[..])? {
///     Some(Event::Message(message)) => assert_eq!(message.as_text(), Some(&*text)),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), ws_connection::ProtocolError>(())
/// ```
#[derive(Clone, Debug)]
pub struct PermessageDeflate {
    settings: Arc<Deflate>,
    agreement: Agreement,
    role: Role,
    /// Of our messages.
    takeover: Takeover,
    deflater: Deflater,
    traffic: Option<Arc<Traffic>>,
}

impl PermessageDeflate {
    /// What the opening handshake came to, for this side of it.
    #[must_use]
    pub fn new(settings: Arc<Deflate>, agreement: Agreement, role: Role) -> Self {
        let (takeover, bits) = side(&agreement, role);
        Self {
            takeover,
            deflater: Deflater::new(&settings, bits),
            settings,
            agreement,
            role,
            traffic: None,
        }
    }

    /// Counts what its decoder and its encoder make.
    #[must_use]
    pub fn with_traffic(mut self, traffic: Arc<Traffic>) -> Self {
        self.traffic = Some(traffic);
        self
    }

    /// See [`with_traffic`](Self::with_traffic). Who sends what [`deflater`](Self::deflater) or
    /// [`encoded`](Self::encoded) has made [adds](Traffic::add_sent) it once it is queued.
    #[must_use]
    pub fn traffic(&self) -> Option<&Traffic> {
        self.traffic.as_deref()
    }

    /// What was agreed on.
    #[must_use]
    pub fn agreement(&self) -> Agreement {
        self.agreement
    }

    /// What deflates our messages outside of any lock; `None` when they refer to earlier ones, and
    /// only the [`encoder`](Extension::encoder) can do it.
    #[must_use]
    pub fn deflater(&self) -> Option<&Deflater> {
        match self.ours() {
            (Takeover::Off, _) => Some(&self.deflater),
            (Takeover::On, _) => None,
        }
    }

    /// What deflates messages that no other may refer to, outside of any lock and whatever was agreed on:
    /// those of which it is not certain that they leave. After one that does leave
    /// [`Encoder::skip`](ws_connection::Encoder::skip) is to be called.
    #[must_use]
    pub fn independent_deflater(&self) -> &Deflater {
        &self.deflater
    }

    /// Our messages refer to no earlier ones, though they might: to keep the window is a right and no
    /// duty (RFC 7692 7.1.1.1).
    #[must_use]
    pub fn without_takeover(mut self) -> Self {
        self.takeover = Takeover::Off;
        self
    }

    /// A prepared message as this connection may send it; `None` when it leaves as it is.
    #[must_use]
    pub fn encoded(&self, prepared: &Prepared) -> Option<Encoded> {
        let (_, bits) = self.ours();
        prepared.encoded(bits).cloned()
    }

    /// How we compress.
    fn ours(&self) -> (Takeover, WindowBits) {
        let (_, bits) = side(&self.agreement, self.role);
        (self.takeover, bits)
    }

    /// How the peer compresses.
    fn theirs(&self) -> (Takeover, WindowBits) {
        let peer = match self.role {
            Role::Server => Role::Client,
            Role::Client => Role::Server,
        };
        side(&self.agreement, peer)
    }
}

impl Extension for PermessageDeflate {
    /// RFC 7692 6: "Per-Message Compressed".
    fn rsv(&self) -> Rsv {
        Rsv::RSV1
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        let window = match self.theirs() {
            (Takeover::On, bits) => Some(bits),
            (Takeover::Off, _) => None,
        };
        Box::new(Inflater::new(&self.settings, window, self.traffic.clone()))
    }

    fn encoder(&self) -> Box<dyn Encoder> {
        let (deflater, traffic) = (self.deflater.clone(), self.traffic.clone());
        match self.ours() {
            (Takeover::Off, _) => Box::new(Counted::new(deflater, traffic)),
            (Takeover::On, _) => Box::new(Counted::new(TakeoverDeflater::new(deflater), traffic)),
        }
    }
}

/// How this end compresses.
fn side(agreement: &Agreement, role: Role) -> (Takeover, WindowBits) {
    match role {
        Role::Server => (agreement.server_takeover(), agreement.server_window_bits()),
        Role::Client => (agreement.client_takeover(), agreement.client_window_bits()),
    }
}
