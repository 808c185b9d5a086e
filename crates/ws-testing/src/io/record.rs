use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// What was done to a [`ScriptedIo`](super::ScriptedIo), to be asked while it is in use and after it was dropped.
#[derive(Clone, Debug, Default)]
pub struct Record {
    log: Arc<Mutex<Log>>,
}

#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) writes: Vec<Bytes>,
    pub(super) unread: usize,
    pub(super) shut_down: bool,
    pub(super) dropped: bool,
}

impl Record {
    /// All bytes that were written.
    #[must_use]
    pub fn written(&self) -> Vec<u8> {
        self.log().writes.concat()
    }

    /// The bytes of each write that took some.
    #[must_use]
    pub fn writes(&self) -> Vec<Bytes> {
        self.log().writes.clone()
    }

    /// How many bytes of the script were not read.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.log().unread
    }

    /// Whether our direction of the transport was ended.
    #[must_use]
    pub fn is_shut_down(&self) -> bool {
        self.log().shut_down
    }

    /// Whether the transport was dropped.
    #[must_use]
    pub fn is_dropped(&self) -> bool {
        self.log().dropped
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
