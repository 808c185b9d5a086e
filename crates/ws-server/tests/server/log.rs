//! What the callbacks of all connections of one test wrote down.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::time::{Instant, sleep};
use ws_server::Handle;

/// Entries with their times, shared by a test and its handlers.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    start: Instant,
    entries: Arc<Mutex<Entries>>,
}

#[derive(Debug, Default)]
struct Entries {
    lines: Vec<(Duration, String)>,
    handles: Vec<Handle>,
}

impl Log {
    /// A log whose clock starts now.
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            entries: Arc::default(),
        }
    }

    pub(crate) fn note(&self, line: impl Into<String>) {
        let at = self.start.elapsed();
        self.enter().lines.push((at, line.into()));
    }

    pub(crate) fn note_handle(&self, handle: Handle) {
        self.enter().handles.push(handle);
    }

    /// The handle of the connection that opened first.
    pub(crate) fn handle(&self) -> Handle {
        self.enter().handles[0].clone()
    }

    pub(crate) fn handles(&self) -> Vec<Handle> {
        self.enter().handles.clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let entries = self.enter();
        entries.lines.iter().map(|(_, line)| line.clone()).collect()
    }

    /// How many lines begin with `start`.
    pub(crate) fn count(&self, start: &str) -> usize {
        let entries = self.enter();
        let lines = entries.lines.iter();
        lines.filter(|(_, line)| line.starts_with(start)).count()
    }

    /// When the first line was noted that begins with `start`.
    pub(crate) fn time_of(&self, start: &str) -> Duration {
        let entries = self.enter();
        let mut lines = entries.lines.iter();
        let line = lines.find(|(_, line)| line.starts_with(start));
        line.unwrap_or_else(|| panic!("no {start} in {:#?}", entries.lines))
            .0
    }

    /// Waits until `count` lines begin with `start`.
    pub(crate) async fn until(&self, count: usize, start: &str) {
        let deadline = Instant::now() + Duration::from_secs(300);
        while self.count(start) < count {
            assert!(
                Instant::now() < deadline,
                "no {start} in {:#?}",
                self.lines()
            );
            sleep(Duration::from_millis(1)).await;
        }
    }

    fn enter(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().expect("nobody panics under this lock")
    }
}
