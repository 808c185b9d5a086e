//! Waiting for room in the queue.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
};

use ws_connection::Config;
use ws_handler::{CloseCode, NoRoom, Ready};

use crate::desk::Desk;

#[derive(Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Bell {
    fn rung(&self) -> usize {
        self.0.load(SeqCst)
    }
}

/// One that waits, and how often it was woken.
struct Waiter {
    ready: std::pin::Pin<Box<Ready>>,
    bell: Arc<Bell>,
}

impl Waiter {
    fn new(ready: Ready) -> Self {
        Self {
            ready: Box::pin(ready),
            bell: Arc::default(),
        }
    }

    fn poll(&mut self) -> Poll<Result<(), NoRoom>> {
        let waker = Waker::from(Arc::clone(&self.bell));
        self.ready.as_mut().poll(&mut Context::from_waker(&waker))
    }
}

fn crowded() -> Desk {
    let desk = Desk::with_config(Config::default().with_high_water(100));
    desk.handle().send(vec![0; 200]).expect("open");
    desk
}

#[test]
fn who_has_room_does_not_wait() {
    let desk = Desk::new();
    assert_eq!(
        Waiter::new(desk.handle().ready()).poll(),
        Poll::Ready(Ok(()))
    );
    assert_eq!(
        Waiter::new(desk.client().ready()).poll(),
        Poll::Ready(Ok(()))
    );
}

#[test]
fn all_who_wait_are_woken_once_when_the_mark_falls() {
    let mut desk = crowded();
    let mut waiters: Vec<_> = (0..5).map(|_| Waiter::new(desk.handle().ready())).collect();
    for waiter in &mut waiters {
        assert!(waiter.poll().is_pending());
        assert!(waiter.poll().is_pending());
    }
    desk.handle().send("more").expect("below the hard limit");
    assert!(waiters.iter().all(|waiter| waiter.bell.rung() == 0));
    desk.write();
    desk.write();
    for waiter in &mut waiters {
        assert_eq!(waiter.bell.rung(), 1);
        assert_eq!(waiter.poll(), Poll::Ready(Ok(())));
    }
}

#[test]
fn who_waits_no_longer_is_not_woken_and_the_others_are() {
    let mut desk = crowded();
    let [mut gone, mut stays] = [(); 2].map(|()| Waiter::new(desk.handle().ready()));
    assert!(gone.poll().is_pending() && stays.poll().is_pending());
    let bell = Arc::clone(&gone.bell);
    drop(gone);
    assert_eq!(Arc::strong_count(&bell), 1, "a waker was kept");
    desk.write();
    assert_eq!((bell.rung(), stays.bell.rung()), (0, 1));
}

#[test]
fn who_was_woken_and_leaves_takes_nobodys_place() {
    let mut desk = crowded();
    let mut woken = Waiter::new(desk.handle().ready());
    assert!(woken.poll().is_pending());
    desk.write();
    assert_eq!(woken.bell.rung(), 1);
    desk.handle().send(vec![0; 200]).expect("open");
    let mut later = Waiter::new(desk.handle().ready());
    assert!(later.poll().is_pending());
    drop(woken);
    desk.write();
    assert_eq!(later.bell.rung(), 1);
}

#[test]
fn one_that_waits_again_is_woken_by_the_task_that_polled_last() {
    let mut desk = crowded();
    let mut waiter = Waiter::new(desk.handle().ready());
    assert!(waiter.poll().is_pending());
    let first = std::mem::take(&mut waiter.bell);
    assert!(waiter.poll().is_pending());
    desk.write();
    assert_eq!((first.rung(), waiter.bell.rung()), (0, 1));
    // Somebody else was faster.
    desk.handle().send(vec![0; 200]).expect("open");
    assert!(waiter.poll().is_pending());
    desk.write();
    assert_eq!(waiter.bell.rung(), 2);
}

/// What ends a connection.
type End = fn(&Desk);

#[test]
fn every_end_of_the_connection_wakes_those_who_wait() {
    let ends: [(&str, End); 6] = [
        ("closed by a handle", |desk| {
            desk.handle().close(CloseCode::NORMAL);
        }),
        ("closed by the client", |desk| {
            desk.client().close(CloseCode::NORMAL);
        }),
        ("aborted by a handle", |desk| desk.handle().abort()),
        ("aborted by the client", |desk| desk.client().abort()),
        ("retired", |desk| desk.outlet.retire()),
        ("failed", |desk| {
            let frame = ws_handler::CloseFrame::from(CloseCode::INTERNAL_ERROR);
            desk.outlet.lock().fail_with(frame);
        }),
    ];
    for (what, end) in ends {
        let desk = crowded();
        let mut waiter = Waiter::new(desk.handle().ready());
        assert!(waiter.poll().is_pending());
        end(&desk);
        assert_eq!(waiter.bell.rung(), 1, "{what}");
        assert_eq!(waiter.poll(), Poll::Ready(Err(NoRoom)), "{what}");
        let late = pin!(desk.handle().ready());
        let mut cx = Context::from_waker(Waker::noop());
        assert_eq!(late.poll(&mut cx), Poll::Ready(Err(NoRoom)), "{what}");
    }
    let sentence = "no room in the write queue: the connection is closing";
    assert_eq!(NoRoom.to_string(), sentence);
}
