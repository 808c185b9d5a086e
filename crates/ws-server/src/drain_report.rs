use std::fmt;

use crate::endings::Endings;

/// What became of the connections that were open when the server was told to shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrainReport {
    open: usize,
    endings: Endings,
    aborted: usize,
}

impl DrainReport {
    pub(crate) fn new(open: usize, endings: Endings, aborted: usize) -> Self {
        Self {
            open,
            endings,
            aborted,
        }
    }

    /// Connections that were open: each of them ended in one of the ways below.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open
    }

    /// Connections that ended with a Close of both sides.
    #[must_use]
    pub fn clean(&self) -> usize {
        self.endings.clean
    }

    /// Connections whose peers did not answer in time, or did not take what was sent.
    #[must_use]
    pub fn timed_out(&self) -> usize {
        self.endings.timed_out
    }

    /// Connections whose transport ended or broke before both sides had said their Close.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.endings.lost
    }

    /// Connections that a broken rule, a panic or an abort of the application ended.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.endings.failed
    }

    /// Connections that had not ended at the deadline, or when [`cut`](crate::ServerHandle::cut) was
    /// called, and were cut.
    #[must_use]
    pub fn aborted(&self) -> usize {
        self.aborted
    }
}

impl fmt::Display for DrainReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            open,
            endings,
            aborted,
        } = self;
        let clean = endings.clean;
        write!(f, "{open} connections were open, {clean} closed cleanly")?;
        let others = [
            (endings.timed_out, "timed out"),
            (endings.lost, "were lost"),
            (endings.failed, "failed"),
        ];
        for (count, what) in others.iter().filter(|(count, _)| *count > 0) {
            write!(f, ", {count} {what}")?;
        }
        write!(f, ", {aborted} were cut")
    }
}
