//! What an application makes a message of may ask for the connection that it is sent to.

use std::{
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use ws_connection::Config;
use ws_handler::{Handle, Message};

use crate::desk::Desk;

/// Tells how much was queued when it became a message.
struct Snapshot(Handle);

impl From<Snapshot> for Message<'static> {
    fn from(Snapshot(handle): Snapshot) -> Self {
        assert!(handle.is_open());
        Message::from(format!("{} queued", handle.queued()))
    }
}

/// Does it on another thread, so that a deadlock is told.
fn must_return(work: impl FnOnce() + Send + 'static) {
    let (done, is_done) = channel();
    let worker = thread::spawn(move || {
        work();
        let _ = done.send(());
    });
    let waited = is_done.recv_timeout(Duration::from_secs(5));
    assert_ne!(waited, Err(RecvTimeoutError::Timeout), "a deadlock");
    worker.join().expect("no panic");
}

#[test]
fn a_conversion_may_ask_the_handle_that_sends_it() {
    must_return(|| {
        let mut desk = Desk::new();
        let handle = desk.handle();
        let sent = handle.send(Snapshot(handle.clone()));
        sent.expect("open");
        assert_eq!(desk.write(), b"\x81\x080 queued");
    });
}

#[test]
fn a_conversion_may_ask_the_handle_of_the_client_that_sends_it() {
    must_return(|| {
        let mut desk = Desk::new();
        let mut client = desk.client();
        client.send("1");
        client.send(Snapshot(client.handle()));
        assert_eq!(desk.write(), b"\x81\x011\x81\x083 queued");
    });
}

/// A message that is refused is dropped, and its owner with it.
#[test]
fn the_owner_of_a_refused_payload_may_ask_the_handle() {
    struct Owner(Handle);

    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            &[7; 20_000]
        }
    }

    impl Drop for Owner {
        fn drop(&mut self) {
            assert_eq!(self.0.queued(), 3);
        }
    }

    must_return(|| {
        let desk = Desk::with_config(Config::default().with_max_queue(1));
        let mut client = desk.client();
        client.send("1");
        let owner = Owner(client.handle());
        client.send(bytes::Bytes::from_owner(owner));
    });
}
