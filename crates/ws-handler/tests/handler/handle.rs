//! Handles: equal or not, on any thread, and after the end (R6, A45).

use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use ws_connection::{Config, Event};
use ws_handler::{CloseCode, Handle, Message, Outlet, PingError, SendError};

use crate::desk::Desk;

const fn can_go_anywhere<T: Clone + Send + Sync + 'static>() {}
const _: () = can_go_anywhere::<Handle>();
const _: () = can_go_anywhere::<Outlet>();

#[test]
#[expect(clippy::mutable_key_type, reason = "equal and hashed by address")]
fn handles_of_one_connection_are_equal_and_those_of_others_are_not() {
    let (one, two) = (Desk::new(), Desk::new());
    assert_eq!(one.handle(), one.client().handle());
    assert_eq!(one.handle(), one.handle().clone());
    assert_ne!(one.handle(), two.handle());

    let mut room = HashSet::from([one.handle(), two.handle()]);
    assert!(!room.insert(one.client().handle()));
    assert!(room.remove(&one.handle()));
    assert_eq!(room, HashSet::from([two.handle()]));
}

#[test]
fn a_message_comes_back_when_the_queue_is_full() {
    let desk = Desk::with_config(Config::default().with_max_queue(1));
    let handle = desk.handle();
    handle.send("the first may pass the limit").expect("room");
    let error = handle.send("the second").expect_err("full");
    assert!(matches!(&error, SendError::Full(_)), "{error:?}");
    assert_eq!(error.into_message(), Message::from("the second"));
}

/// Every way in which a connection ends for its handles.
fn endings() -> Vec<(&'static str, Desk)> {
    type End = fn(&Desk);
    let endings: [(&str, End); 6] = [
        ("closed", |desk| desk.handle().close(CloseCode::NORMAL)),
        ("closed without status", |desk| {
            desk.handle().close_without_status();
        }),
        ("aborted", |desk| desk.handle().abort()),
        ("closed by the peer", |desk| desk.hear(&Event::Close(None))),
        ("failed", |desk| {
            let error = ws_handler::ProtocolError::MaskMissing;
            desk.outlet.lock().fail(&error);
        }),
        ("dropped by its driver", |desk| desk.outlet.lock().abort()),
    ];
    let end = |(name, end): (_, End)| {
        let desk = Desk::new();
        end(&desk);
        (name, desk)
    };
    endings.map(end).into()
}

/// A45
#[test]
fn after_the_end_every_send_gives_its_message_back() {
    for (ending, desk) in endings() {
        let handle = desk.handle();
        assert!(!handle.is_open(), "{ending}");
        let error = handle.send(vec![1, 2, 3]).expect_err(ending);
        assert!(matches!(&error, SendError::Closed(_)), "{ending}");
        assert_eq!(
            error.to_string(),
            "message not sent: the connection is closing"
        );
        assert_eq!(error.into_message(), Message::from(vec![1, 2, 3]));
        assert_eq!(handle.ping(b""), Err(PingError::Closed), "{ending}");
    }
}

#[test]
fn after_the_end_nothing_that_a_handle_does_writes_another_byte() {
    for (ending, mut desk) in endings() {
        desk.write();
        let handle = desk.handle();
        let _ = handle.send("late");
        handle.close(CloseCode::GOING_AWAY);
        handle.close_without_status();
        assert_eq!(desk.write(), b"", "{ending}");
        handle.abort();
        assert_eq!(handle.queued(), 0, "{ending}");
        assert_eq!(desk.write(), b"", "{ending}");
    }
}

#[test]
fn a_handle_outlives_the_outlet_and_the_client() {
    let desk = Desk::new();
    let handle = desk.handle();
    drop(desk);
    handle.send("into the queue of nobody").expect("not ended");
    assert_eq!(handle.queued(), 26);
}

/// The guard is dropped while its thread panics, so the lock is poisoned.
#[test]
fn a_poisoned_lock_is_entered_all_the_same() {
    let mut desk = Desk::new();
    let outlet = desk.outlet.clone();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _guard = outlet.lock();
        panic!("under the lock");
    }));
    assert!(panicked.is_err());

    desk.handle().send("goes on").expect("open");
    desk.client().send(" and on");
    assert!(desk.handle().is_open());
    assert_eq!(desk.write(), b"\x81\x07goes on\x81\x07 and on");
}

#[test]
fn frames_of_many_threads_stay_whole_and_in_their_order() {
    const THREADS: u8 = 4;
    const EACH: u8 = 200;
    let mut desk = Desk::new();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let handle = desk.handle();
            scope.spawn(move || {
                for number in 0..EACH {
                    let filler = vec![0xEE; usize::from(number) % 100];
                    let payload = [vec![thread, number], filler].concat();
                    handle.send(payload).expect("open");
                }
            });
        }
    });
    let written = desk.write();
    let mut rest = &written[..];
    let mut next = [0; THREADS as usize];
    while let [0x82, len, thread, number, after @ ..] = rest {
        assert_eq!(*number, next[usize::from(*thread)], "out of order");
        next[usize::from(*thread)] += 1;
        let (filler, after) = after.split_at(usize::from(len - 2));
        assert_eq!(filler, vec![0xEE; usize::from(*number) % 100]);
        rest = after;
    }
    assert_eq!((next, rest.len()), ([EACH; THREADS as usize], 0));
}
