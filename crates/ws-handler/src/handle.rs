use std::hash::{Hash, Hasher};

use ws_connection::{Dropped, Message, PingError, SendError, SendOptions, Sender};
use ws_deflate::Prepared;
use ws_frame::CloseFrame;

use crate::{Outlet, Ready, Sent, outgoing::Outgoing};

/// Sends to one client from any task or thread; as many as you like, for as long as you like.
///
/// It keeps no connection alive: after the end, sends are refused. Two handles are equal when
/// they belong to the same connection.
#[derive(Clone, Debug)]
pub struct Handle {
    outlet: Outlet,
}

impl Handle {
    pub(crate) fn new(outlet: Outlet) -> Self {
        Self { outlet }
    }

    /// Queues a message; the connection's task writes it.
    ///
    /// # Errors
    ///
    /// The message comes back when the connection is closing or ended, or when its write queue is
    /// at the hard limit.
    pub fn send<'a>(&self, message: impl Into<Message<'a>>) -> Result<Sent, SendError<'a>> {
        let message = message.into();
        if self.outlet.deflates(&message) {
            let outgoing = self.outlet.deflated(message, SendOptions::default())?;
            return self.queue(outgoing, SendOptions::default());
        }
        let request = |sender: &mut Sender| sender.send_with(message, SendOptions::default());
        Ok(self.outlet.request(request)?.into())
    }

    /// Queues a message in this way: with what gives way when the queue is at its hard limit, or with
    /// a key, in the place of the waiting message with the same one.
    ///
    /// A message that may give way is compressed without reference to others.
    ///
    /// ```
    /// use ws_handler::{Handle, Overflow, SendOptions};
    ///
    /// fn tell(price: &str, share: u64, readers: &[Handle]) {
    ///     let newest = SendOptions::default().with_key(share).with_overflow(Overflow::Close);
    ///     for reader in readers {
    ///         // Who is closing misses it.
    ///         let _ = reader.send_with(price, newest);
    ///     }
    /// }
    /// # tell("", 0, &[]);
    /// ```
    ///
    /// # Errors
    ///
    /// See [`send`](Self::send). With [`Overflow::Close`](crate::Overflow::Close) it is
    /// [`SendError::Closed`] when the queue was at the limit: the connection is closing by that.
    pub fn send_with<'a>(
        &self,
        message: impl Into<Message<'a>>,
        options: SendOptions,
    ) -> Result<Sent, SendError<'a>> {
        let message = message.into();
        if self.outlet.deflates_with(&message, options) {
            let outgoing = self.outlet.deflated(message, options)?;
            return self.queue(outgoing, options);
        }
        let request = |sender: &mut Sender| sender.send_with(message, options);
        Ok(self.outlet.request(request)?.into())
    }

    /// Queues a message that is sent to many: as its own settings have compressed it, see
    /// [`Prepared`]. With context takeover the next message of this connection is then compressed as
    /// if it were the first.
    ///
    /// ```
    /// use ws_handler::{Handle, Prepared};
    ///
    /// fn broadcast(room: &[Handle], text: String) {
    ///     let message = Prepared::new(text);
    ///     for handle in room {
    ///         // Who is closing or does not read misses it.
    ///         let _ = handle.send_prepared(&message);
    ///     }
    /// }
    /// # broadcast(&[], String::new());
    /// ```
    ///
    /// # Errors
    ///
    /// See [`send`](Self::send).
    pub fn send_prepared(&self, prepared: &Prepared) -> Result<Sent, SendError<'static>> {
        self.send_prepared_with(prepared, SendOptions::default())
    }

    /// The same, in this way: see [`send_with`](Self::send_with).
    ///
    /// # Errors
    ///
    /// See [`send_with`](Self::send_with).
    pub fn send_prepared_with(
        &self,
        prepared: &Prepared,
        options: SendOptions,
    ) -> Result<Sent, SendError<'static>> {
        self.queue(self.outlet.prepared(prepared), options)
    }

    fn queue<'a>(
        &self,
        outgoing: Outgoing<'a>,
        options: SendOptions,
    ) -> Result<Sent, SendError<'a>> {
        let deflate = self.outlet.deflate();
        let request = |sender: &mut Sender| outgoing.send(sender, deflate, options);
        Ok(self.outlet.request(request)?.into())
    }

    /// Waits until there is room in the queue: until it is below its high-water mark, or has fallen to
    /// the low-water mark after it was not. Any number of tasks may wait, each as long as it likes;
    /// all of them are woken then. Who sends when several were may find the mark reached again.
    ///
    /// ```
    /// use ws_handler::{Handle, NoRoom};
    ///
    /// /// As fast as the peer takes it.
    /// async fn upload(pages: Vec<String>, reader: Handle) -> Result<(), NoRoom> {
    ///     for page in pages {
    ///         reader.ready().await?;
    ///         // Who is closing misses it, and the next turn ends.
    ///         let _ = reader.send(page);
    ///     }
    ///     Ok(())
    /// }
    /// # let _ = upload;
    /// ```
    ///
    /// # Errors
    ///
    /// [`NoRoom`](crate::NoRoom) when the connection is closing or ended: nothing is sent any more.
    pub fn ready(&self) -> Ready {
        self.outlet.ready()
    }

    /// Messages that were sent in vain because the peer does not read as fast as it is sent to.
    #[must_use]
    pub fn dropped(&self) -> Dropped {
        self.outlet.lock().dropped()
    }

    /// Queues a ping of at most 125 bytes (RFC 6455 5.5.2).
    ///
    /// # Errors
    ///
    /// See [`PingError`].
    pub fn ping(&self, payload: &[u8]) -> Result<(), PingError> {
        self.outlet.request(|sender| sender.ping(payload))
    }

    /// Closes with a status code and a reason, after what was sent before.
    pub fn close(&self, frame: impl Into<CloseFrame>) {
        let frame = frame.into();
        self.outlet.change(|sender| sender.close(frame));
    }

    /// Closes without a status code.
    pub fn close_without_status(&self) {
        self.outlet.change(|sender| sender.close(None));
    }

    /// Ends the connection now: nothing more is written, no Close is sent, and a callback that is
    /// pending is dropped.
    pub fn abort(&self) {
        self.outlet.abort();
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
}

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        self.outlet.is_same(&other.outlet)
    }
}

impl Eq for Handle {}

impl Hash for Handle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.outlet.address().hash(state);
    }
}
