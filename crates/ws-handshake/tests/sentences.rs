//! What each fault is told as, word by word, from the bytes that commit it.

use std::fmt::{self, Write};

use bytes::Bytes;
use http::{Response as HttpResponse, StatusCode};
use ws_handshake::{
    Acceptance, BuildError, ClientRequest, Extension, Limits, Origin, Rejection, Request,
    RequestError, Response,
};

const GOOD: &str = "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

const ANSWER: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const VERSION: &str = "Sec-WebSocket-Version: 13\r\n";

/// What is replaced in a legal handshake, by what, and what is told then.
const REQUESTS: [(&str, &str, &str); 23] = [
    (
        " HTTP",
        "HTTP",
        "the request line is \"GET /chatHTTP/1.1\", and must be a method, a target and a version",
    ),
    (
        "/chat",
        "chat",
        "the request target is \"chat\", and must be a path or a URI without a fragment",
    ),
    (
        "HTTP/1.1",
        "HTTP/2",
        "the version is \"HTTP/2\", and only HTTP/1.1 is supported",
    ),
    ("GET", "PUT", "the method is PUT, and only GET is allowed"),
    (
        "Host:",
        "X:",
        "there are 0 host headers, and there must be one",
    ),
    (
        "example.com",
        "a b",
        "the host is \"a b\", and must be a name or an address, and perhaps a port",
    ),
    (
        VERSION,
        "Sec-WebSocket-Version: 13\r\nTransfer-Encoding: chunked\r\n",
        "there is a transfer-encoding, and an opening handshake has no body",
    ),
    (
        VERSION,
        "Sec-WebSocket-Version: 13\r\nContent-Length: 1\r\n",
        "content-length is \"1\", and an opening handshake has no body",
    ),
    (
        "websocket\r\n",
        "h2c\r\n",
        "upgrade is \"h2c\", and must list websocket",
    ),
    (
        "Upgrade: websocket\r\n",
        "",
        "there is no upgrade header, and it must list websocket; a proxy may have removed it",
    ),
    (
        ": Upgrade",
        ": close",
        "connection is \"close\", and must list upgrade",
    ),
    (
        ": Upgrade",
        ": close\r\nConnection: é, keep-alive",
        "connection is \"close, \\xc3\\xa9, keep-alive\", and must list upgrade",
    ),
    (
        "Connection: Upgrade\r\n",
        "",
        "there is no connection header, and it must list upgrade; a proxy may have removed it",
    ),
    (
        VERSION,
        "",
        "there is no sec-websocket-version, and it must be 13",
    ),
    (
        VERSION,
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 8\r\n",
        "there are 2 sec-websocket-version headers, and one is allowed",
    ),
    (
        ": 13",
        ": 013",
        "sec-websocket-version is \"013\", and must be the number 13",
    ),
    (
        ": 13",
        ": 8",
        "sec-websocket-version is 8, and only 13 is supported",
    ),
    (
        VERSION,
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n",
        "there are 2 sec-websocket-key headers, and there must be one",
    ),
    (
        KEY,
        "x\\",
        "sec-websocket-key is \"x\\\\\", and must be base64 of 16 bytes",
    ),
    (
        VERSION,
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: a b\r\n",
        "sec-websocket-protocol has \"a b\", and must be a list of tokens",
    ),
    (
        VERSION,
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: a, b, a\r\n",
        "subprotocol \"a\" is offered twice, and once is allowed",
    ),
    (
        VERSION,
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: a;\r\n",
        "sec-websocket-extensions is \"a;\", and must be a list of extensions",
    ),
    (
        VERSION,
        "Sec-WebSocket-Version: 13\r\nOrigin: a\r\nOrigin: b\r\n",
        "there are 2 origin headers, and one is allowed",
    ),
];

/// The same for the answer to a handshake.
const ANSWERS: [(&str, &str, &str); 13] = [
    (
        "\r\n",
        "\n",
        "a line ends with LF alone, and only CR LF is allowed",
    ),
    (
        "101 ",
        "1 ",
        "the response does not begin with HTTP/1.1 and a status, as it must",
    ),
    (
        "101 Switching Protocols",
        "404 Not Found",
        "the server refuses with 404 Not Found, and only 101 opens a websocket",
    ),
    (
        "HTTP/1.1",
        "HTTP/1.0",
        "the version is HTTP/1.0, and only HTTP/1.1 can be upgraded",
    ),
    (
        "websocket",
        "h2c",
        "upgrade is \"h2c\", and must be one single websocket",
    ),
    (
        "Upgrade: websocket\r\n",
        "",
        "there is no upgrade header, and it must be websocket; a proxy may have removed it",
    ),
    (
        ": Upgrade",
        ": close",
        "connection is \"close\", and must list upgrade",
    ),
    (
        "Connection: Upgrade\r\n",
        "",
        "there is no connection header, and it must list upgrade; a proxy may have removed it",
    ),
    (
        "s3p",
        "S3p",
        "sec-websocket-accept does not answer the key that was sent, as it must",
    ),
    (
        "\r\n\r\n",
        "\r\nSec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: a\r\n\r\n",
        "there are 2 sec-websocket-protocol headers, and one is allowed",
    ),
    (
        "\r\n\r\n",
        "\r\nSec-WebSocket-Protocol: a\r\n\r\n",
        "subprotocol \"a\" is selected, and only what was offered may be",
    ),
    (
        "\r\n\r\n",
        "\r\nSec-WebSocket-Extensions: a;\r\n\r\n",
        "sec-websocket-extensions is \"a;\", and must be a list of extensions",
    ),
    (
        "\r\n\r\n",
        "\r\nSec-WebSocket-Extensions: a\r\n\r\n",
        "extension \"a\" is accepted, and only what was offered may be",
    ),
];

fn acceptance(head: &str, limits: &Limits) -> Result<Acceptance, RequestError> {
    let (request, _) = Request::decode(head.as_bytes(), limits)?.expect("the head is whole");
    Acceptance::for_request(&request)
}

fn refused(head: &str, limits: &Limits) -> String {
    let error = acceptance(head, limits).expect_err("the handshake is bad");
    error.to_string()
}

fn client() -> ClientRequest {
    ClientRequest::new("example.com", "/chat", *b"the sample nonce").expect("the request is legal")
}

fn failed(answer: &str) -> String {
    let decoded = Response::decode(answer.as_bytes(), &Limits::default());
    let checked = decoded.and_then(|decoded| {
        let (response, _) = decoded.expect("the head is whole");
        client().check(response)
    });
    checked.expect_err("the answer is bad").to_string()
}

/// The sentence is in lower case but for abbreviations and what was seen, and has no full stop.
fn assert_told(told: &str, sentence: &str) {
    assert_eq!(told, sentence);
    let starts_well = told.starts_with(|first: char| first.is_lowercase() || first == '"');
    assert!(starts_well && !told.ends_with('.'), "{told}");
}

#[test]
fn a_head_that_is_refused_is_told_by_its_fault() {
    let limits = Limits::default().with_max_head(200).with_max_headers(8);
    let more = |lines: &str| GOOD.replace("\r\n\r\n", &format!("\r\n{lines}\r\n\r\n"));
    let long = "x".repeat(300);
    let heads = [
        (
            more(&format!("X: {long}")),
            "the head has more than the 200 bytes that are allowed",
        ),
        (
            format!("GET /{long}"),
            "the first line has more than the 200 bytes that are allowed for a head",
        ),
        (
            more("A: 1\r\nB: 2\r\nC: 3\r\nD: 4"),
            "there are more than the 8 headers that are allowed",
        ),
        (
            "\r\n\r\n".to_owned(),
            "there is more than one empty line before the first line, and one is allowed",
        ),
        (
            GOOD.replace("\r\n", "\n"),
            "a line ends with LF alone, and only CR LF is allowed",
        ),
        (
            GOOD.replace("HTTP/1.1\r\n", "HTTP/1.1\rX"),
            "a line does not end where it should, and must with CR LF",
        ),
        (
            more("X : y"),
            "a header line does not begin with a token and a colon, as it must",
        ),
        (
            more("X: \x01"),
            "the value of a header has a control character, and none is allowed",
        ),
    ];
    for (head, sentence) in heads {
        assert_told(&refused(&head, &limits), sentence);
    }
}

#[test]
fn a_request_that_is_refused_is_told_by_what_was_seen_and_what_is_allowed() {
    let limits = Limits::default().with_max_head(100_000);
    for (line, other, sentence) in REQUESTS {
        assert_told(&refused(&GOOD.replace(line, other), &limits), sentence);
    }
    let longest = format!("/{}", "x".repeat(65_533));
    assert!(acceptance(&GOOD.replace("/chat", &longest), &limits).is_ok());
    let long = format!("{longest}x");
    assert_told(
        &refused(&GOOD.replace("/chat", &long), &limits),
        "the request target has more than the 65534 bytes that are allowed",
    );
}

/// Neither the first nor the second of two keys is judged: the fault is that there are two.
#[test]
fn two_keys_are_told_as_two_whichever_of_them_is_bad() {
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let bad = "Sec-WebSocket-Key: x\r\n";
    for two in [
        [bad, key].concat(),
        [key, bad].concat(),
        [bad, bad].concat(),
    ] {
        let error = acceptance(&GOOD.replace(key, &two), &Limits::default()).unwrap_err();
        assert_eq!(error, RequestError::KeyCount { seen: 2 });
    }
}

#[test]
fn an_answer_that_opens_nothing_is_told_by_its_fault() {
    for (line, other, sentence) in ANSWERS {
        assert_told(&failed(&ANSWER.replace(line, other)), sentence);
    }
}

fn assert_refused<T: fmt::Debug>(built: Result<T, BuildError>, sentence: &str) {
    assert_told(&built.expect_err(sentence).to_string(), sentence);
}

#[test]
fn what_a_client_cannot_send_is_told_to_the_caller() {
    assert_refused(
        client().subprotocol(""),
        "\"\" is not a token, and only tokens are allowed here",
    );
    assert_refused(
        client()
            .subprotocol("a")
            .and_then(|client| client.subprotocol("a")),
        "subprotocol \"a\" was offered twice, and once is allowed",
    );
    assert_refused(
        client().header("Host", "a"),
        "header \"host\" was given, and the handshake writes that one itself",
    );
    assert_refused(
        client().header("a b", "a"),
        "the name of a header is not a token, as it must be",
    );
    assert_refused(
        client().header("a", "\n"),
        "the value of header \"a\" has a control character, and none is allowed",
    );
    assert_refused(
        ClientRequest::new("a b", "/", [0; 16]),
        "\"a b\" is not a host, or a host and a port",
    );
    assert_refused(
        ClientRequest::new("a", "b", [0; 16]),
        "\"b\" is not a path and query in percent-encoded ASCII",
    );
}

#[test]
fn what_a_server_cannot_answer_is_told_to_the_caller() {
    let acceptance = acceptance(GOOD, &Limits::default()).expect("the handshake is legal");
    assert_refused(
        acceptance.clone().subprotocol("a"),
        "subprotocol \"a\" was selected, and the client offers only \"\"",
    );
    let a = Extension::new("a").expect("a token");
    assert_refused(
        acceptance.clone().extension(a),
        "extension \"a\" was accepted, and only what the client offers may be",
    );
    assert_refused(
        too_many_headers(acceptance),
        "there are more headers than a header map can hold",
    );
}

#[test]
fn what_is_no_extension_is_told_to_the_caller() {
    assert_refused(
        Extension::new("a b"),
        "\"a b\" is not a token, and only tokens are allowed here",
    );
    assert_refused(
        "a;".parse::<Extension>(),
        "\"a;\" is not one extension: a token and its parameters",
    );
}

/// A name of its own for each: values of one name share an entry of the map.
fn too_many_headers(mut acceptance: Acceptance) -> Result<Acceptance, BuildError> {
    for number in 0..Limits::MOST_HEADERS + 1 {
        acceptance = acceptance.header(format!("x-{number}"), "")?;
    }
    Ok(acceptance)
}

#[test]
fn only_one_extension_is_read_from_a_text() {
    for text in ["", ",", "a, b", "a; b=c, d", "a b", "=", "a; =b"] {
        let error = text.parse::<Extension>().expect_err(text);
        assert!(
            matches!(error, BuildError::MalformedExtension { .. }),
            "{text}"
        );
    }
    let zip = Extension::new("a").unwrap();
    for (name, value) in [("", "c"), ("b", ""), ("b c", "d"), ("b", "c d")] {
        let error = zip.clone().param(name, value).expect_err("not a token");
        assert!(
            matches!(error, BuildError::NotAToken { .. }),
            "{name} {value}"
        );
    }
    assert!(matches!(zip.flag("b c"), Err(BuildError::NotAToken { .. })));
}

#[test]
fn an_origin_that_cannot_be_compared_is_told() {
    let told = |origin: &str| origin.parse::<Origin>().expect_err(origin).to_string();
    assert_told(
        &told("null"),
        "origin is null, and only a scheme, a host and a port can be compared",
    );
    assert_told(
        &told("a/b"),
        "origin is \"a/b\", and must be one scheme://host or scheme://host:port",
    );
}

#[test]
fn a_rejection_is_told_by_its_status_and_gives_its_response_back() {
    let rejection = Rejection::new(StatusCode::FORBIDDEN).body("no");
    assert_eq!(
        rejection.to_string(),
        "the opening handshake is refused with 403 Forbidden"
    );
    let response: HttpResponse<Bytes> = rejection.into();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(response.body(), "no");
}

/// Room for so many bytes, and no more.
struct Room(usize);

impl Write for Room {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.checked_sub(text.len()).ok_or(fmt::Error)?;
        Ok(())
    }
}

#[test]
fn a_writer_without_room_is_told_to_whoever_writes_the_sentence() {
    let error = acceptance(&GOOD.replace("GET", "PUT"), &Limits::default()).unwrap_err();
    let whole = error.to_string().len();
    for room in 0..whole {
        assert!(write!(Room(room), "{error}").is_err(), "{room}");
    }
    assert!(write!(Room(whole), "{error}").is_ok());
}
