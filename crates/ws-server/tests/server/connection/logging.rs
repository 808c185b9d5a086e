//! What the application's log hears of a connection that failed.

use std::{
    cell::RefCell,
    fmt::{Debug, Write},
    sync::Once,
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::set_global_default,
};
use ws_server::{AddrHeader, Config, TrustedProxies};
use ws_testing::{naive::Frame, peer::masked};

use crate::served::Served;

thread_local! {
    /// The events of the thread's test, as `LEVEL message name=value`.
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what is logged. It is there for the whole program: tracing asks whoever comes by a place first
/// whether it is of interest, and remembers that for the threads of all tests.
#[derive(Debug)]
struct Lines;

impl Lines {
    /// From now on, what this thread logs is kept.
    fn keep() {
        static SET: Once = Once::new();
        SET.call_once(|| set_global_default(Self).expect("no other test sets one"));
        LINES.take();
    }

    /// How many lines hold all of the words.
    fn count(words: &[&str]) -> usize {
        let holds = |line: &&String| words.iter().all(|word| line.contains(word));
        LINES.with_borrow(|lines| lines.iter().filter(holds).count())
    }

    /// All of them.
    fn all() -> Vec<String> {
        LINES.with_borrow(Vec::clone)
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("ws_server")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        LINES.with_borrow_mut(|lines| lines.push(line.0));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let written = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
        written.expect("a string takes everything");
    }
}

const PEER: &str = "peer=192.0.2.7:4711";

/// "the server MUST _Close the WebSocket Connection_, and SHOULD log the problem" (RFC 6455 7.1.7)
#[tokio::test(start_paused = true)]
async fn the_problem_of_a_connection_that_fails_is_logged_with_its_peer() {
    Lines::keep();
    for (bytes, problem) in [
        (masked(Frame::new(0xB, "")), "reserved opcode 0xb"),
        (Frame::text("bare").encode(), "mask"),
        (masked(Frame::text(b"\xFF")), "UTF-8"),
    ] {
        let mut served = Served::open().await;
        served.peer.write(bytes).await;
        served.ended().await;
        assert_eq!(
            Lines::count(&["DEBUG", PEER, "1006", problem]),
            1,
            "{:?}",
            Lines::all()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_is_refused_and_a_panic_are_logged() {
    Lines::keep();
    let mut served = Served::new();
    served
        .peer
        .write("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
        .await;
    served.peer.finish().await;
    served.ended().await;
    assert_eq!(
        Lines::count(&["DEBUG", "handshake refused", "400"]),
        1,
        "{:?}",
        Lines::all()
    );

    let mut served = Served::open().await;
    served.say("do panic").await;
    served.ended().await;
    assert_eq!(
        Lines::count(&[PEER, "a callback panicked"]),
        1,
        "{:?}",
        Lines::all()
    );
}

/// It says why a client has the address of its proxy.
#[tokio::test(start_paused = true)]
async fn a_list_of_proxies_that_is_not_believed_is_logged() {
    Lines::keep();
    let proxies = TrustedProxies::none()
        .trust("192.0.2.7")
        .expect("an address");
    let proxies = proxies.with_header(AddrHeader::Forwarded);
    let config = Config::default().with_trusted_proxies(proxies);
    let mut served = Served::with(|puppet| puppet, config);
    let request = ws_testing::peer::REQUEST.replacen("\r\n", "\r\nForwarded: for=what\r\n", 1);
    served.peer.write(request).await;
    served.peer.read_head().await;
    let words = ["DEBUG", "not believed", "for=what", "192.0.2.7:4711"];
    assert_eq!(Lines::count(&words), 1, "{:?}", Lines::all());
}
