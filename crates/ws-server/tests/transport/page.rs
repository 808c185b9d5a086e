//! A page of the application belongs to all its readers.

use std::sync::{Arc, atomic::AtomicBool};

use bytes::Bytes;
use tokio::runtime;
use ws_server::{Client, Config, Handler, Message, Peer, http::Response, serve_connection};

use crate::valve::{Valve, poll_as_woken};

struct Nobody;

impl Handler for Nobody {
    async fn on_message(&mut self, _: &mut Client, _: Message<'_>) {
        unreachable!("no request here opens a connection");
    }
}

/// A request of 40 bytes must not cost a page of memory, read or not.
#[test]
fn a_page_is_shared_between_its_readers_and_not_copied() {
    const PAGE: usize = 4 << 20;
    let runtime = runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    let _guard = runtime.enter();
    let page = Bytes::from(vec![b'x'; PAGE]);
    let config = Config::default().with_fallback(move |_| Response::new(page.clone()));
    let config = Arc::new(config);
    for is_read in [true, false] {
        let request: Arc<[u8]> = Arc::from(&b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"[..]);
        let valve = Arc::new(AtomicBool::new(is_read));
        let used = allocation_counter::measure(|| {
            let io = Valve::new(request.clone(), &valve);
            let serving = serve_connection(io, Peer::UNKNOWN, Nobody, config.clone());
            let mut serving = Box::pin(serving);
            assert!(poll_as_woken(&mut serving).is_pending());
        });
        assert!(used.bytes_max < 200_000, "{is_read}: {used:?}");
    }
}
