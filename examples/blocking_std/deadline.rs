//! The end of a time that several operations share.

use std::{
    io,
    time::{Duration, Instant},
};

/// A point in time; `None` if the clock does not reach that far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    pub(crate) fn after(wait: Duration) -> Self {
        Self(Instant::now().checked_add(wait))
    }

    pub(crate) fn at(at: Option<Instant>) -> Self {
        Self(at)
    }

    /// What is left for the next operation on a socket, to which zero would mean "for ever".
    pub(crate) fn left(self) -> Option<Duration> {
        let left = self.0?.saturating_duration_since(Instant::now());
        Some(left.max(Duration::from_millis(1)))
    }

    /// An error once it has passed.
    pub(crate) fn check(self) -> io::Result<()> {
        match self.0 {
            Some(at) if at <= Instant::now() => Err(io::ErrorKind::TimedOut.into()),
            Some(_) | None => Ok(()),
        }
    }
}

/// Whether an operation on a socket ended because its time was up. Unix says `WouldBlock`.
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}
