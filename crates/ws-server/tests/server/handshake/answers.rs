//! What is no handshake gets exactly one response, and then the connection ends (A3-A10).

use tokio::time::Instant;
use ws_server::Config;
use ws_testing::{
    io::Script,
    peer::{Peer, REQUEST},
};

use super::request::{ask, exchange, first_line, with, without};
use crate::{
    log::Log,
    puppet::Puppet,
    response::Response,
    served::{Served, settle},
};

/// A one-line text, so that a person at a terminal sees what is wrong.
#[track_caller]
fn assert_tells(response: &Response, status: u16, what: &str) {
    assert_eq!(response.status, status, "{response:?}");
    let connection = response.header("connection").expect("always told");
    assert!(connection.split(", ").any(|option| option == "close"));
    let content_type = response.header("content-type");
    assert_eq!(content_type, Some("text/plain; charset=utf-8"));
    let line = response.body.strip_suffix('\n').expect("a line");
    assert!(!line.contains('\n') && !line.is_empty(), "{line}");
    assert!(line.contains(what), "{line}");
}

/// A9: no request that breaks a rule of RFC 6455 4.2.1 opens a connection, and no handler hears of it.
#[tokio::test(start_paused = true)]
async fn a_request_that_is_no_legal_handshake_is_refused_with_one_line_that_says_why() {
    let probes = [
        (without(&["Sec-WebSocket-Key"]), 400, "key"),
        (with(&["Sec-WebSocket-Key: c2hvcnQ="]), 400, "16 bytes"),
        (with(&["Sec-WebSocket-Key: ?"]), 400, "16 bytes"),
        (
            with(&[
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ]),
            400,
            "key",
        ),
        (without(&["Host"]), 400, "host"),
        (with(&["Host: a", "Host: b"]), 400, "host"),
        (with(&["Host: a/b"]), 400, "host"),
        (without(&["Connection"]), 400, "connection"),
        (with(&["Connection: keep-alive"]), 400, "connection"),
        (without(&["Upgrade"]), 400, "upgrade"),
        (with(&["Upgrade: h2c"]), 400, "upgrade"),
        (without(&["Sec-WebSocket-Version"]), 426, "13"),
        (with(&["Sec-WebSocket-Version: 8"]), 426, "13"),
        (with(&["Sec-WebSocket-Version: x"]), 400, "13"),
        (first_line("POST /chat HTTP/1.1"), 405, "get"),
        (first_line("GET /chat HTTP/1.0"), 505, "1.1"),
        (first_line("GET /chat HTTP/2.0"), 505, "1.1"),
        (first_line("GET /chat#part HTTP/1.1"), 400, "fragment"),
        (with(&["Transfer-Encoding: chunked"]), 400, "body"),
        (with(&["Content-Length: 5"]), 400, "body"),
        (with(&["Sec-WebSocket-Protocol: a, a"]), 400, "once"),
        (with(&["Sec-WebSocket-Protocol: \u{e9}"]), 400, "token"),
        (with(&["Sec-WebSocket-Extensions: ;"]), 400, "extension"),
        (with(&["Origin: a", "Origin: b"]), 400, "origin"),
        (with(&["X : space"]), 400, "colon"),
    ];
    for (request, status, what) in probes {
        let (bytes, log) = exchange(Config::default(), &request).await;
        let response = Response::only(bytes);
        let line = response.body.to_lowercase();
        assert_tells(
            &Response {
                body: line,
                ..response
            },
            status,
            what,
        );
        assert_eq!(log.lines(), [""; 0], "{request}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_says_what_would_be_accepted() {
    let response = ask(Config::default(), first_line("PUT /chat HTTP/1.1")).await;
    assert_eq!(response.header("allow"), Some("GET"));

    let response = ask(Config::default(), with(&["Sec-WebSocket-Version: 8"])).await;
    assert_eq!(response.header("upgrade"), Some("websocket"));
    assert_eq!(response.header("sec-websocket-version"), Some("13"));
    assert_eq!(response.header("connection"), Some("close, Upgrade"));
}

/// Legal, though rare: list headers on several lines, any case, an absolute target.
#[tokio::test(start_paused = true)]
async fn a_legal_request_in_an_unusual_form_opens_the_connection() {
    for request in [
        with(&["Connection: keep-alive", "Connection: UPGRADE"]),
        with(&["Connection: keep-alive,, Upgrade"]),
        with(&["Upgrade: h2c, WebSocket"]),
        with(&["Content-Length: 0"]),
        first_line("GET ws://server.example.com/chat HTTP/1.1"),
        format!("\r\n{REQUEST}"),
    ] {
        let mut served = Served::new();
        served.peer.write(&request).await;
        let head = served.peer.read_head().await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{request}{head}");
        served.log.until(1, "open").await;
    }
}

/// A3: no more is taken than tells that it is too much, and some to let the answer through.
#[tokio::test(start_paused = true)]
async fn a_header_of_20_mb_is_refused_at_16_kib_and_not_taken() {
    let mut served = Served::new();
    served.peer.write("GET / HTTP/1.1\r\nX: ").await;
    let piece = [b'x'; 16 * 1024];
    let mut taken = 0;
    while taken < 20_000_000 && served.peer.try_write(piece).await.is_ok() {
        taken += piece.len();
    }
    assert!(taken < 1_500_000, "{taken}");
    let bytes = served.peer.read_bytes().await.expect("an answer");
    assert_tells(&Response::only(bytes), 431, "16384");
    served.ended().await;
}

#[tokio::test(start_paused = true)]
async fn a_head_of_16_kib_is_the_largest() {
    let head = |len: usize| {
        let padding = len - with(&["X: "]).len();
        with(&[&format!("X: {}", "x".repeat(padding))])
    };
    let mut served = Served::new();
    served.peer.write(head(16 * 1024)).await;
    assert!(served.peer.read_head().await.starts_with("HTTP/1.1 101 "));

    let response = ask(Config::default(), head(16 * 1024 + 1)).await;
    assert_tells(&response, 431, "16384");
}

/// A4: byte by byte, with nothing to read in between.
#[tokio::test(start_paused = true)]
async fn a_request_in_pieces_of_one_byte_is_accepted_once() {
    let mut script = Script::new().writes_of_at_most(1);
    for byte in REQUEST.bytes() {
        script = script.pending().read([byte]);
    }
    let (io, record) = script.end().start();
    let log = Log::new();
    let config = Config::default().into();
    let peer = ws_server::Peer::UNKNOWN;
    ws_server::serve_connection(io, peer, Puppet::new(&log), config).await;
    let written = String::from_utf8(record.written()).expect("text");
    assert!(written.starts_with("HTTP/1.1 101 "), "{written}");
    assert!(written.ends_with("\r\n\r\n"), "{written}");
    assert_eq!(log.count("upgrade"), 1);
    assert_eq!(log.count("open"), 1);
}

/// A5
#[tokio::test(start_paused = true)]
async fn too_many_headers_and_lists_of_nothing_are_refused() {
    let many: Vec<String> = (0..2_000).map(|i| format!("X{i}: 1")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_tells(
        &ask(Config::default(), with(&many)).await,
        431,
        "100 headers",
    );

    let commas = ",".repeat(15 * 1024);
    for name in ["Upgrade", "Connection", "Sec-WebSocket-Protocol"] {
        let response = ask(Config::default(), with(&[&format!("{name}: {commas}")])).await;
        assert_eq!(response.status, 400, "{name}");
    }
}

/// A6: the body is not taken for a request either.
#[tokio::test(start_paused = true)]
async fn a_request_with_a_body_gets_one_response() {
    for line in ["Content-Length: 18", "Transfer-Encoding: chunked"] {
        let request = with(&[line]) + "GET / HTTP/1.1\r\n\r\n" + REQUEST;
        assert_tells(&ask(Config::default(), request).await, 400, "body");
    }
}

/// A7
#[tokio::test(start_paused = true)]
async fn what_follows_a_refused_request_is_never_looked_at() {
    let refused = without(&["Sec-WebSocket-Key"]);
    let (bytes, log) = exchange(Config::default(), refused + REQUEST + REQUEST).await;
    assert_eq!(Response::only(bytes).status, 400);
    assert_eq!(log.lines(), [""; 0]);

    // Also when it comes later.
    let mut served = Served::new();
    served.peer.write(without(&["Host"])).await;
    let head = served.peer.read_head().await;
    assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    served.peer.write(REQUEST).await;
    let rest = served.peer.read_bytes().await.expect("the server ends");
    assert_eq!(
        String::from_utf8_lossy(&rest).lines().count(),
        1,
        "the body"
    );
    served.peer.finish().await;
    served.ended().await;
    assert_eq!(served.log.lines(), [""; 0]);
}

/// A10: in a name or a value, it is ignored or refused; nothing panics.
#[tokio::test(start_paused = true)]
async fn any_byte_in_a_header_is_ignored_or_refused() {
    for name in ["X-Other", "Host", "Sec-WebSocket-Protocol", "Origin"] {
        for byte in 0..=u8::MAX {
            let line = [name.as_bytes(), b": a", &[byte], b"b\r\n\r\n"].concat();
            let mut request = without(&[name]).into_bytes();
            request.truncate(request.len() - 2);
            request.extend(line);
            let mut served = Served::new();
            served.peer.write(&request).await;
            let head = served.peer.read_head().await;
            let status = head.get(9..12).unwrap_or_default();
            assert!(
                ["101", "400", "403"].contains(&status),
                "{name} {byte} {head}"
            );
        }
    }
}

/// The greeting of a TLS client, and of an HTTP/2 client: no deadline is waited for.
#[tokio::test(start_paused = true)]
async fn what_is_no_http_is_answered_at_once() {
    let client_hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x12\x34";
    let others: [(&[u8], u16); 4] = [
        (client_hello, 400),
        (b"\x16", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"GET / HTTP/1.1\n", 400),
    ];
    for (bytes, status) in others {
        let start = Instant::now();
        let response = ask(Config::default(), bytes).await;
        assert!(start.elapsed().as_millis() < 10, "{:?}", start.elapsed());
        assert_eq!(response.status, status);
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_leaves_before_its_request_is_whole_gets_nothing() {
    for cut in [0, 1, 40, REQUEST.len() - 1] {
        let mut served = Served::new();
        served.peer.write(&REQUEST[..cut]).await;
        served.peer.finish().await;
        let bytes = served.peer.read_bytes().await.expect("the server ends");
        assert_eq!(bytes, b"");
        served.ended().await;
        assert_eq!(served.log.lines(), [""; 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_on_and_never_ends_is_cut_after_its_refusal() {
    let mut served = Served::new();
    served.peer.write(without(&["Host"])).await;
    let took = served.ended().await;
    crate::served::assert_took(took, 1.5);
    let mut peer: Peer<_> = served.peer;
    let bytes = peer.read_bytes().await.expect("the answer");
    assert_eq!(Response::only(bytes).status, 400);
}

#[tokio::test(start_paused = true)]
async fn behind_a_refused_request_1_mib_is_taken_and_no_more() {
    let mut served = Served::new();
    served.peer.write(without(&["Host"])).await;
    assert!(served.peer.read_head().await.starts_with("HTTP/1.1 400 "));
    served.peer.write(vec![b'x'; (1 << 20) - 1]).await;
    settle().await;
    assert!(!served.has_ended());
    served.peer.write("x").await;
    crate::served::assert_took(served.ended().await, 0.0);
}
