//! Who changes something from outside wakes the driver: once, outside the lock, and only when something changed (R6).

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    task::{Context, Wake, Waker},
    thread,
    time::Duration,
};

use ws_connection::Config;
use ws_handler::{CloseCode, Handle, Outlet};

use crate::desk::Desk;

/// Counts how often it is woken.
#[derive(Debug, Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Bell {
    fn rung(&self) -> usize {
        self.0.swap(0, SeqCst)
    }
}

/// A driver's task has come by, and waits.
fn register(outlet: &Outlet) -> Arc<Bell> {
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(bell.clone());
    drop(outlet.lock_and_register(&Context::from_waker(&waker)));
    bell
}

#[test]
fn a_handle_wakes_the_driver_with_each_kind_of_change() {
    type Change = fn(&Handle);
    let changes: [(&str, Change); 5] = [
        ("send", |handle| {
            handle.send("hi").expect("open");
        }),
        ("ping", |handle| handle.ping(b"").expect("open")),
        ("close", |handle| handle.close(CloseCode::NORMAL)),
        ("close without status", Handle::close_without_status),
        ("abort", Handle::abort),
    ];
    for (name, change) in changes {
        let desk = Desk::new();
        let bell = register(&desk.outlet);
        change(&desk.handle());
        assert_eq!(bell.rung(), 1, "{name}");
    }
}

#[test]
fn a_driver_that_was_woken_is_not_woken_again_until_it_has_come_by() {
    let desk = Desk::new();
    let bell = register(&desk.outlet);
    for _ in 0..100 {
        desk.handle().send("hi").expect("open");
    }
    assert_eq!(bell.rung(), 1);
    let bell = register(&desk.outlet);
    desk.handle().send("hi").expect("open");
    assert_eq!(bell.rung(), 1);
}

#[test]
fn the_newest_task_is_the_one_that_is_woken() {
    let desk = Desk::new();
    let (old, new) = (register(&desk.outlet), register(&desk.outlet));
    desk.handle().send("hi").expect("open");
    assert_eq!((old.rung(), new.rung()), (0, 1));
}

#[test]
fn a_client_does_not_wake_its_own_task() {
    let desk = Desk::new();
    let bell = register(&desk.outlet);
    let mut client = desk.client();
    client.send("hi");
    client.ping(b"").expect("open");
    client.close(CloseCode::NORMAL);
    assert_eq!(bell.rung(), 0);
}

#[test]
fn asking_does_not_wake() {
    let desk = Desk::new();
    let bell = register(&desk.outlet);
    let handle = desk.handle();
    assert!(handle.is_open());
    assert_eq!(handle.queued(), 0);
    assert_eq!(handle.clone(), handle);
    assert_eq!(bell.rung(), 0);
}

#[test]
fn what_is_refused_does_not_wake() {
    let full = Desk::with_config(Config::default().with_max_queue(1));
    full.handle().send("passes the limit").expect("room");
    let closed = Desk::new();
    closed.handle().close(CloseCode::NORMAL);
    for desk in [full, closed] {
        let bell = register(&desk.outlet);
        desk.handle().send("refused").expect_err("full or closed");
        desk.handle().ping(&[0; 126]).expect_err("too long");
        assert_eq!(bell.rung(), 0);
    }
}

/// A waker may run anything, also what asks the same connection.
#[test]
fn the_driver_is_woken_outside_the_lock() {
    struct Curious(Handle);

    impl Wake for Curious {
        fn wake(self: Arc<Self>) {
            self.0.send("from the waker").expect("open");
        }
    }

    let (done, finished) = mpsc::channel();
    thread::spawn(move || {
        let mut desk = Desk::new();
        let waker = Waker::from(Arc::new(Curious(desk.handle())));
        drop(desk.outlet.lock_and_register(&Context::from_waker(&waker)));
        desk.handle().send("hi").expect("open");
        done.send(desk.write()).expect("the test waits");
    });
    let written = finished.recv_timeout(Duration::from_secs(10));
    assert_eq!(
        written.expect("no deadlock"),
        b"\x81\x02hi\x81\x0efrom the waker"
    );
}

/// The last waker of a task frees it, and what the task holds may ask the same connection when it is dropped.
#[test]
fn a_waker_that_is_replaced_is_dropped_outside_the_lock() {
    struct Last(Handle, mpsc::Sender<usize>);

    impl Wake for Last {
        fn wake(self: Arc<Self>) {}
    }

    impl Drop for Last {
        fn drop(&mut self) {
            self.1.send(self.0.queued()).expect("the test waits");
        }
    }

    let (done, finished) = mpsc::channel();
    thread::spawn(move || {
        let desk = Desk::new();
        let waker = Waker::from(Arc::new(Last(desk.handle(), done)));
        drop(desk.outlet.lock_and_register(&Context::from_waker(&waker)));
        drop(waker);
        register(&desk.outlet);
    });
    let asked = finished.recv_timeout(Duration::from_secs(10));
    assert_eq!(asked, Ok(0), "a deadlock");
}

/// A thread sleeps as a driver's task does, and wakes for each message of another thread.
#[test]
fn a_sleeping_driver_sees_every_message_of_another_thread() {
    struct Unpark(thread::Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    const MESSAGES: usize = 1000;
    let (done, finished) = mpsc::channel();
    let mut desk = Desk::new();
    let handle = desk.handle();
    thread::spawn(move || {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut written = 0;
        while written < MESSAGES * 3 {
            drop(desk.outlet.lock_and_register(&Context::from_waker(&waker)));
            let before = written;
            written += desk.write().len();
            if written == before {
                thread::park();
            }
        }
        done.send(written).expect("the test waits");
    });
    for _ in 0..MESSAGES {
        handle.send("x").expect("open");
        thread::yield_now();
    }
    let written = finished.recv_timeout(Duration::from_secs(10));
    assert_eq!(written.expect("no wake was lost"), MESSAGES * 3);
}
