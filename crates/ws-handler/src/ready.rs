use std::{
    error::Error,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use crate::{Outlet, waiters::Ticket};

/// Waits for room in the queue of one connection ([`Handle::ready`](crate::Handle::ready)); dropping it
/// is waiting no longer.
#[derive(Debug)]
#[must_use = "it waits when it is awaited"]
pub struct Ready {
    outlet: Outlet,
    /// From the first poll on that found no room.
    ticket: Option<Ticket>,
}

/// There is no room and will be none: the connection is closing or has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NoRoom;

impl Ready {
    pub(crate) fn new(outlet: Outlet) -> Self {
        Self {
            outlet,
            ticket: None,
        }
    }
}

impl Future for Ready {
    type Output = Result<(), NoRoom>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { outlet, ticket } = self.get_mut();
        outlet.poll_ready(cx, ticket)
    }
}

impl Drop for Ready {
    fn drop(&mut self) {
        if self.ticket.is_some() {
            self.outlet.leave(&mut self.ticket);
        }
    }
}

impl fmt::Display for NoRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no room in the write queue: the connection is closing")
    }
}

impl Error for NoRoom {}
