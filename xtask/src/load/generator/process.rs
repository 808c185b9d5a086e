//! What the kernel says about the server's process.

use std::fs;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::process::stop_if_interrupted;

/// A memory figure counts as settled when it has not grown or shrunk by more than this between two looks.
const STILL: u64 = 16 * 1024;

/// A process by its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process {
    id: u32,
}

/// Time of a process's threads, summed up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CoreTime {
    /// On a core: the first column.
    pub(crate) running: Duration,
    /// Able to run, while another process had the core: the second column.
    pub(crate) waiting: Duration,
}

impl CoreTime {
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            running: self.running.saturating_sub(before.running),
            waiting: self.waiting.saturating_sub(before.waiting),
        }
    }

    /// Adds one thread; `None` if the columns are not there.
    fn add(&mut self, schedstat: &str) -> Option<()> {
        let mut columns = schedstat.split_whitespace().map(str::parse);
        self.running += Duration::from_nanos(columns.next()?.ok()?);
        self.waiting += Duration::from_nanos(columns.next()?.ok()?);
        Some(())
    }
}

impl Process {
    pub(crate) fn new(id: u32) -> Self {
        Self { id }
    }

    pub(crate) fn id(self) -> u32 {
        self.id
    }

    /// What all its threads have had of the cores, from their schedstat.
    pub(crate) fn core_time(self) -> Result<CoreTime, Failure> {
        let read = || -> io::Result<CoreTime> {
            let mut sum = CoreTime::default();
            for task in fs::read_dir(format!("/proc/{}/task", self.id))? {
                match fs::read_to_string(task?.path().join("schedstat")) {
                    Ok(text) => sum.add(&text).ok_or(io::ErrorKind::InvalidData)?,
                    // A thread may end while the list is read.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(sum)
        };
        read().map_err(|e| self.unreadable(&e))
    }

    /// Its resident memory in bytes (`VmRSS`).
    pub(crate) fn resident(self) -> Result<u64, Failure> {
        self.status("VmRSS:")
    }

    /// The most resident memory it ever had, in bytes (`VmHWM`).
    pub(crate) fn peak_resident(self) -> Result<u64, Failure> {
        self.status("VmHWM:")
    }

    /// The addresses that it has mapped, in bytes (`VmSize`).
    pub(crate) fn mapped(self) -> Result<u64, Failure> {
        self.status("VmSize:")
    }

    /// Lets `peak_resident` begin anew (proc(5), `clear_refs`).
    pub(crate) fn forget_peak(self) -> Result<(), Failure> {
        fs::write(format!("/proc/{}/clear_refs", self.id), "5").map_err(|e| self.unreadable(&e))
    }

    /// How many descriptors it has.
    pub(crate) fn descriptors(self) -> Result<usize, Failure> {
        let open = fs::read_dir(format!("/proc/{}/fd", self.id));
        open.map(Iterator::count).map_err(|e| self.unreadable(&e))
    }

    /// Its resident memory once that stands still, or after five seconds.
    pub(crate) fn settled_resident(self) -> Result<u64, Failure> {
        let begun = Instant::now();
        let mut before = self.resident()?;
        loop {
            stop_if_interrupted()?;
            thread::sleep(Duration::from_millis(500));
            let now = self.resident()?;
            if now.abs_diff(before) <= STILL || begun.elapsed() > Duration::from_secs(5) {
                return Ok(now);
            }
            before = now;
        }
    }

    fn status(self, field: &str) -> Result<u64, Failure> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.id))
            .map_err(|e| self.unreadable(&e))?;
        kibibytes(&text, field)
            .map(|number| number * 1024)
            .ok_or_else(|| {
                Failure::failed(format!(
                    "process {} has no {field} line: it has ended",
                    self.id
                ))
            })
    }

    fn unreadable(self, error: &io::Error) -> Failure {
        Failure::failed(format!(
            "cannot read what process {} uses: {error}",
            self.id
        ))
    }
}

fn kibibytes(status: &str, field: &str) -> Option<u64> {
    let rest = status.lines().find_map(|line| line.strip_prefix(field))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_and_lines_are_found() {
        let mut sum = CoreTime::default();
        assert_eq!(sum.add("123456 789 10\n"), Some(()));
        assert_eq!(sum.add("1 1 1\n"), Some(()));
        assert_eq!(sum.running, Duration::from_nanos(123_457));
        assert_eq!(sum.waiting, Duration::from_nanos(790));
        assert_eq!(sum.add("\n"), None);
        let status = "VmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n";
        assert_eq!(kibibytes(status, "VmRSS:"), Some(1024));
        assert_eq!(kibibytes(status, "VmHWM:"), Some(2048));
        assert_eq!(kibibytes(status, "VmSwap:"), None);
    }

    #[test]
    fn this_process_uses_something() {
        let own = Process::new(std::process::id());
        assert!(own.core_time().is_ok());
        assert!(own.resident().unwrap() > 0);
        assert!(own.peak_resident().unwrap() > 0);
        assert!(own.mapped().unwrap() > 0);
        assert!(own.descriptors().unwrap() > 2);
    }

    #[test]
    fn a_process_that_is_not_there_is_an_error() {
        let none = Process::new(u32::MAX);
        assert!(none.core_time().is_err());
        assert!(none.resident().is_err());
    }
}
