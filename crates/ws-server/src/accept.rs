use std::{
    future::poll_fn,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
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
    admission::Admission,
    connection::Connection,
    counter::Counter,
    state::{Phase, State},
    traced::names,
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
                state.config.metrics().add(Counter::AcceptErrors, 1);
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
    let metrics = state.config.metrics();
    let proxies = state.config.trusted_proxies();
    metrics.add(Counter::Accepted, 1);
    let (place, admission) = match state.admit(peer) {
        Ok(admitted) => admitted,
        Err(excess) => {
            metrics.add(excess.dropped(), 1);
            let (transport, peer) = names(peer, proxies);
            tracing::debug!(transport, peer, "dropped: {excess}");
            return;
        }
    };
    if let Admission::Refused(excess) = admission {
        metrics.add(excess.refused(), 1);
    }
    // A fault of the application's in one connection must not end the loop.
    let Ok(handler) = catch_unwind(AssertUnwindSafe(make)) else {
        metrics.add(Counter::Panics, 1);
        let (transport, peer) = names(peer, proxies);
        tracing::error!(transport, peer, "dropped: making its handler panicked");
        return;
    };
    let connection = Connection { io, peer, handler };
    tokio::spawn(connection.serve(place, admission));
}

#[cfg(test)]
mod tests {
    use std::{collections::VecDeque, sync::atomic::AtomicUsize};

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
        task::JoinHandle,
        time::{Instant, timeout},
    };
    use ws_handler::{Client, Message};

    use super::*;
    use crate::{AddrLimits, Config, drain::Drain};

    #[derive(Clone)]
    struct Silent;

    impl Handler for Silent {
        async fn on_message(&mut self, _: &mut Client, _: Message<'_>) {}
    }

    type Accepted = io::Result<DuplexStream>;

    /// Gives out what it was told to, then the error that stays, if there is one.
    struct Script {
        steps: VecDeque<Accepted>,
        stays: Option<i32>,
        polls: Arc<AtomicUsize>,
    }

    impl Accept for Script {
        type Io = DuplexStream;

        fn poll_accept(&mut self, _: &mut Context<'_>) -> Poll<io::Result<(DuplexStream, Peer)>> {
            self.polls
                .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            match (self.steps.pop_front(), self.stays) {
                (Some(step), _) => Poll::Ready(step.map(|io| (io, Peer::UNKNOWN))),
                (None, Some(errno)) => Poll::Ready(Err(io::Error::from_raw_os_error(errno))),
                (None, None) => Poll::Pending,
            }
        }
    }

    /// A loop over a script.
    struct Running {
        task: JoinHandle<()>,
        state: Arc<State>,
        polls: Arc<AtomicUsize>,
    }

    impl Running {
        fn start(steps: impl IntoIterator<Item = Accepted>, stays: Option<i32>) -> Self {
            Self::with(steps, stays, || Silent)
        }

        fn with(
            steps: impl IntoIterator<Item = Accepted>,
            stays: Option<i32>,
            make: impl Fn() -> Silent + Send + 'static,
        ) -> Self {
            let polls = Arc::new(AtomicUsize::new(0));
            let script = Script {
                steps: steps.into_iter().collect(),
                stays,
                polls: polls.clone(),
            };
            let state = Arc::new(State::new(
                Arc::new(Config::default()),
                100,
                AddrLimits::default(),
                Drain::default(),
            ));
            let task = tokio::spawn(accept_loop(script, state.clone(), make));
            Self { task, state, polls }
        }

        fn polls(&self) -> usize {
            self.polls.load(std::sync::atomic::Ordering::Relaxed)
        }
    }

    /// Whether somebody answers at the other end, and how long that took.
    async fn served(mut peer: DuplexStream) -> Duration {
        let start = Instant::now();
        peer.write_all(b"\x16").await.expect("room");
        let mut answer = [0; 12];
        let read = timeout(Duration::from_secs(60), peer.read_exact(&mut answer));
        read.await.expect("in time").expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 400");
        start.elapsed()
    }

    fn error(errno: i32) -> Accepted {
        Err(io::Error::from_raw_os_error(errno))
    }

    const EPERM: i32 = 1;
    const EINTR: i32 = 4;
    const ENOMEM: i32 = 12;
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    const ECONNABORTED: i32 = 103;

    /// A42
    #[cfg(target_os = "linux")]
    #[tokio::test(start_paused = true)]
    async fn an_error_of_one_connection_does_not_delay_the_next() {
        for errno in [ECONNABORTED, EINTR, EPERM] {
            let (near, far) = duplex(1000);
            let running = Running::start([error(errno), Ok(far)], None);
            let took = served(near).await;
            assert!(took < Duration::from_millis(10), "{errno}: {took:?}");
            assert!(!running.task.is_finished());
        }
    }

    /// A42, A41: the next accept would meet it too, so there is a pause; and then it goes on.
    #[cfg(target_os = "linux")]
    #[tokio::test(start_paused = true)]
    async fn an_error_of_the_system_delays_the_next_connection_by_less_than_200_ms() {
        for errno in [EMFILE, ENFILE, ENOMEM] {
            let (near, far) = duplex(1000);
            let running = Running::start([error(errno), Ok(far)], None);
            let took = served(near).await;
            assert!(took >= PAUSE, "{errno}: {took:?}");
            assert!(took < Duration::from_millis(200), "{errno}: {took:?}");
            assert!(!running.task.is_finished());
        }
    }

    #[cfg(target_os = "linux")]
    #[tokio::test(start_paused = true)]
    async fn all_kinds_of_errors_in_turn_do_not_end_the_loop() {
        let errors = [ECONNABORTED, EMFILE, EINTR, ENFILE, EPERM, ENOMEM];
        let mut peers = Vec::new();
        let mut steps = Vec::new();
        for errno in errors.iter().cycle().take(60) {
            let (near, far) = duplex(1000);
            peers.push(near);
            steps.extend([error(*errno), Ok(far)]);
        }
        let running = Running::start(steps, None);
        for peer in peers {
            served(peer).await;
        }
        let counted = running.state.config.metrics().snapshot();
        assert_eq!((counted.accept_errors, counted.accepted), (60, 60));
    }

    /// A41: no descriptor is free for ten seconds.
    #[cfg(target_os = "linux")]
    #[tokio::test(start_paused = true)]
    async fn an_error_that_stays_does_not_make_the_loop_spin() {
        for errno in [EMFILE, ECONNABORTED, EINTR, EPERM] {
            let running = Running::start([], Some(errno));
            tokio::time::sleep(Duration::from_secs(10)).await;
            let most = match errno {
                EMFILE => 101,
                _ => 101 * ERRORS_IN_A_ROW as usize,
            };
            let polls = running.polls();
            assert!((50..=most).contains(&polls), "{errno}: {polls}");
            assert!(!running.task.is_finished());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_loop_ends_when_the_server_drains_be_it_waiting_or_pausing() {
        for stays in [None, Some(EMFILE)] {
            let running = Running::start([], stays);
            tokio::time::sleep(Duration::from_millis(50)).await;
            let start = Instant::now();
            let drained = running.state.drain().await;
            assert_eq!(drained.open(), 0);
            let ended = timeout(Duration::from_millis(10), running.task).await;
            ended.expect("at once").expect("no panic");
            assert!(start.elapsed() < Duration::from_millis(10));
        }
    }

    /// A fault of the application's in one connection, like any other.
    #[tokio::test(start_paused = true)]
    async fn a_handler_that_cannot_be_made_costs_its_own_connection_only() {
        let (mut lost, first) = duplex(1000);
        let (near, second) = duplex(1000);
        let made = AtomicUsize::new(0);
        let running = Running::with([Ok(first), Ok(second)], None, move || {
            let number = made.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            assert_ne!(number, 0, "the first handler fails");
            Silent
        });
        served(near).await;
        assert!(!running.task.is_finished());
        let mut rest = Vec::new();
        let read = timeout(Duration::from_secs(60), lost.read_to_end(&mut rest)).await;
        read.expect("it ends").expect("no error");
        assert_eq!(rest, b"");
    }

    /// Small replies leave at once: they are gathered here, and must not wait in the kernel again.
    #[tokio::test]
    async fn a_socket_that_was_accepted_does_not_gather_small_writes() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("bound");
        let near = TcpStream::connect(addr).await.expect("it listens");
        let mut listener = listener;
        let accepted = poll_fn(|cx| Accept::poll_accept(&mut listener, cx)).await;
        let (stream, peer) = accepted.expect("a connection");
        assert!(stream.nodelay().expect("a socket"));
        assert_eq!(peer.addr(), near.local_addr().ok());
    }
}
