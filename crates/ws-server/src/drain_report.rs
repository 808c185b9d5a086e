use std::fmt;

/// What became of the connections that were open when the server was told to shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrainReport {
    open: usize,
    clean: usize,
    aborted: usize,
}

impl DrainReport {
    pub(crate) fn new(open: usize, clean: usize, aborted: usize) -> Self {
        Self {
            open,
            clean,
            aborted,
        }
    }

    /// Connections that were open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open
    }

    /// Connections that ended with a Close of both sides.
    #[must_use]
    pub fn clean(&self) -> usize {
        self.clean
    }

    /// Connections that had not ended at the deadline and were cut.
    #[must_use]
    pub fn aborted(&self) -> usize {
        self.aborted
    }
}

impl fmt::Display for DrainReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            open,
            clean,
            aborted,
        } = self;
        write!(
            f,
            "{open} connections were open, {clean} closed cleanly, {aborted} were cut"
        )
    }
}
