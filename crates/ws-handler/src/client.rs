use std::time::Duration;

use ws_connection::{Message, PingError, Queued, SendError, SendOptions, Sender};
use ws_deflate::{Agreement, PermessageDeflate, Prepared};
use ws_frame::CloseFrame;

use crate::{Handle, Outlet, Peer, Ready, Sent, outgoing::Outgoing, session::Stage};

/// The peer that connected to us, as its callbacks see it.
///
/// Messages leave in the order in which they were sent, gathered into one write when the callback
/// returns or waits. To send from elsewhere, keep a [`handle`](Client::handle).
#[derive(Debug)]
pub struct Client {
    outlet: Outlet,
    peer: Peer,
    /// What the last send found, for the driver: it asks after each callback.
    congested: bool,
    /// Of its session.
    pub(crate) stage: Stage,
}

impl Client {
    pub(crate) fn new(outlet: Outlet, peer: Peer) -> Self {
        Self {
            outlet,
            peer,
            congested: false,
            stage: Stage::New,
        }
    }

    pub(crate) fn found_congestion(&self) -> bool {
        self.congested
    }

    pub(crate) fn note_relief(&mut self) {
        self.congested = false;
    }

    /// Queues a message: text from `&str` or `String`, binary from bytes, or a
    /// [`Message`] as it was received.
    ///
    /// Nothing leaves before the callback returns or awaits, so that all replies leave in one write. Who
    /// sends more in one callback than the queue may hold (4 MiB by default) waits between: otherwise the
    /// rest is [dropped](Sent::Dropped), or what else [`Overflow`](crate::Overflow) says gives way, however fast the peer reads.
    ///
    /// ```
    /// use ws_handler::{Client, Handler, Message};
    ///
    /// struct Archive(Vec<String>);
    ///
    /// impl Handler for Archive {
    ///     async fn on_message(&mut self, client: &mut Client, _: Message<'_>) {
    ///         for page in &self.0 {
    ///             if client.ready().await.is_err() {
    ///                 return; // It is closing.
    ///             }
    ///             client.send(page);
    ///         }
    ///     }
    /// }
    /// ```
    pub fn send<'a>(&mut self, message: impl Into<Message<'a>>) -> Sent {
        // Outside the lock: the conversion may be anybody's code, and compression takes its time.
        let message = message.into();
        if self.outlet.deflates(&message) {
            let outgoing = self.outlet.deflated(message, SendOptions::default());
            return self.push_outgoing(outgoing, SendOptions::default());
        }
        let (sent, congested) = self.outlet.send(message);
        self.congested = congested;
        sent
    }

    /// Queues a message in this way: with what gives way when the queue is at its hard limit, or with
    /// a key, in the place of the waiting message with the same one.
    ///
    /// A message that may give way is compressed without reference to others.
    ///
    /// ```
    /// # use ws_connection::{Config, Sender};
    /// # use ws_handler::{Outlet, Peer};
    /// # let mut client = Outlet::new(Sender::server(Config::default())).client(Peer::UNKNOWN);
    /// use ws_handler::{Overflow, SendOptions, Sent};
    ///
    /// // Who reads slowly gets the newest price.
    /// let price = SendOptions::default().with_key(7);
    /// assert_eq!(client.send_with("17.30", price), Sent::Queued);
    /// assert_eq!(client.send_with("17.31", price), Sent::Replaced);
    ///
    /// // And of the news those that fit into its queue.
    /// let news = SendOptions::default().with_overflow(Overflow::DropOldest);
    /// assert_eq!(client.send_with("the bank is closed", news), Sent::Queued);
    /// ```
    pub fn send_with<'a>(&mut self, message: impl Into<Message<'a>>, options: SendOptions) -> Sent {
        let message = message.into();
        if self.outlet.deflates_with(&message, options) {
            let outgoing = self.outlet.deflated(message, options);
            return self.push_outgoing(outgoing, options);
        }
        self.push(|sender, _| sender.send_with(message, options))
    }

    /// Queues a message that is sent to many: as its own settings have compressed it, see
    /// [`Prepared`]. With context takeover the next message of this connection is then compressed as
    /// if it were the first.
    ///
    /// ```
    /// # use ws_connection::{Config, Sender};
    /// # use ws_handler::{Outlet, Peer};
    /// # let mut client = Outlet::new(Sender::server(Config::default())).client(Peer::UNKNOWN);
    /// use ws_handler::{Prepared, Sent};
    ///
    /// // Kept, and sent to each who comes.
    /// let news = Prepared::new("[0,0,0,0]".repeat(100));
    /// assert_eq!(client.send_prepared(&news), Sent::Queued);
    /// ```
    pub fn send_prepared(&mut self, prepared: &Prepared) -> Sent {
        self.send_prepared_with(prepared, SendOptions::default())
    }

    /// The same, in this way: see [`send_with`](Self::send_with).
    pub fn send_prepared_with(&mut self, prepared: &Prepared, options: SendOptions) -> Sent {
        let outgoing = self.outlet.prepared(prepared);
        self.push_outgoing(Ok(outgoing), options)
    }

    /// Apart from [`push`](Self::push), so that what is not compressed is not moved about for it.
    fn push_outgoing(
        &mut self,
        outgoing: Result<Outgoing<'_>, SendError<'_>>,
        options: SendOptions,
    ) -> Sent {
        self.push(|sender, deflate| outgoing?.send(sender, deflate, options))
    }

    #[inline]
    fn push<'a>(
        &mut self,
        send: impl FnOnce(&mut Sender, Option<&PermessageDeflate>) -> Result<Queued, SendError<'a>>,
    ) -> Sent {
        let mut sender = self.outlet.lock();
        let sent = send(&mut sender, self.outlet.deflate());
        self.congested = sender.is_congested();
        drop(sender);
        sent.into()
    }

    /// What was agreed on about compression (RFC 7692); `None` when messages are not compressed.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use ws_connection::{Config, Role, Sender};
    /// # use ws_deflate::{Deflate, PermessageDeflate};
    /// # use ws_handler::{Outlet, Peer};
    /// # let settings = Arc::new(Deflate::default());
    /// # let agreed = settings.accept(&[settings.offer()]).expect("our own offer");
    /// # let deflate = PermessageDeflate::new(settings, agreed, Role::Server);
    /// # let sender = Sender::server(Config::default());
    /// # let client = Outlet::with_deflate(sender, deflate).client(Peer::UNKNOWN);
    /// use ws_handler::{Takeover, WindowBits};
    ///
    /// let agreed = client.deflate().expect("this client offered it");
    /// assert_eq!(agreed.server_takeover(), Takeover::Off);
    /// assert_eq!(agreed.server_window_bits(), WindowBits::MAX);
    /// ```
    #[must_use]
    pub fn deflate(&self) -> Option<Agreement> {
        self.outlet.deflate().map(PermessageDeflate::agreement)
    }

    /// Queues a ping of at most 125 bytes that overtakes waiting messages (RFC 6455 5.5.2); the
    /// answer comes to [`on_pong`](crate::Handler::on_pong). Keepalive needs no ping of yours.
    ///
    /// # Errors
    ///
    /// See [`PingError`].
    pub fn ping(&mut self, payload: &[u8]) -> Result<(), PingError> {
        self.outlet.lock().ping(payload)
    }

    /// Closes with a status code and a reason: the Close leaves after what was sent before, and
    /// later sends are refused (RFC 6455 7.1.2). Messages that were under way are still received
    /// until the peer answers.
    ///
    /// ```
    /// # fn f(client: &mut ws_handler::Client) {
    /// use ws_handler::{CloseCode, CloseFrame};
    ///
    /// client.close(CloseFrame::new(CloseCode::NORMAL, "see you"));
    /// client.close(CloseCode::GOING_AWAY);
    /// # }
    /// ```
    pub fn close(&mut self, frame: impl Into<CloseFrame>) {
        self.outlet.lock().close(frame.into());
    }

    /// Closes without a status code.
    pub fn close_without_status(&mut self) {
        self.outlet.lock().close(None);
    }

    /// Ends the connection now: nothing more is written, no Close is sent, and after this callback
    /// only [`on_close`](crate::Handler::on_close) runs. If this callback waits again, it is dropped.
    pub fn abort(&mut self) {
        self.outlet.abort();
    }

    /// What any task can send to this client through.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.outlet.handle()
    }

    /// Who is at the other end.
    #[must_use]
    pub fn peer(&self) -> Peer {
        self.peer
    }

    /// Bytes that wait to be written.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.outlet.lock().queued()
    }

    /// Whether messages can still be sent.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.outlet.lock().is_open()
    }

    /// Whether the queue reached its high-water mark and has not fallen to the low-water mark
    /// since. After the callback the server then reads no more from this peer until it has taken
    /// enough.
    #[must_use]
    pub fn is_congested(&self) -> bool {
        self.outlet.lock().is_congested()
    }

    /// Waits until there is room in the queue: until it is below its high-water mark, or has fallen to
    /// the low-water mark after it was not. Meanwhile the connection goes on, also while its own
    /// callback waits here; see [`Handle::ready`].
    pub fn ready(&self) -> Ready {
        self.outlet.ready()
    }

    /// Whether the connection was aborted, from here or through a [`Handle`].
    #[must_use]
    pub fn is_aborted(&self) -> bool {
        self.outlet.is_aborted()
    }

    /// The round trip of the newest keepalive ping that was answered.
    #[must_use]
    pub fn round_trip(&self) -> Option<Duration> {
        self.outlet.lock().round_trip()
    }
}
