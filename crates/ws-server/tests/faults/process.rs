//! What the system says of this process.

use std::{
    fs,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

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

/// The processor time of all threads, the first one's, which only waits, included.
fn cpu() -> Duration {
    let tasks = fs::read_dir("/proc/self/task").expect("a process");
    let nanos = tasks.filter_map(|task| {
        let stat = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanos.sum())
}

/// The part of one processor that the process takes while nobody asks anything of it.
pub(crate) fn idle_cpu() -> f64 {
    let (before, start) = (cpu(), Instant::now());
    std::thread::sleep(Duration::from_millis(300));
    let used = cpu().saturating_sub(before);
    used.as_secs_f64() / start.elapsed().as_secs_f64()
}
