use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
};

use crate::{counter::Counter, presence::Standing};

/// The part of some threads in the numbers of a server: on cache lines of its own (of which processors
/// fetch two at a time), so that threads which count do not wait for each other.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Shard {
    counters: [AtomicU64; Counter::COUNT],
    /// Connections that came here less those that left, which may be below 0: they move between
    /// threads.
    standing: [AtomicU64; Standing::COUNT],
    most_queued: AtomicU64,
}

impl Default for Shard {
    fn default() -> Self {
        Self {
            counters: [const { AtomicU64::new(0) }; Counter::COUNT],
            standing: [const { AtomicU64::new(0) }; Standing::COUNT],
            most_queued: AtomicU64::new(0),
        }
    }
}

impl Shard {
    #[inline]
    pub(crate) fn add(&self, counter: Counter, count: u64) {
        self.counters[counter as usize].fetch_add(count, Relaxed);
    }

    pub(crate) fn get(&self, counter: Counter) -> u64 {
        self.counters[counter as usize].load(Relaxed)
    }

    pub(crate) fn enter(&self, standing: Standing) {
        self.standing[standing as usize].fetch_add(1, Relaxed);
    }

    pub(crate) fn leave(&self, standing: Standing) {
        self.standing[standing as usize].fetch_sub(1, Relaxed);
    }

    pub(crate) fn standing(&self, standing: Standing) -> u64 {
        self.standing[standing as usize].load(Relaxed)
    }

    #[inline]
    pub(crate) fn note_queued(&self, bytes: u64) {
        // Nearly always it is no news, and a look is cheaper than a write.
        if bytes > self.most_queued.load(Relaxed) {
            self.most_queued.fetch_max(bytes, Relaxed);
        }
    }

    pub(crate) fn most_queued(&self) -> u64 {
        self.most_queued.load(Relaxed)
    }
}

/// The number of this thread, in the order in which threads first counted anything.
#[inline]
pub(crate) fn thread_number() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
    }
    NUMBER.get().unwrap_or_else(|| {
        let number = THREADS.fetch_add(1, Relaxed);
        NUMBER.set(Some(number));
        number
    })
}
