use std::{
    future::{Future, pending},
    pin::Pin,
    sync::Arc,
};

use tokio::io::{AsyncRead, AsyncWrite};
use ws_connection::{Receiver, Sender};
use ws_handler::{Handler, Outlet, Peer, Session};

use crate::{
    Config,
    admission::Admission,
    driver::Driver,
    handshake::{Opening, Terms},
    state::{Phase, Place, Seat},
    wire::{Wire, now},
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
pub async fn serve_connection<S, H>(io: S, peer: impl Into<Peer>, handler: H, config: Arc<Config>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Handler,
{
    let connection = Connection {
        io,
        peer: peer.into(),
        handler,
    };
    drive(Box::pin(async move {
        let opening = connection.open(&config, Admission::Granted, pending());
        opening
            .await
            .map(|(opened, early)| (opened.driver(None), early))
    }))
    .await;
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
    S: AsyncRead + AsyncWrite + Unpin + Send,
    H: Handler,
{
    /// Serves the connection at its place in a server.
    pub(crate) fn serve(
        self,
        place: Place,
        admission: Admission,
    ) -> impl Future<Output = ()> + Send {
        drive(Box::pin(async move {
            let state = place.state().clone();
            let draining = state.reached(Phase::Draining);
            let (opened, early) = self.open(&state.config, admission, draining).await?;
            let seat = place.register(&opened.outlet.handle());
            Some((opened.driver(Some(seat)), early))
        }))
    }

    async fn open(
        mut self,
        config: &Config,
        admission: Admission,
        draining: impl Future<Output = ()> + Send,
    ) -> Option<(Opened<S, H>, Vec<u8>)> {
        let terms = Terms {
            transport: self.peer,
            peer: self.peer,
            config,
            admission,
        };
        let opening = Opening::new(&mut self.io, terms);
        let answered = opening.run(&mut self.handler, draining).await?;
        self.peer = answered.peer;
        let protocol = config.shared_connection().clone();
        let sender = Sender::server(protocol.clone());
        let receiver = Receiver::server(protocol);
        let (outlet, receiver) = match answered.deflate {
            None => (Outlet::new(sender), receiver),
            Some(deflate) => {
                let receiver = receiver.with_extension(&deflate);
                (Outlet::with_deflate(sender, deflate), receiver)
            }
        };
        let opened = Opened {
            outlet,
            receiver,
            connection: self,
        };
        Some((opened, answered.early))
    }
}

/// A connection behind its opening handshake.
#[derive(Debug)]
struct Opened<S, H> {
    connection: Connection<S, H>,
    outlet: Outlet,
    receiver: Receiver,
}

impl<S, H> Opened<S, H>
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Handler,
{
    fn driver(self, seat: Option<Seat>) -> Driver<S, H> {
        let Connection { io, peer, handler } = self.connection;
        Driver {
            session: Session::new(handler, self.outlet.client(peer)),
            wire: Wire::new(io, self.outlet),
            receiver: self.receiver,
            opened: now(),
            seat,
        }
    }
}

/// The whole life of a connection. All but the wait for input is boxed, and leaves nothing behind:
/// this future's size is what an idle connection costs.
async fn drive<S, H>(opening: Pin<Box<impl Future<Output = Option<(Driver<S, H>, Vec<u8>)>>>>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Handler,
{
    let Some((mut driver, early)) = opening.await else {
        return;
    };
    let ending = match Box::pin(driver.start(early)).await {
        Ok(()) => driver.serve().await,
        Err(ending) => ending,
    };
    Box::pin(driver.end(ending)).await;
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

    /// R1: this is what an idle connection costs. It may shrink.
    #[test]
    fn the_future_of_a_connection_is_small() {
        let size = size_of_future(Connection::<TcpStream, Echo>::serve);
        assert!(size <= 384, "{size} bytes");
    }

    #[test]
    fn large_callbacks_do_not_make_an_idle_connection_larger() {
        let small = size_of_future(Connection::<TcpStream, Echo>::serve);
        assert_eq!(size_of_future(Connection::<TcpStream, Large>::serve), small);
    }
}
