use ws_connection::{Event, ProtocolError};

use crate::{Client, CloseInfo, Handler, Panic, catch};

/// A handler and its client: calls the callbacks in their order, and turns panics into values.
///
/// For those who bind handlers to a runtime or to a transport of their own. It needs neither:
///
/// ```
/// use bytes::Buf;
/// use futures_util::FutureExt;
/// use ws_connection::{Batch, Config, Event, Sender};
/// use ws_handler::{Client, Handler, Message, Outlet, Peer, Session};
///
/// struct Greeter;
///
/// impl Handler for Greeter {
///     async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
///         client.send(format!("hello, {}", message.as_text().unwrap_or("bytes")));
///     }
/// }
///
/// let outlet = Outlet::new(Sender::server(Config::default()));
/// let mut session = Session::new(Greeter, outlet.client(Peer::UNKNOWN));
/// session.open().now_or_never().expect("ready")?;
/// let event = Event::Message(Message::from("Ann"));
/// session.event(event).now_or_never().expect("ready")?;
///
/// let mut batch = Batch::default();
/// outlet.lock().transmit(std::time::Instant::now(), &mut batch);
/// assert_eq!(&batch.chunk()[2..], b"hello, Ann");
/// # Ok::<(), ws_handler::Panic>(())
/// ```
#[derive(Debug)]
pub struct Session<H> {
    handler: H,
    client: Client,
}

/// Where a session stands. Its client holds it, which has room for a byte: an idle connection would need a word more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    New,
    Open,
    Failed,
    Closed,
}

impl<H: Handler> Session<H> {
    /// A session that is not open yet.
    #[must_use]
    pub fn new(handler: H, client: Client) -> Self {
        Self { handler, client }
    }

    /// Calls [`Handler::on_open`], the first time.
    ///
    /// # Errors
    ///
    /// The panic of the callback, as in all that follow.
    pub async fn open(&mut self) -> Result<(), Panic> {
        if self.client.stage != Stage::New {
            return Ok(());
        }
        self.client.stage = Stage::Open;
        let Self {
            handler, client, ..
        } = self;
        catch(async { handler.on_open(client).await }).await
    }

    /// Calls [`Handler::on_message`], [`Handler::on_ping`] or [`Handler::on_pong`] of an open
    /// session. A Close is told by [`close`](Self::close).
    ///
    /// # Errors
    ///
    /// The panic of the callback.
    pub fn event<'a>(
        &'a mut self,
        event: Event<'a>,
    ) -> impl Future<Output = Result<(), Panic>> + Send + 'a {
        let is_open = self.client.stage == Stage::Open;
        let Self {
            handler, client, ..
        } = self;
        catch(async move {
            match event {
                _ if !is_open => {}
                Event::Message(message) => handler.on_message(client, message).await,
                Event::Ping(payload) => handler.on_ping(client, payload).await,
                Event::Pong(payload) => handler.on_pong(client, payload).await,
                Event::Close(_) => {}
            }
        })
    }

    /// Calls [`Handler::on_drain`] of an open session, whose client is
    /// relieved first.
    ///
    /// # Errors
    ///
    /// The panic of the callback.
    pub async fn drain(&mut self) -> Result<(), Panic> {
        if self.client.stage != Stage::Open {
            return Ok(());
        }
        let Self {
            handler, client, ..
        } = self;
        client.note_relief();
        catch(async { handler.on_drain(client).await }).await
    }

    /// Calls [`Handler::on_error`] of an open session, once.
    ///
    /// # Errors
    ///
    /// The panic of the callback.
    pub async fn error(&mut self, error: &ProtocolError) -> Result<(), Panic> {
        if self.client.stage != Stage::Open {
            return Ok(());
        }
        self.client.stage = Stage::Failed;
        let Self {
            handler, client, ..
        } = self;
        catch(async { handler.on_error(client, error).await }).await
    }

    /// Calls [`Handler::on_close`], once, if [`open`](Self::open) was called before.
    ///
    /// # Errors
    ///
    /// The panic of the callback.
    pub async fn close(&mut self, close: &CloseInfo) -> Result<(), Panic> {
        if !matches!(self.client.stage, Stage::Open | Stage::Failed) {
            return Ok(());
        }
        self.client.stage = Stage::Closed;
        let handler = &mut self.handler;
        catch(async { handler.on_close(close).await }).await
    }

    /// Whether the last send of a callback found the write queue above its high-water mark: the
    /// rest of what was read waits until the peer has taken enough; then say
    /// [`note_relief`](Self::note_relief).
    #[must_use]
    pub fn found_congestion(&self) -> bool {
        self.client.found_congestion()
    }

    /// The write queue has room again.
    pub fn note_relief(&mut self) {
        self.client.note_relief();
    }

    /// The client, as the callbacks get it.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The handler, when the session is over.
    #[must_use]
    pub fn into_handler(self) -> H {
        self.handler
    }
}
