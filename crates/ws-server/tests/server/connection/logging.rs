//! What the application's log hears of a connection that failed.

use std::{
    cell::RefCell,
    fmt::{Debug, Write},
    sync::Once,
    time::Duration,
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::set_global_default,
};
use ws_server::{
    Acceptance, AddrHeader, AddrLimits, Client, Config, Handler, Message, ProxyProtocol, Rejection,
    Server, TrustedProxies, Upgrade, http::StatusCode,
};
use ws_testing::{
    naive::Frame,
    peer::{Peer, REQUEST, masked},
};

use crate::{
    listener::running::{Running, within},
    log::Log,
    served::Served,
};

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
        Lines::count(&["ERROR", PEER, "a callback panicked"]),
        1,
        "{:?}",
        Lines::all()
    );
}

fn with_header(line: &str) -> String {
    REQUEST.replacen("\r\n", &format!("\r\n{line}\r\n"), 1)
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_takes_too_long_is_a_warning() {
    Lines::keep();
    let limit = Some(Duration::from_secs(10));
    let mut served = Served::open_under(|config| config.with_callback_timeout(limit)).await;
    served.say("do never").await;
    assert!(served.peer.read_line().await.starts_with("close 1011 "));
    served.peer.finish().await;
    served.ended().await;
    let told = ["WARN", PEER, "a callback stayed pending"];
    assert_eq!(Lines::count(&told), 1, "{:?}", Lines::all());
    assert_eq!(Lines::all().len(), 1);
}

/// One has room for another one, and the other for another address.
#[tokio::test]
async fn the_log_says_which_limit_a_connection_was_above_be_it_refused_or_dropped() {
    let per_address = AddrLimits::default().with_connections(1);
    for (builder, limit) in [
        (
            Server::builder().max_connections(1),
            "the server holds as many",
        ),
        (
            Server::builder().addr_limits(per_address),
            "1 connections of this address",
        ),
    ] {
        let running = Running::start(builder).await;
        let _served = running.open().await;
        Lines::keep();
        let mut refused = Peer::new(running.connect().await);
        refused.write(REQUEST).await;
        assert!(refused.read_head().await.starts_with("HTTP/1.1 503 "));
        let reason = format!("status=503 Service Unavailable reason=\"{limit}");
        assert_eq!(Lines::count(&["DEBUG", &reason]), 1, "{:?}", Lines::all());
        let mut waiting = Vec::new();
        for _ in 0..70 {
            waiting.push(running.connect().await);
        }
        let told = ["DEBUG", &*format!("dropped: {limit}"), "peer=127."];
        within(async {
            while !(6..=7).contains(&Lines::count(&told)) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
        .await;
    }
}

/// It was sent away, and has not gone.
#[tokio::test]
async fn who_is_dropped_for_the_address_behind_a_proxy_is_logged_once() {
    let trusted = TrustedProxies::none().trust("127.0.0.0/8");
    let proxies = trusted.expect("a prefix");
    let builder = Server::builder()
        .addr_limits(AddrLimits::default().with_connections(1))
        .trusted_proxies(proxies.with_proxy_protocol(ProxyProtocol::Required));
    let running = Running::start(builder).await;
    Lines::keep();
    let mut waiting = Vec::new();
    for _ in 0..70 {
        let mut peer = Peer::new(running.connect().await);
        peer.write("PROXY TCP4 192.0.2.7 127.0.0.1 1 1\r\n").await;
        waiting.push(peer);
    }
    let told = "dropped: 1 connections of this address";
    within(async {
        while Lines::count(&["DEBUG", told]) < 5 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
    assert_eq!(Lines::count(&["dropped"]), 5, "{:?}", Lines::all());
    assert_eq!(Lines::count(&["gone"]), 0, "{:?}", Lines::all());
}

/// Whoever looks after a server reads the log; the answer went to somebody else.
#[tokio::test(start_paused = true)]
async fn a_refused_handshake_is_logged_once_with_the_reason_that_the_peer_is_told() {
    let foreign = with_header("Origin: https://elsewhere.example");
    let odd = with_header("Origin: https://else\twhere.example");
    let version = REQUEST.replace("Version: 13", "Version: 8");
    for (script, request, words) in [
        (
            "",
            &*foreign,
            [
                "status=403 Forbidden",
                "reason=\"pages of https://elsewhere.example are not allowed here; ",
                "origin=https://elsewhere.example",
            ],
        ),
        (
            "",
            &odd,
            [
                "status=403",
                "reason=\"",
                "origin=https://else\\twhere.example",
            ],
        ),
        ("", &version, ["status=426", "reason=\"", "8"]),
        ("", "\x16\x03\x01", ["status=400", "reason=\"", "\\x16"]),
        (
            "",
            "HEAD / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
            ["status=405", "reason=\"", "HEAD"],
        ),
        (
            "refuse 401",
            REQUEST,
            ["status=401", "reason=\"401 Unauthorized\"", ""],
        ),
    ] {
        Lines::keep();
        let mut served = Served::with(|puppet| puppet.on("upgrade", script), Config::default());
        let _ = served.peer.try_write(request).await;
        served.peer.finish().await;
        served.ended().await;
        let all = Lines::all();
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(all[0].starts_with("DEBUG handshake refused"), "{all:?}");
        assert_eq!(Lines::count(&words), 1, "{words:?}: {all:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_page_that_refuses_a_handshake_the_beginning_of_the_first_line_is_logged() {
    struct Bouncer(Vec<u8>);

    impl Handler for Bouncer {
        async fn on_upgrade(&mut self, _: &Upgrade<'_>) -> Result<Acceptance, Rejection> {
            let rejection = Rejection::new(StatusCode::FORBIDDEN);
            Err(rejection.body(self.0.clone()))
        }

        async fn on_message(&mut self, _: &mut Client, _: Message<'_>) {}
    }

    let long = "a".repeat(3000);
    let cut = format!("reason=\"{}\"", &long[..1024]);
    for (body, reason) in [
        (
            b"members\xFF\x1B only\r\n<p>".as_slice(),
            "reason=\"members\u{FFFD}\\u{1b} only\"",
        ),
        (long.as_bytes(), &*cut),
        (b"", "refused status=403 Forbidden"),
    ] {
        Lines::keep();
        let mut served = Served::of(Bouncer(body.to_vec()), Log::new(), Config::default());
        served.peer.write(REQUEST).await;
        served.peer.finish().await;
        served.ended().await;
        let all = Lines::all();
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(all[0].ends_with(reason), "{all:?}");
    }
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
    let request = with_header("Forwarded: for=what");
    served.peer.write(request).await;
    served.peer.read_head().await;
    let words = ["DEBUG", "not believed", "for=what", "192.0.2.7:4711"];
    assert_eq!(Lines::count(&words), 1, "{:?}", Lines::all());
}
