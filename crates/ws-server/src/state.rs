use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Waker},
    time::{Duration, Instant},
};

use slab::Slab;
use tokio::{
    sync::watch,
    time::{sleep, sleep_until, timeout},
};
use ws_frame::CloseCode;
use ws_handler::Handle;

use crate::{
    AddrLimits, Config, DrainReport, census::Census, counter::Counter, drain::Drain,
    endings::Endings, openings::Openings, wire::now,
};

mod place;

pub(crate) use place::{Place, Seat};

/// How long connections may take to end after the drain's deadline has cut them.
const AFTER_ABORT: Duration = Duration::from_secs(1);

/// The same when somebody who would not wait has had them cut.
const AFTER_CUT: Duration = Duration::from_millis(250);

/// What the listeners and connections of one server share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) config: Arc<Config>,
    max_connections: usize,
    granted: AtomicUsize,
    refused: AtomicUsize,
    census: Census,
    drain: Drain,
    list: Mutex<List>,
    asked: watch::Sender<Ask>,
    phase: watch::Sender<Phase>,
    /// Bumped whenever a connection ends while the server drains.
    ended: watch::Sender<()>,
}

/// The open connections, and what became of those before.
#[derive(Debug, Default)]
struct List {
    open: Slab<Open>,
    openings: Openings,
    /// Connections that opened though the server was draining already.
    late: usize,
    endings: Endings,
}

/// A connection in the list of its server.
#[derive(Debug)]
struct Open {
    handle: Handle,
    /// How it ended is known; only its transport may be there still.
    ended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(crate) enum Phase {
    Serving,
    Draining,
    /// Nobody waits for the server any more; connections in the caller's runtime go on.
    Stopped,
    /// The drain is over: what is still there is dropped, an `on_close` too.
    Over,
}

/// What somebody wants of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(crate) enum Ask {
    Nothing,
    /// The shutdown.
    Drain,
    /// Its end.
    Cut,
}

impl State {
    pub(crate) fn new(
        config: Arc<Config>,
        max_connections: usize,
        addrs: AddrLimits,
        drain: Drain,
    ) -> Self {
        Self {
            config,
            max_connections,
            granted: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            census: Census::new(addrs, max_connections),
            drain,
            list: Mutex::default(),
            asked: watch::Sender::new(Ask::Nothing),
            phase: watch::Sender::new(Phase::Serving),
            ended: watch::Sender::new(()),
        }
    }

    pub(crate) fn connections(&self) -> usize {
        self.granted.load(Relaxed)
    }

    /// Asks for this, unless more was asked for.
    pub(crate) fn ask(&self, wish: Ask) {
        self.asked.send_if_modified(|asked| {
            let is_more = *asked < wish;
            if is_more {
                *asked = wish;
            }
            is_more
        });
    }

    /// Waits until somebody asks for this or for more.
    pub(crate) async fn asked(&self, wish: Ask) {
        let mut watch = self.asked.subscribe();
        // The sender is a field of ours, so the wait cannot fail.
        let _ = watch.wait_for(|asked| *asked >= wish).await;
    }

    pub(crate) fn is_draining(&self) -> bool {
        *self.phase.borrow() >= Phase::Draining
    }

    /// Waits until the server is in this phase or a later one.
    pub(crate) async fn reached(&self, phase: Phase) {
        let mut watch = self.phase.subscribe();
        // The sender is a field of ours, so the wait cannot fail.
        let _ = watch.wait_for(|now| *now >= phase).await;
    }

    /// Nobody waits for the server any more. What is not open yet is refused: nobody would end it.
    pub(crate) fn stop(&self) {
        let openings = {
            let list = self.lock();
            self.phase.send_if_modified(|phase| {
                let goes_on = *phase < Phase::Stopped;
                if goes_on {
                    *phase = Phase::Stopped;
                }
                goes_on
            });
            list.openings.all()
        };
        openings.iter().for_each(Waker::wake_by_ref);
    }

    /// Wakes connections that are not open when their time is up. Never ends.
    pub(crate) async fn end_late_openings(&self) {
        let limit = self.config.handshake_timeout();
        // Who comes while nobody is there has that much time from then on.
        let nobody = limit.max(Duration::from_millis(1));
        loop {
            let next = self.lock().openings.next_deadline();
            match next {
                Some(deadline) => sleep_until(deadline.into()).await,
                None => sleep(nobody).await,
            }
            let due = self.lock().openings.due(now());
            due.iter().for_each(Waker::wake_by_ref);
        }
    }

    /// Closes all connections and waits for them to end; those that have not at the deadline, or
    /// when somebody asks for that, are cut.
    pub(crate) async fn drain(&self) -> DrainReport {
        let (open, before, handles, openings) = {
            let list = self.lock();
            // Under the lock: each connection is in the list by now, or finds the new phase and is late.
            self.phase.send_replace(Phase::Draining);
            (
                list.not_ended(),
                list.endings,
                list.handles(),
                list.openings.all(),
            )
        };
        openings.iter().for_each(Waker::wake_by_ref);
        let orderly = async {
            // Every connection is counted until it ends, those too that have not got their Close.
            tokio::select! {
                biased;
                () = self.close_all(&handles) => {}
                () = self.all_ended() => {}
            }
            let _ = timeout(self.drain.wait, self.all_ended()).await;
            AFTER_ABORT
        };
        let patience = tokio::select! {
            biased;
            () = self.asked(Ask::Cut) => AFTER_CUT,
            patience = orderly => patience,
        };
        let (late, aborted, after, handles) = {
            let list = self.lock();
            (list.late, list.not_ended(), list.endings, list.handles())
        };
        self.config.metrics().add(Counter::Cut, aborted as u64);
        handles.iter().for_each(Handle::abort);
        let _ = timeout(patience, self.all_ended()).await;
        self.phase.send_replace(Phase::Over);
        DrainReport::new(open + late, after - before, aborted)
    }

    /// Each gets its Close, one after the other over the time that they are spread over.
    async fn close_all(&self, handles: &[Handle]) {
        let start = tokio::time::Instant::now();
        for (at, handle) in handles.iter().enumerate() {
            let due = self.drain.due(at, handles.len());
            let early = due.saturating_sub(start.elapsed());
            if !early.is_zero() {
                sleep(early).await;
            }
            self.close(handle);
        }
    }

    fn close(&self, handle: &Handle) {
        handle.close(self.drain.frame.clone());
    }

    /// The code that a shutdown closes with.
    pub(crate) fn closes_with(&self) -> CloseCode {
        self.drain.frame.code()
    }

    async fn all_ended(&self) {
        let mut ended = self.ended.subscribe();
        while self.granted.load(Relaxed) > 0 {
            let _ = ended.changed().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl List {
    fn not_ended(&self) -> usize {
        self.open.iter().filter(|(_, open)| !open.ended).count()
    }

    /// To be called outside the lock: a call wakes a task.
    fn handles(&self) -> Vec<Handle> {
        let open = self.open.iter();
        open.map(|(_, open)| open.handle.clone()).collect()
    }
}

/// The place among those that are not open yet, of a connection that waited; it is left when dropped.
#[derive(Debug)]
pub(crate) struct OpeningSeat {
    state: Arc<State>,
    key: usize,
}

impl OpeningSeat {
    /// The task of `cx` is woken when the server drains, and at the deadline; `None` when it drains
    /// already.
    pub(crate) fn take(
        state: &Arc<State>,
        cx: &Context<'_>,
        deadline: Option<Instant>,
    ) -> Option<Self> {
        let mut list = state.lock();
        // Under the lock: a drain that begins later finds it.
        if state.is_draining() {
            return None;
        }
        let key = list.openings.push(cx, deadline);
        let state = state.clone();
        Some(Self { state, key })
    }

    /// The same for one that waited before: whether it goes on.
    pub(crate) fn register(&self, cx: &Context<'_>) -> bool {
        let mut list = self.state.lock();
        if self.state.is_draining() {
            return false;
        }
        let left = list.openings.register(self.key, cx);
        drop(list);
        // Outside the lock: the last waker of a task frees it.
        drop(left);
        true
    }
}

impl Drop for OpeningSeat {
    fn drop(&mut self) {
        let waker = self.state.lock().openings.remove(self.key);
        // Outside the lock: the last waker of a task frees it.
        drop(waker);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use ws_connection::Sender;
    use ws_handler::{Outlet, Peer};

    use super::*;

    /// So many at once that some get hold of the list whenever it is free.
    const OPENING: usize = 8;

    /// The phase changes and the list is read under one lock.
    #[test]
    fn a_connection_that_opens_while_a_drain_begins_is_counted_once() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        for _ in 0..50 {
            let state = Arc::new(State::new(
                Arc::default(),
                OPENING,
                AddrLimits::default(),
                Drain::default(),
            ));
            let outlet = Outlet::new(Sender::server(ws_connection::Config::default()));
            let open = || {
                let (place, _) = state.admit(Peer::UNKNOWN).expect("there is room");
                while !state.is_draining() {
                    std::hint::spin_loop();
                }
                let seat = place.register(&outlet.handle());
                thread::sleep(Duration::from_millis(1));
                drop(seat);
            };
            let report = thread::scope(|scope| {
                for _ in 0..OPENING {
                    scope.spawn(open);
                }
                // All of them wait by now.
                while state.granted.load(Relaxed) < OPENING {
                    thread::yield_now();
                }
                runtime.block_on(state.drain())
            });
            assert_eq!(report.open(), OPENING);
        }
    }
}
