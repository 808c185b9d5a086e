//! The sending half of a connection, for any thread.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use ws_connection::{Message, SendError, Sender};

/// The sender under its lock. Whoever changes something wakes whoever waits; who writes to the
/// socket is `writer.rs`, without the lock.
#[derive(Debug)]
pub(crate) struct Outlet {
    sender: Mutex<Sender>,
    changed: Condvar,
}

impl Outlet {
    pub(crate) fn new(sender: Sender) -> Self {
        Self {
            sender: Mutex::new(sender),
            changed: Condvar::new(),
        }
    }

    /// Queues a message. Waits while the peer is too far behind, so that who sends is no faster
    /// than who reads.
    pub(crate) fn send<'a>(&self, message: impl Into<Message<'a>>) -> Result<(), SendError<'a>> {
        let mut sender = self.lock();
        while sender.is_congested() && !sender.is_over() {
            sender = self.wait(sender, None);
        }
        let sent = sender.send(message);
        self.changed.notify_all();
        sent
    }

    /// Changes something, and lets the writer and others see what follows from it.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Sender) -> T) -> T {
        let changed = change(&mut self.lock());
        self.changed.notify_all();
        changed
    }

    /// Waits until all that is queued is written, at most until then.
    pub(crate) fn wait_until_written(&self, until: Option<Instant>) {
        let mut sender = self.lock();
        while sender.queued() > 0
            && !sender.is_over()
            && until.is_none_or(|until| Instant::now() < until)
        {
            sender = self.wait(sender, until);
        }
    }

    /// A lock that a panic left behind is entered all the same: the sender is always whole.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Sender> {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something was changed, or until then.
    pub(crate) fn wait<'a>(
        &self,
        sender: MutexGuard<'a, Sender>,
        until: Option<Instant>,
    ) -> MutexGuard<'a, Sender> {
        let Some(until) = until else {
            let woken = self.changed.wait(sender);
            return woken.unwrap_or_else(PoisonError::into_inner);
        };
        let left = until.saturating_duration_since(Instant::now());
        let woken = self.changed.wait_timeout(sender, left);
        woken.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Wakes whoever waits.
    pub(crate) fn wake(&self) {
        self.changed.notify_all();
    }
}
