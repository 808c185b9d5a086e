//! The future of a connection may be dropped wherever it waits (A50).

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use ws_server::{Config, Peer, SendError, serve_connection};
use ws_testing::{
    io::{Record, Script},
    naive::Frame,
    peer::{REQUEST, masked},
};

use crate::{log::Log, puppet::Puppet};

/// A life with a wait before and behind everything.
fn script() -> Script {
    let frames = [
        Frame::text("do yield; send a; yield"),
        Frame::ping("p"),
        Frame::binary("two").unfinished(),
        Frame::continuation("parts"),
        Frame::text("x".repeat(100)),
        Frame::close(1000, ""),
    ];
    let mut script = Script::new();
    for piece in REQUEST.as_bytes().chunks(60) {
        script = script.pending().read(piece);
    }
    for piece in frames
        .into_iter()
        .flat_map(masked)
        .collect::<Vec<_>>()
        .chunks(9)
    {
        script = script.pending().read(piece);
    }
    for _ in 0..100 {
        script = script.write_pending().accept(11);
    }
    script.pending().end()
}

struct Life {
    future: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    record: Record,
    log: Log,
}

impl Life {
    fn new() -> Self {
        let (io, record) = script().start();
        let log = Log::new();
        let puppet = Puppet::new(&log)
            .on("upgrade", "yield")
            .on("open", "yield; send hello; yield")
            .on("ping", "yield")
            .on("close", "yield");
        let config = Config::default().into();
        let future = serve_connection(io, Peer::UNKNOWN, puppet, config);
        Self {
            future: Some(Box::pin(future)),
            record,
            log,
        }
    }

    fn poll(&mut self) -> Poll<()> {
        let mut context = Context::from_waker(Waker::noop());
        let future = self.future.as_mut().expect("not dropped");
        future.as_mut().poll(&mut context)
    }
}

#[tokio::test(start_paused = true)]
async fn a_future_that_is_dropped_anywhere_leaves_nothing_behind_and_tells_nothing() {
    let mut polls = 0;
    loop {
        let mut life = Life::new();
        let ended = (0..polls).any(|_| life.poll().is_ready());
        if ended {
            assert_eq!(life.log.count("close 1000"), 1);
            break;
        }
        let before = life.log.lines();
        life.future = None;
        assert!(life.record.is_dropped());
        let after = life.log.lines();
        if before.contains(&"open".to_owned()) {
            assert_eq!(after.len(), before.len() + 1, "{polls}: {after:?}");
            assert_eq!(after.last().map(String::as_str), Some("dropped"));
            let handle = life.log.handle();
            assert!(!handle.is_open());
            assert_eq!(handle.queued(), 0);
            let refused = handle.send("late").expect_err("nobody is there");
            assert!(matches!(refused, SendError::Closed(_)), "{refused:?}");
        } else {
            assert_eq!(after, before, "{polls}");
        }
        polls += 1;
    }
    assert!(polls > 40, "only {polls} places were tried");
}
