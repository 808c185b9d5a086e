//! What a connection holds when a queue that had to wait has left (A47). The allocator counts per thread.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use tokio::runtime;
use ws_server::{Client, Config, Handler, Message, Peer, serve_connection};
use ws_testing::{
    naive::Frame,
    peer::{REQUEST, masked},
};

use crate::valve::{Valve, poll_as_woken};

struct Echo;

impl Handler for Echo {
    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        client.send(message);
    }
}

/// The bytes held by a connection that has queued so many echoes, and those when all have left.
fn hold(echoes: usize, config: &Arc<Config>) -> (i64, i64) {
    let frames = masked(Frame::binary([7; 2040])).repeat(echoes);
    let sent: Arc<[u8]> = [REQUEST.as_bytes(), &frames].concat().into();
    let valve = Arc::new(AtomicBool::new(false));
    let mut connection: Option<Pin<Box<dyn Future<Output = ()>>>> = None;
    let mut io = Some(Valve::new(sent, &valve));
    let queued = allocation_counter::measure(|| {
        let io = io.take().expect("once");
        let serving = serve_connection(io, Peer::UNKNOWN, Echo, config.clone());
        let serving = connection.insert(Box::pin(serving));
        assert!(poll_as_woken(serving).is_pending());
        valve.store(true, SeqCst);
        assert!(poll_as_woken(serving).is_pending());
    });
    drop(connection);
    (queued.bytes_max as i64, queued.bytes_current)
}

/// Some of them end with a batch that is small enough to be taken for written.
#[test]
fn a_queue_that_had_to_wait_leaves_no_buffer_behind() {
    let runtime = runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    let _guard = runtime.enter();
    let config = Arc::new(Config::default());
    // Everything that a thread does once is behind it.
    hold(200, &config);
    for echoes in 130..200 {
        let (most, left) = hold(echoes, &config);
        assert!(most > 250_000, "{echoes} echoes waited in {most} bytes");
        assert!(left <= 1000, "{left} bytes behind {echoes} echoes");
    }
}
