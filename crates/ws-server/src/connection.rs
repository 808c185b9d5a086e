use std::{
    future::{Future, poll_fn},
    sync::Arc,
};

use tokio::io::{AsyncRead, AsyncWrite};
use ws_handler::{Handler, Peer};

use crate::{
    Config,
    admission::Admission,
    opening::Opening,
    stage::Stage,
    state::Place,
    traced::{Traced, span},
};

/// Serves one connection on any transport, from its handshake to its end: for a TLS stream, a Unix
/// socket, a pipe of a test. It needs a tokio runtime with timers.
///
/// The future ends when the transport does. Dropping it ends the connection at once, without
/// [`on_close`](Handler::on_close).
///
/// ```
/// use std::sync::Arc;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
/// use ws_server::{Client, Config, Handler, Message, Peer, serve_connection};
///
/// struct Echo;
///
/// impl Handler for Echo {
///     async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
///         client.send(message);
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let (mut near, far) = tokio::io::duplex(1024);
/// tokio::spawn(serve_connection(far, Peer::UNKNOWN, Echo, Arc::new(Config::default())));
///
/// near.write_all(
///     b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
///       Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
/// )
/// .await?;
/// let mut answer = [0; 12];
/// near.read_exact(&mut answer).await?;
/// assert_eq!(&answer, b"HTTP/1.1 101");
/// # std::io::Result::Ok(())
/// # })?;
/// # std::io::Result::Ok(())
/// ```
pub fn serve_connection<S, H>(
    io: S,
    peer: impl Into<Peer>,
    handler: H,
    config: Arc<Config>,
) -> impl Future<Output = ()> + Send
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Handler,
{
    let connection = Connection {
        io,
        peer: peer.into(),
        handler,
    };
    live(Opening::new(connection, config, None, Admission::Granted))
}

/// A connection that was accepted by the transport and by nobody else yet.
#[derive(Debug)]
pub(crate) struct Connection<S, H> {
    pub(crate) io: S,
    pub(crate) peer: Peer,
    pub(crate) handler: H,
}

impl<S, H> Connection<S, H>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Handler,
{
    /// Serves the connection at its place in a server.
    pub(crate) fn serve(
        self,
        place: Place,
        admission: Admission,
    ) -> impl Future<Output = ()> + Send {
        let config = place.state().config.clone();
        live(Opening::new(self, config, Some(place), admission))
    }
}

/// The whole life of a connection. All but the waits for a request and for input is boxed, and leaves
/// nothing behind.
fn live<S, H>(opening: Opening<S, H>) -> impl Future<Output = ()> + Send
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Handler,
{
    let span = span(opening.connection.peer, opening.config.trusted_proxies());
    let mut stage = Stage::Opening(opening);
    Traced::new(span, async move {
        loop {
            let wake = poll_fn(|cx| stage.poll_wake(cx)).await;
            let Some(turn) = stage.turn(wake) else {
                return;
            };
            if let Err(ending) = turn.await {
                stage.end(ending);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpStream;
    use ws_handler::{Client, Message};

    use super::*;

    struct Echo;

    impl Handler for Echo {
        async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
            client.send(message);
        }
    }

    /// A handler whose callbacks' futures are large: they are boxed for the time they run.
    struct Large;

    impl Handler for Large {
        async fn on_message(&mut self, _: &mut Client, message: Message<'_>) {
            let buffer = [message.len() as u8; 10_000];
            tokio::task::yield_now().await;
            assert_eq!(buffer[0], buffer[9_999]);
        }
    }

    fn size_of_future<H: Handler, F>(
        _: impl Fn(Connection<TcpStream, H>, Place, Admission) -> F,
    ) -> usize {
        size_of::<F>()
    }

    /// R1: this is what an idle connection costs. It may shrink. With tokio's 104 bytes it fits in a task
    /// of 384, which come in steps of 128.
    #[test]
    fn the_future_of_a_connection_is_small() {
        let size = size_of_future(Connection::<TcpStream, Echo>::serve);
        assert!(size <= 280, "{size} bytes");
    }

    #[test]
    fn large_callbacks_do_not_make_an_idle_connection_larger() {
        let small = size_of_future(Connection::<TcpStream, Echo>::serve);
        assert_eq!(size_of_future(Connection::<TcpStream, Large>::serve), small);
    }
}
