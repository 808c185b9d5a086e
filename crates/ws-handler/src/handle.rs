use std::hash::{Hash, Hasher};

use ws_connection::{Message, PingError, SendError};
use ws_deflate::Prepared;
use ws_frame::CloseFrame;

use crate::{Outlet, Sent, outgoing::Outgoing};

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
            let outgoing = self.outlet.deflated(message)?;
            return self.queue(outgoing);
        }
        self.outlet.request(|sender| sender.send(message))?;
        Ok(Sent::Queued)
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
        self.queue(self.outlet.prepared(prepared))
    }

    fn queue<'a>(&self, outgoing: Outgoing<'a>) -> Result<Sent, SendError<'a>> {
        let deflate = self.outlet.deflate();
        self.outlet
            .request(|sender| outgoing.send(sender, deflate))?;
        Ok(Sent::Queued)
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
