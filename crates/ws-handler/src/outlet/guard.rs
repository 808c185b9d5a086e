use std::{
    ops::{Deref, DerefMut},
    task::Waker,
};

use ws_connection::Sender;

use super::{Locked, Shared};
use crate::{sync::MutexGuard, waiters::Woken};

/// Access to the [`Sender`] of an [`Outlet`](crate::Outlet).
#[derive(Debug)]
pub struct SenderGuard<'a> {
    shared: &'a Shared,
    locked: MutexGuard<'a, Locked>,
    /// Of a task that the connection has left. It comes after the lock, so it is dropped after it is
    /// free: the last waker of a task frees that, and what it holds may use this connection.
    _replaced: Option<Waker>,
    /// Those who waited for room: woken when the lock is free, for the same reason.
    _woken: Option<Woken>,
}

impl<'a> SenderGuard<'a> {
    #[inline]
    pub(super) fn new(
        shared: &'a Shared,
        locked: MutexGuard<'a, Locked>,
        replaced: Option<Waker>,
    ) -> Self {
        Self {
            shared,
            locked,
            _replaced: replaced,
            _woken: None,
        }
    }
}

impl Drop for SenderGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.shared.note_overrun(&self.locked.sender);
        self._woken = self.locked.relieved();
    }
}

impl Deref for SenderGuard<'_> {
    type Target = Sender;

    fn deref(&self) -> &Sender {
        &self.locked.sender
    }
}

impl DerefMut for SenderGuard<'_> {
    fn deref_mut(&mut self) -> &mut Sender {
        &mut self.locked.sender
    }
}
