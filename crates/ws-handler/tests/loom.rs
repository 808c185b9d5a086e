//! The shared sender under every order of threads in which none is interrupted more than three times (loom): no
//! wake-up is lost, nothing is sent twice or out of order, and no waker that runs something finds the lock taken.
//!
//! `cargo xtask decide` runs it, as does
//! `RUSTFLAGS="--cfg loom" cargo test --release -p ws-handler --test loom --target-dir target/loom`.
//! A wake-up that is lost is a deadlock here: the driver sleeps, and nobody is left to wake it.
#![cfg(loom)]

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
    time::Instant,
};

use bytes::Buf;
use loom::{future::block_on, model::Builder, thread};
use ws_connection::{Batch, Config, Sender};
use ws_handler::{CloseCode, Handle, Outlet};

/// Runs `scene` in every order, but for those in which threads are interrupted more than three times.
fn explore(what: &str, scene: impl Fn() + Send + Sync + 'static) {
    let executions = Arc::new(AtomicUsize::new(0));
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.check({
        let executions = Arc::clone(&executions);
        move || {
            executions.fetch_add(1, SeqCst);
            scene();
        }
    });
    let count = executions.load(SeqCst);
    assert!(count > 1, "one order is no model");
    println!("decided: {count} orders of threads: {what}");
}

fn outlet() -> Outlet {
    Outlet::new(Sender::server(Config::default()))
}

/// A driver that writes into memory.
struct Driver {
    outlet: Outlet,
    batch: Batch,
    written: Vec<u8>,
}

impl Driver {
    fn new(outlet: &Outlet) -> Self {
        Self {
            outlet: outlet.clone(),
            batch: Batch::default(),
            written: Vec::new(),
        }
    }

    /// Writes what there is, as the server's driver does: it registers and looks under one lock.
    fn poll_flush(&mut self, cx: &Context<'_>) -> Poll<()> {
        loop {
            let mut sender = self.outlet.lock_and_register(cx);
            sender.transmit(Instant::now(), &mut self.batch);
            let over = sender.is_over();
            drop(sender);
            if over {
                return Poll::Ready(());
            }
            if !self.batch.has_remaining() {
                return Poll::Pending;
            }
            let len = self.batch.remaining();
            let bytes = self.batch.copy_to_bytes(len);
            self.written.extend_from_slice(&bytes);
        }
    }

    /// Writes and sleeps until `len` bytes are written, or the connection is over.
    fn run_until(&mut self, len: usize) {
        block_on(poll_fn(|cx| match self.poll_flush(cx) {
            Poll::Pending if self.written.len() < len => Poll::Pending,
            Poll::Pending | Poll::Ready(()) => Poll::Ready(()),
        }));
    }
}

/// The text messages of one byte that were written.
fn texts(written: &[u8]) -> Vec<u8> {
    let frames = written.chunks(3).map(|frame| {
        assert_eq!(frame[..2], [0x81, 1], "{written:x?}");
        frame[2]
    });
    frames.collect()
}

#[test]
fn a_sleeping_driver_writes_all_that_two_threads_send_once_and_in_order() {
    explore("two threads send to a driver that sleeps", || {
        let outlet = outlet();
        let threads = ["ab", "yz"].map(|letters| {
            let handle = outlet.handle();
            thread::spawn(move || {
                for letter in letters.chars() {
                    handle.send(letter.to_string()).expect("open");
                }
            })
        });
        let mut driver = Driver::new(&outlet);
        driver.run_until(4 * 3);
        for thread in threads {
            thread.join().expect("no panic");
        }
        let mut texts = texts(&driver.written);
        let of = |range: &[u8]| -> Vec<u8> {
            let of_one = texts.iter().filter(|letter| range.contains(letter));
            of_one.copied().collect()
        };
        assert_eq!((of(b"ab"), of(b"yz")), (b"ab".to_vec(), b"yz".to_vec()));
        texts.sort_unstable();
        assert_eq!(texts, b"abyz");
    });
}

#[test]
fn a_close_leaves_behind_what_was_taken_before_and_what_came_later_is_refused() {
    explore("one thread sends while another one closes", || {
        let outlet = outlet();
        let sends = {
            let handle = outlet.handle();
            thread::spawn(move || ["a", "b"].map(|text| handle.send(text).is_ok()))
        };
        let closes = {
            let handle = outlet.handle();
            thread::spawn(move || handle.close(CloseCode::NORMAL))
        };
        let mut driver = Driver::new(&outlet);
        block_on(poll_fn(|cx| {
            assert!(driver.poll_flush(cx).is_pending());
            match driver.written.ends_with(b"\x88\x02\x03\xE8") {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        }));
        closes.join().expect("no panic");
        let taken = sends.join().expect("no panic");
        assert!(taken[0] || !taken[1], "refused before and taken after");
        let count = taken.iter().filter(|taken| **taken).count();
        let len = driver.written.len() - 4;
        assert_eq!(texts(&driver.written[..len]), b"ab"[..count]);
    });
}

/// As a driver waits beside a callback: it registers first and looks for an abort then.
#[test]
fn an_abort_is_seen_by_a_driver_that_waits_for_a_callback() {
    explore("one thread aborts while another one sends", || {
        let outlet = outlet();
        let aborts = {
            let handle = outlet.handle();
            thread::spawn(move || handle.abort())
        };
        let sends = {
            let handle = outlet.handle();
            thread::spawn(move || handle.send("a").is_ok())
        };
        block_on(poll_fn(|cx| {
            drop(outlet.lock_and_register(cx));
            match outlet.is_aborted() {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        }));
        assert!(outlet.lock().is_over());
        aborts.join().expect("no panic");
        sends.join().expect("no panic");
        outlet.handle().send("late").expect_err("it is over");
    });
}

#[test]
fn a_driver_that_writes_sees_an_abort() {
    explore(
        "one thread sends and aborts while the driver writes",
        || {
            let outlet = outlet();
            let handle = outlet.handle();
            let aborts = thread::spawn(move || {
                handle.send("a").expect("open");
                handle.abort();
            });
            let mut driver = Driver::new(&outlet);
            driver.run_until(usize::MAX);
            assert!(outlet.is_aborted());
            aborts.join().expect("no panic");
            assert!(driver.written.is_empty() || texts(&driver.written) == b"a");
        },
    );
}

/// Counts how often it is woken.
#[derive(Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[test]
fn a_task_that_has_retired_is_woken_by_none_that_is_refused() {
    explore("two threads send while the driver retires", || {
        let outlet = outlet();
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        drop(outlet.lock_and_register(&Context::from_waker(&waker)));
        let threads = [(); 2].map(|()| {
            let handle = outlet.handle();
            thread::spawn(move || handle.send("a").is_ok())
        });
        outlet.retire();
        let taken = threads.map(|thread| thread.join().expect("no panic"));
        let rung = bell.0.load(SeqCst);
        // It registered once, so the first message that was taken has woken it, and no other.
        assert_eq!(rung, usize::from(taken.contains(&true)));
        drop(waker);
        assert_eq!(Arc::strong_count(&bell), 1, "a waker was kept");
    });
}

/// Uses its own connection when it is woken, and when the last of its wakers is dropped.
struct Busy {
    handle: Handle,
    log: Arc<Mutex<Vec<&'static str>>>,
}

impl Wake for Busy {
    fn wake(self: Arc<Self>) {
        let sent = self.handle.send("w").is_ok();
        let mut log = self.log.lock().expect("no panic");
        log.push(if sent { "woken" } else { "woken late" });
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        // It asks under the lock of the outlet.
        let told = if self.handle.is_open() {
            "open"
        } else {
            "over"
        };
        self.log.lock().expect("no panic").push(told);
    }
}

#[test]
fn no_waker_runs_under_the_lock_when_it_is_woken_replaced_or_retired() {
    explore(
        "wakers that use their connection when woken or dropped",
        || {
            let outlet = outlet();
            let log = Arc::new(Mutex::new(Vec::new()));
            let register = || {
                let (handle, log) = (outlet.handle(), Arc::clone(&log));
                let waker = Waker::from(Arc::new(Busy { handle, log }));
                drop(outlet.lock_and_register(&Context::from_waker(&waker)));
            };
            register();
            let sends = {
                let handle = outlet.handle();
                thread::spawn(move || handle.send("a").is_ok())
            };
            // The task has moved: what was registered before is dropped here, or woken by the other thread.
            register();
            outlet.retire();
            sends.join().expect("no panic");
            let log = log.lock().expect("no panic");
            let dropped = log.iter().filter(|told| !told.starts_with("woken"));
            assert_eq!(dropped.count(), 2, "{log:?}");
        },
    );
}

/// With so little room that one message fills it.
fn crowded() -> Outlet {
    let outlet = Outlet::new(Sender::server(Config::default().with_high_water(1)));
    outlet.handle().send("a").expect("open");
    outlet
}

#[test]
fn a_task_that_waits_for_room_is_woken_when_the_driver_has_written() {
    explore("two tasks wait for room while the driver writes", || {
        let outlet = crowded();
        let threads = [(); 2].map(|()| {
            let handle = outlet.handle();
            thread::spawn(move || block_on(handle.ready()))
        });
        let mut driver = Driver::new(&outlet);
        driver.run_until(3);
        for thread in threads {
            assert_eq!(thread.join().expect("no panic"), Ok(()));
        }
    });
}

#[test]
fn a_task_that_waits_for_room_is_woken_by_every_end() {
    explore(
        "one task waits for room while another one aborts or the driver retires",
        || {
            let outlet = crowded();
            let waits = {
                let handle = outlet.handle();
                thread::spawn(move || block_on(handle.ready()))
            };
            let closes = {
                let handle = outlet.handle();
                thread::spawn(move || handle.close(CloseCode::NORMAL))
            };
            outlet.retire();
            closes.join().expect("no panic");
            assert!(waits.join().expect("no panic").is_err());
        },
    );
}

/// One that gives up takes nobody else's wake-up with it.
#[test]
fn a_task_that_waits_no_longer_leaves_the_wake_ups_of_others() {
    explore("one task gives up while another one waits for room", || {
        let outlet = crowded();
        let waits = {
            let handle = outlet.handle();
            thread::spawn(move || block_on(handle.ready()))
        };
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        let gives_up = {
            let handle = outlet.handle();
            thread::spawn(move || {
                let mut ready = handle.ready();
                let _ = Pin::new(&mut ready).poll(&mut Context::from_waker(&waker));
            })
        };
        let mut driver = Driver::new(&outlet);
        driver.run_until(3);
        assert_eq!(waits.join().expect("no panic"), Ok(()));
        gives_up.join().expect("no panic");
        assert_eq!(Arc::strong_count(&bell), 1, "a waker was kept");
    });
}
