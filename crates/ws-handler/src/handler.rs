use std::future::{Future, ready};

use ws_connection::{Message, ProtocolError};
use ws_handshake::{Acceptance, Rejection};

use crate::{Client, CloseInfo, Upgrade};

/// What an application does with one connection; its fields are the session.
///
/// Each connection has a value of its own, and its callbacks never run two at a time, in this order:
///
/// ```text
/// on_upgrade, on_open, (on_message | on_ping | on_pong | on_drain)*, on_error?, on_close
/// ```
///
/// While a callback is pending the connection goes on: what was sent leaves, pings of other tasks
/// and timers too. Only reading stops, which is how a slow application slows its peer down; that
/// the peer is gone shows only in a failing write meanwhile. A pending callback is dropped only by
/// an `abort`, at the deadline of a shutdown, and at its own where the server has set one. A panic ends this connection alone, with 1011.
///
/// Write each callback as an `async fn`:
///
/// ```
/// use ws_handler::{Client, Handler, Message};
///
/// #[derive(Clone)]
/// struct Echo;
///
/// impl Handler for Echo {
///     async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
///         client.send(message);
///     }
/// }
/// ```
pub trait Handler: Send + 'static {
    /// A peer asks to open a connection; by default it may. Runs at most once, before all else,
    /// under the handshake's deadline. When it refuses, or when the answer cannot be written, no
    /// other callback runs.
    fn on_upgrade(
        &mut self,
        upgrade: &Upgrade<'_>,
    ) -> impl Future<Output = Result<Acceptance, Rejection>> + Send {
        ready(Ok(upgrade.accept()))
    }

    /// The connection is open (RFC 6455 4.2.2). Runs once, before any message is received.
    fn on_open(&mut self, client: &mut Client) -> impl Future<Output = ()> + Send {
        let _ = client;
        ready(())
    }

    /// A whole message came (RFC 6455 6.2). Also called for messages that were under way when we
    /// sent a Close, never after the peer's Close.
    fn on_message(
        &mut self,
        client: &mut Client,
        message: Message<'_>,
    ) -> impl Future<Output = ()> + Send;

    /// A ping came (RFC 6455 5.5.2). It is answered already.
    fn on_ping(&mut self, client: &mut Client, payload: &[u8]) -> impl Future<Output = ()> + Send {
        let _ = (client, payload);
        ready(())
    }

    /// A pong came, to a ping of yours, of the keepalive, or unasked (RFC 6455 5.5.3);
    /// [`Client::round_trip`] knows the keepalive's round trip.
    fn on_pong(&mut self, client: &mut Client, payload: &[u8]) -> impl Future<Output = ()> + Send {
        let _ = (client, payload);
        ready(())
    }

    /// The write queue had reached its high-water mark and has fallen under its low-water mark.
    fn on_drain(&mut self, client: &mut Client) -> impl Future<Output = ()> + Send {
        let _ = client;
        ready(())
    }

    /// The peer broke the protocol or a limit. The Close that says so is on its way, nothing can
    /// be sent any more, and [`on_close`](Self::on_close) follows.
    fn on_error(
        &mut self,
        client: &mut Client,
        error: &ProtocolError,
    ) -> impl Future<Output = ()> + Send {
        let _ = (client, error);
        ready(())
    }

    /// The connection ended. Runs exactly once if [`on_open`](Self::on_open) was called, and last; never
    /// otherwise. (Only when the connection's task itself is dropped, as when the runtime ends,
    /// it does not run.)
    fn on_close(&mut self, close: &CloseInfo) -> impl Future<Output = ()> + Send {
        let _ = close;
        ready(())
    }
}
