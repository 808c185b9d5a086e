use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use slab::Slab;
use tokio::{sync::watch, time::timeout};
use ws_frame::{CloseCode, CloseFrame};
use ws_handler::{CloseInfo, Handle};

use crate::{Config, DrainReport, admission::Admission};

/// Connections above the limit that are told so at a time; further ones are dropped unheard.
const REFUSED_AT_A_TIME: usize = 64;

/// How long connections may take to end after the drain's deadline has cut them.
const AFTER_ABORT: Duration = Duration::from_secs(1);

/// What the listeners and connections of one server share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) config: Arc<Config>,
    max_connections: usize,
    granted: AtomicUsize,
    refused: AtomicUsize,
    open: Mutex<Slab<Open>>,
    /// Connections that opened though the server was draining already.
    late: AtomicUsize,
    clean: AtomicUsize,
    phase: watch::Sender<Phase>,
    /// Bumped whenever a connection ends while the server drains.
    ended: watch::Sender<()>,
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

impl State {
    pub(crate) fn new(config: Arc<Config>, max_connections: usize) -> Self {
        Self {
            config,
            max_connections,
            granted: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            open: Mutex::default(),
            late: AtomicUsize::new(0),
            clean: AtomicUsize::new(0),
            phase: watch::Sender::new(Phase::Serving),
            ended: watch::Sender::new(()),
        }
    }

    /// A place for a new connection; `None` when it is to be dropped at once.
    pub(crate) fn admit(self: &Arc<Self>) -> Option<(Place, Admission)> {
        let limit = self.max_connections;
        let (counter, limit, admission) = if self.granted.load(Relaxed) < limit {
            (Counter::Granted, limit, Admission::Granted)
        } else {
            let reason = "the server holds as many connections as it may: try again later";
            (
                Counter::Refused,
                REFUSED_AT_A_TIME,
                Admission::Refused(reason),
            )
        };
        let more = |count| (count < limit).then_some(count + 1);
        self.counter(counter)
            .fetch_update(Relaxed, Relaxed, more)
            .ok()?;
        let state = self.clone();
        Some((Place { state, counter }, admission))
    }

    fn counter(&self, counter: Counter) -> &AtomicUsize {
        match counter {
            Counter::Granted => &self.granted,
            Counter::Refused => &self.refused,
        }
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

    pub(crate) fn stop(&self) {
        self.phase.send_if_modified(|phase| {
            let goes_on = *phase < Phase::Stopped;
            if goes_on {
                *phase = Phase::Stopped;
            }
            goes_on
        });
    }

    /// Closes all connections with 1001 and waits for them to end; those that have not at the
    /// deadline are cut.
    pub(crate) async fn drain(&self, wait: Duration) -> DrainReport {
        let clean_before = self.clean.load(Relaxed);
        let open = {
            let list = self.lock();
            // Under the lock: each connection is in the list by now, or finds the new phase and is late.
            self.phase.send_replace(Phase::Draining);
            each_open(list, close_going_away)
        };
        let _ = timeout(wait, self.all_ended()).await;
        let aborted = each_open(self.lock(), Handle::abort);
        let _ = timeout(AFTER_ABORT, self.all_ended()).await;
        self.phase.send_replace(Phase::Over);
        let open = open + self.late.load(Relaxed);
        let clean = self.clean.load(Relaxed) - clean_before;
        DrainReport::new(open, clean, aborted)
    }

    async fn all_ended(&self) {
        let mut ended = self.ended.subscribe();
        while self.granted.load(Relaxed) > 0 {
            let _ = ended.changed().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slab<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls each that is in the list; how many have not ended.
fn each_open(list: MutexGuard<'_, Slab<Open>>, call: impl Fn(&Handle)) -> usize {
    let handles: Vec<Handle> = list.iter().map(|(_, open)| open.handle.clone()).collect();
    let count = list.iter().filter(|(_, open)| !open.ended).count();
    // Outside the lock: a call wakes a task.
    drop(list);
    handles.iter().for_each(call);
    count
}

fn close_going_away(handle: &Handle) {
    handle.close(CloseFrame::from_static(
        CloseCode::GOING_AWAY,
        "the server is shutting down",
    ));
}

#[derive(Clone, Copy, Debug)]
enum Counter {
    Granted,
    Refused,
}

/// The place of one connection in its server; it is free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    state: Arc<State>,
    counter: Counter,
}

impl Place {
    pub(crate) fn state(&self) -> &Arc<State> {
        &self.state
    }

    /// Makes an open connection known, so that a shutdown can close it.
    pub(crate) fn register(self, handle: &Handle) -> Seat {
        let mut list = self.state.lock();
        let key = list.insert(Open {
            handle: handle.clone(),
            ended: false,
        });
        let is_late = self.state.is_draining();
        drop(list);
        if is_late {
            self.state.late.fetch_add(1, Relaxed);
            close_going_away(handle);
        }
        Seat { place: self, key }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.state.counter(self.counter).fetch_sub(1, Relaxed);
        if self.state.is_draining() {
            self.state.ended.send_replace(());
        }
    }
}

/// An open connection in the list of its server; it leaves the list when dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    place: Place,
    key: usize,
}

impl Seat {
    pub(crate) fn is_draining(&self) -> bool {
        self.place.state.is_draining()
    }

    /// What `call` returns; `None` when the shutdown of the server is over before.
    pub(crate) async fn until_over<F: Future>(&self, call: F) -> Option<F::Output> {
        tokio::select! {
            biased;
            output = call => Some(output),
            () = self.place.state.reached(Phase::Over) => None,
        }
    }

    pub(crate) fn ended(&self, close: &CloseInfo) {
        self.place.state.lock()[self.key].ended = true;
        if close.is_clean() {
            self.place.state.clean.fetch_add(1, Relaxed);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.place.state.lock().remove(self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use ws_connection::Sender;
    use ws_handler::Outlet;

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
            let state = Arc::new(State::new(Arc::default(), OPENING));
            let outlet = Outlet::new(Sender::server(ws_connection::Config::default()));
            let open = || {
                let (place, _) = state.admit().expect("there is room");
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
                runtime.block_on(state.drain(Duration::from_secs(60)))
            });
            assert_eq!(report.open(), OPENING);
        }
    }
}
