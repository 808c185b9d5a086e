use std::{
    future::Future,
    pin::Pin,
    sync::Mutex,
    task::{Context, Poll},
    time::Duration,
};

use allocation_counter::measure;
use tokio::{
    runtime::{Builder, Runtime},
    time::{Instant, timeout},
};
use ws_connection::Config as ConnectionConfig;
use ws_server::{Config, Peer, serve_connection};

use super::{
    action::Action,
    actor::{Actor, Log, do_by_handle},
    input::Input,
    transport::{Record, Transport, enter, take},
};

/// Polls in a row that may come to nothing: the budget of tokio, a read that lets others go first, timers that come
/// early.
const IDLE_POLLS: u32 = 40;

/// What became of a connection.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) config: ConnectionConfig,
    pub(super) record: Record,
    pub(super) log: Log,
    pub(super) end: End,
    /// By the clock of the connection.
    pub(super) time: Duration,
    /// Bytes that were held at most.
    pub(super) memory: u64,
}

/// How the connection's future ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Ended,
    /// It was dropped before.
    Dropped,
    /// A callback was pending for ever, and the connection was aborted in the end.
    Aborted,
}

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("timers alone need nothing of the system");
}

pub(super) fn run(input: &Input<'_>) -> Outcome {
    let config = config(input);
    let (transport, record) = Transport::new(input);
    let (actor, log) = Actor::new(input.actions);
    let mut ended = (End::Ended, Duration::ZERO);
    let live = RUNTIME.with(|runtime| {
        let live =
            || ended = runtime.block_on(live(input, &config, (transport, &record), (actor, &log)));
        measure(live)
    });
    let (end, time) = ended;
    Outcome {
        config,
        record: take(&record),
        log: Log::take(&log),
        end,
        time,
        memory: live.bytes_max,
    }
}

/// One connection, from its transport to its end, and how long it took.
async fn live(
    input: &Input<'_>,
    config: &ConnectionConfig,
    (transport, record): (Transport, &Mutex<Record>),
    (actor, log): (Actor, &Mutex<Log>),
) -> (End, Duration) {
    let start = Instant::now();
    let server = Config::default().with_connection(config.clone());
    let serving = serve_connection(transport, Peer::UNKNOWN, actor, server.into());
    let outside = input.outside.iter().rev();
    let mut watched = Box::pin(Watched {
        serving: Some(Box::pin(serving)),
        outside: outside.map(|&byte| Action::new(byte)).collect(),
        polls_left: input.drop_after,
        record,
        log,
        seen: (0, 0, start),
        idle: 0,
    });
    let end = match timeout(input.time_limit(), &mut watched).await {
        Ok(end) => end,
        Err(_) => abort(log, watched).await,
    };
    (end, start.elapsed())
}

fn config(input: &Input<'_>) -> ConnectionConfig {
    let config = ConnectionConfig::default()
        .with_max_message(4000)
        .with_max_empty_fragments(3)
        .with_fragment_size(1500);
    match input.has_small_queue() {
        true => config.with_high_water(2000).with_max_queue(5000),
        false => config,
    }
}

/// Ends a connection that lives on: only a callback that never returns may be the reason. That `on_close` is that
/// callback is not known to a handle, so then it is dropped.
async fn abort(log: &Mutex<Log>, watched: Pin<Box<Watched<'_, impl Future<Output = ()>>>>) -> End {
    let handle = {
        let log = enter(log);
        assert!(log.waits_for_ever, "no end: {log:#?}");
        if !log.closes.is_empty() {
            return End::Aborted;
        }
        log.handle.clone()
    };
    let handle = handle.expect("the time for a handshake is limited");
    handle.abort();
    let ended = timeout(Duration::from_millis(1), watched).await;
    assert!(
        ended.is_ok() || !enter(log).closes.is_empty(),
        "an abort ends nothing"
    );
    End::Aborted
}

/// The connection, and what happens beside it.
struct Watched<'a, F> {
    serving: Option<Pin<Box<F>>>,
    /// The next is the last.
    outside: Vec<Action>,
    polls_left: u8,
    record: &'a Mutex<Record>,
    log: &'a Mutex<Log>,
    /// What was to be seen of it when something last went on.
    seen: (u64, u64, Instant),
    idle: u32,
}

impl<F: Future<Output = ()>> Watched<'_, F> {
    /// A connection that is polled again and again has to get on.
    fn watch(&mut self) {
        let progress = (enter(self.record).progress, enter(self.log).progress);
        let seen = (progress.0, progress.1, Instant::now());
        if seen == self.seen {
            self.idle += 1;
            assert!(self.idle <= IDLE_POLLS, "it spins");
        } else {
            self.seen = seen;
            self.idle = 0;
        }
    }
}

impl<F: Future<Output = ()>> Future for Watched<'_, F> {
    type Output = End;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<End> {
        let Some(serving) = &mut self.serving else {
            return Poll::Ready(End::Dropped);
        };
        if serving.as_mut().poll(context).is_ready() {
            return Poll::Ready(End::Ended);
        }
        self.watch();
        if self.polls_left == 1 {
            self.serving = None;
            return Poll::Ready(End::Dropped);
        }
        self.polls_left = self.polls_left.saturating_sub(1);
        if let Some(action) = self.outside.pop() {
            do_by_handle(action, self.log);
        }
        Poll::Pending
    }
}
