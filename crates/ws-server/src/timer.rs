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
    sleep: Option<Pin<Box<Sleep>>>,
    /// Who is woken; while it is the same task, a poll before the deadline is not needed.
    waker: Option<Waker>,
}

impl Timer {
    /// Ready when `deadline` has passed, and only then; else the task is woken then, or somewhat
    /// earlier. `now` is what the caller knows of the time.
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
        let Self { sleep, waker } = self;
        let sleep = sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline.into())));
        let armed = sleep.deadline().into_std();
        if deadline < armed || armed <= now {
            sleep.as_mut().reset(deadline.into());
            *waker = None;
        }
        let registered = waker.as_ref();
        if registered.is_some_and(|waker| waker.will_wake(cx.waker())) {
            return Poll::Pending;
        }
        let mut polled = poll_sleep(sleep, cx);
        // It may have fired since `now`, for a deadline that has moved away.
        if polled.is_ready() && sleep.deadline().into_std() < deadline {
            sleep.as_mut().reset(deadline.into());
            polled = poll_sleep(sleep, cx);
        }
        *waker = polled.is_pending().then(|| cx.waker().clone());
        polled
    }
}

/// Unconstrained: a poll that tokio's budget cuts short would register nobody.
fn poll_sleep(sleep: &mut Pin<Box<Sleep>>, cx: &mut Context<'_>) -> Poll<()> {
    pin!(unconstrained(sleep.as_mut())).poll(cx)
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, time::Duration};

    use super::*;

    fn now() -> Instant {
        tokio::time::Instant::now().into_std()
    }

    /// Waits as a connection does; how many polls that took.
    async fn wait(timer: &mut Timer, deadline: Instant) -> usize {
        let mut polls = 0;
        poll_fn(|cx| {
            polls += 1;
            timer.poll(cx, now(), Some(deadline))
        })
        .await;
        polls
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_ready_at_its_deadline() {
        let start = now();
        let deadline = start + Duration::from_secs(5);
        wait(&mut Timer::default(), deadline).await;
        assert!(now() >= deadline);
        assert!(now() < deadline + Duration::from_millis(5));
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_has_passed_is_ready_and_arms_nothing() {
        let mut timer = Timer::default();
        let cx = &mut Context::from_waker(Waker::noop());
        assert!(timer.poll(cx, now(), Some(now())).is_ready());
        assert!(timer.poll(cx, now(), None).is_pending());
        assert!(timer.sleep.is_none());
    }

    /// R9: traffic must not touch the timer wheel.
    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_moves_away_is_not_armed_until_the_old_one_fires() {
        let mut timer = Timer::default();
        let cx = &mut Context::from_waker(Waker::noop());
        let first = now() + Duration::from_secs(25);
        assert!(timer.poll(cx, now(), Some(first)).is_pending());
        for second in 1..=10 {
            tokio::time::advance(Duration::from_secs(1)).await;
            let later = first + Duration::from_secs(second);
            assert!(timer.poll(cx, now(), Some(later)).is_pending());
            let armed = timer
                .sleep
                .as_ref()
                .map(|sleep| sleep.deadline().into_std());
            assert_eq!(armed, Some(first));
        }
        let last = first + Duration::from_secs(10);
        let polls = wait(&mut timer, last).await;
        assert!(now() >= last);
        assert!(polls <= 4, "{polls}");
    }

    /// It fires when the caller has looked at the clock already.
    #[tokio::test(start_paused = true)]
    async fn it_is_not_ready_when_it_fires_for_a_deadline_that_has_moved_away() {
        let mut timer = Timer::default();
        let cx = &mut Context::from_waker(Waker::noop());
        let before = now();
        let first = before + Duration::from_secs(1);
        assert!(timer.poll(cx, before, Some(first)).is_pending());
        tokio::time::advance(Duration::from_secs(2)).await;
        let last = first + Duration::from_secs(9);
        let polled = poll_fn(|cx| Poll::Ready(timer.poll(cx, before, Some(last)))).await;
        assert!(polled.is_pending());
        assert_eq!(wait(&mut timer, last).await, 2);
        assert!(now() >= last);
    }

    /// The same, and the deadline has passed too.
    #[tokio::test(start_paused = true)]
    async fn it_is_ready_when_both_deadlines_have_passed_meanwhile() {
        let mut timer = Timer::default();
        let cx = &mut Context::from_waker(Waker::noop());
        let before = now();
        let first = before + Duration::from_secs(1);
        assert!(timer.poll(cx, before, Some(first)).is_pending());
        tokio::time::advance(Duration::from_secs(12)).await;
        let last = first + Duration::from_secs(9);
        let polled = poll_fn(|cx| Poll::Ready(timer.poll(cx, before, Some(last)))).await;
        assert!(polled.is_ready());
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_comes_nearer_is_armed_at_once() {
        let mut timer = Timer::default();
        let cx = &mut Context::from_waker(Waker::noop());
        let far = now() + Duration::from_secs(25);
        assert!(timer.poll(cx, now(), Some(far)).is_pending());
        let near = now() + Duration::from_secs(1);
        wait(&mut timer, near).await;
        assert!(now() >= near && now() < far);
    }

    #[tokio::test(start_paused = true)]
    async fn another_task_that_takes_over_is_woken() {
        let mut timer = Timer::default();
        let deadline = now() + Duration::from_secs(1);
        let cx = &mut Context::from_waker(Waker::noop());
        assert!(timer.poll(cx, now(), Some(deadline)).is_pending());
        let other = tokio::spawn(async move { wait(&mut timer, deadline).await });
        let bound = tokio::time::timeout(Duration::from_secs(2), other).await;
        bound.expect("woken").expect("no panic");
    }

    #[tokio::test(start_paused = true)]
    async fn it_can_be_armed_again_after_it_fired() {
        let mut timer = Timer::default();
        for _ in 0..3 {
            let deadline = now() + Duration::from_secs(1);
            wait(&mut timer, deadline).await;
            assert!(now() >= deadline);
        }
    }
}
