use std::{
    future::poll_fn,
    io,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};
use ws_handler::{Handler, Peer};

use crate::{
    connection::Connection,
    state::{Phase, State},
};

/// Pause after an error that the next accept would meet too, such as no descriptor left.
const PAUSE: Duration = Duration::from_millis(100);

/// Errors of single connections in a row after which the loop pauses all the same.
const ERRORS_IN_A_ROW: u32 = 16;

/// Where connections come from.
pub(crate) trait Accept {
    type Io: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<(Self::Io, Peer)>>;
}

impl Accept for TcpListener {
    type Io = TcpStream;

    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, Peer)>> {
        let (stream, addr) = ready!(TcpListener::poll_accept(self, cx))?;
        // Frames are gathered here, and a peer that is gone already shows when it is read from.
        let _ = stream.set_nodelay(true);
        Poll::Ready(Ok((stream, Peer::from(addr))))
    }
}

/// Accepts connections until the server drains. No error ends it, and none makes it spin.
pub(crate) async fn accept_loop<A, H>(mut listener: A, state: Arc<State>, make: impl Fn() -> H)
where
    A: Accept,
    H: Handler,
{
    let mut errors = 0;
    loop {
        let accepted = tokio::select! {
            biased;
            () = state.reached(Phase::Draining) => return,
            accepted = poll_fn(|cx| listener.poll_accept(cx)) => accepted,
        };
        let pause = match accepted {
            Ok((io, peer)) => {
                errors = 0;
                spawn(io, peer, &state, &make);
                continue;
            }
            Err(error) => {
                errors += 1;
                pauses(&error, errors)
            }
        };
        if pause {
            tokio::select! {
                () = state.reached(Phase::Draining) => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}

/// Whether the loop waits before the next try; says what went wrong, once for each row of errors.
fn pauses(error: &io::Error, in_a_row: u32) -> bool {
    let of_one_connection = is_of_one_connection(error);
    if of_one_connection {
        tracing::debug!("a connection was gone before it was accepted: {error}");
    } else if in_a_row == 1 {
        tracing::warn!("cannot accept connections, will try again every {PAUSE:?}: {error}");
    }
    !of_one_connection || in_a_row.is_multiple_of(ERRORS_IN_A_ROW)
}

/// Errors that say nothing of the listener: the next accept may well succeed.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown
    )
}

fn spawn<S, H>(io: S, peer: Peer, state: &Arc<State>, make: &impl Fn() -> H)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Handler,
{
    let Some((place, admission)) = state.admit() else {
        tracing::debug!(%peer, "dropped: too many connections");
        return;
    };
    let handler = make();
    let connection = Connection { io, peer, handler };
    tokio::spawn(connection.serve(place, admission));
}
