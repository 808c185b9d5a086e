//! What the system says of this process.

use std::{
    fs,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};

/// Only one test at a time is measured.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn descriptors() -> usize {
    let entries = fs::read_dir("/proc/self/fd").expect("a process");
    // The directory itself is one while it is read.
    entries.count() - 1
}

/// The processor time of all threads, those that have ended included.
fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(now).expect("it only grows")
}

/// The part of one processor that may be used while nobody asks anything.
const MOST: f64 = 0.01;

/// Watches the process while nobody asks anything of it. What was left to do at the beginning may spoil one look, but
/// not all of them.
pub(crate) fn assert_idle(when: &str) {
    let looks: Vec<f64> = (0..3).map(|_| look()).collect();
    let least = looks.iter().copied().fold(f64::MAX, f64::min);
    println!("{:.3} % of a processor {when}", least * 100.0);
    assert!(least < MOST, "parts of a processor {when}: {looks:?}");
}

fn look() -> f64 {
    let (before, start) = (cpu(), Instant::now());
    std::thread::sleep(Duration::from_millis(100));
    let used = cpu().saturating_sub(before);
    used.as_secs_f64() / start.elapsed().as_secs_f64()
}
