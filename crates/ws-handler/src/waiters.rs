use std::{collections::BTreeMap, mem, task::Waker};

/// The tasks that wait for room in one queue.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    /// How many tickets there were: none is given twice while one is out.
    given: u64,
    /// How many are out.
    out: usize,
    wakers: BTreeMap<u64, Waker>,
}

/// By which a task is found again; given back when it waits no longer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket(u64);

/// Wakes all of them when it is dropped, which must be outside the lock: a waker may run anything.
#[derive(Debug)]
pub(crate) struct Woken(BTreeMap<u64, Waker>);

impl Waiters {
    /// Notes whom to wake. Returns the waker that was noted before, if it is another one.
    pub(crate) fn register(&mut self, ticket: &mut Option<Ticket>, waker: &Waker) -> Option<Waker> {
        let Ticket(number) = ticket.get_or_insert_with(|| {
            self.given += 1;
            self.out += 1;
            Ticket(self.given)
        });
        match self.wakers.get(number) {
            Some(known) if known.will_wake(waker) => None,
            Some(_) | None => self.wakers.insert(*number, waker.clone()),
        }
    }

    pub(crate) fn leave(&mut self, ticket: Ticket) -> Option<Waker> {
        self.out -= 1;
        self.wakers.remove(&ticket.0)
    }

    /// Whether no ticket is out any more.
    pub(crate) fn is_deserted(&self) -> bool {
        self.out == 0
    }

    /// All of them, once.
    pub(crate) fn take_all(&mut self) -> Woken {
        Woken(mem::take(&mut self.wakers))
    }
}

impl Drop for Woken {
    fn drop(&mut self) {
        for waker in mem::take(&mut self.0).into_values() {
            waker.wake();
        }
    }
}
