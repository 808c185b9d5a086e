use std::{
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
    time::Instant,
};

use tokio::{
    task::unconstrained,
    time::{Sleep, sleep_until},
};

/// The one timer of a connection. Deadlines move with every byte; the timer is re-armed only when
/// it fires, or for a deadline that comes earlier, so that traffic does not touch the timer wheel.
#[derive(Debug, Default)]
pub(crate) struct Timer {
    armed: Option<Armed>,
}

#[derive(Debug)]
struct Armed {
    sleep: Pin<Box<Sleep>>,
    at: Instant,
    /// Who is woken; while it is the same task, a poll before the deadline is not needed.
    waker: Option<Waker>,
}

impl Timer {
    /// Ready when `deadline` has passed; else the task is woken then, or somewhat earlier.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        now: Instant,
        deadline: Option<Instant>,
    ) -> Poll<()> {
        let Some(deadline) = deadline else {
            return Poll::Pending;
        };
        if now >= deadline {
            return Poll::Ready(());
        }
        let armed = self.armed.get_or_insert_with(|| Armed::new(deadline));
        if deadline < armed.at || armed.at <= now {
            armed.reset(deadline);
        }
        armed.register(cx)
    }
}

impl Armed {
    fn new(at: Instant) -> Self {
        Self {
            sleep: Box::pin(sleep_until(at.into())),
            at,
            waker: None,
        }
    }

    fn reset(&mut self, at: Instant) {
        self.at = at;
        self.sleep.as_mut().reset(at.into());
        self.waker = None;
    }

    fn register(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let registered = self.waker.as_ref();
        if registered.is_some_and(|waker| waker.will_wake(cx.waker())) {
            return Poll::Pending;
        }
        // Unconstrained: a poll that tokio's budget cuts short would register nobody.
        let polled = pin!(unconstrained(self.sleep.as_mut())).poll(cx);
        self.waker = polled.is_pending().then(|| cx.waker().clone());
        polled
    }
}
