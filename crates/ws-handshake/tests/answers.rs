//! What a server answers when it does not open a WebSocket, byte by byte.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, SET_COOKIE};
use http::{Method, StatusCode};
use ws_handshake::{
    Acceptance, BuildError, Extension, Limits, Rejection, Request, RequestError, encode_response,
};

const GOOD: &str = "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, superchat\r\n\
    Sec-WebSocket-Extensions: x-zip; level=9\r\n\r\n";

fn request(head: &str) -> Request {
    Request::decode(head.as_bytes(), &Limits::default())
        .expect("the head is legal")
        .expect("the head is whole")
        .0
}

fn acceptance() -> Acceptance {
    Acceptance::for_request(&request(GOOD)).expect("the handshake is legal")
}

fn refused(head: &str) -> String {
    let error = match Request::decode(head.as_bytes(), &Limits::default()) {
        Ok(decoded) => Acceptance::for_request(&decoded.expect("the head is whole").0)
            .expect_err("the handshake is bad"),
        Err(error) => error,
    };
    text(&Rejection::from(error))
}

fn text(rejection: &Rejection) -> String {
    let mut response = Vec::new();
    rejection.encode(&mut response);
    String::from_utf8(response).expect("a response is ascii")
}

fn encoded(response: &http::Response<Bytes>, method: &Method) -> String {
    let mut encoded = Vec::new();
    encode_response(response, method, &mut encoded);
    String::from_utf8(encoded).expect("a response is ascii")
}

#[test]
fn a_bad_request_is_answered_with_its_fault() {
    assert_eq!(
        refused(&GOOD.replace("Host: example.com\r\n", "")),
        "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n\
         Content-Length: 48\r\nConnection: close\r\n\r\n\
         there are 0 host headers, and there must be one\n"
    );
}

#[test]
fn another_method_is_answered_with_what_is_allowed() {
    let response = refused(&GOOD.replace("GET", "PUT"));
    assert!(
        response.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"),
        "{response}"
    );
    assert!(response.contains("\r\nallow: GET\r\n"), "{response}");
    assert!(
        response.ends_with("\r\n\r\nthe method is PUT, and only GET is allowed\n"),
        "{response}"
    );
}

#[test]
fn a_head_request_is_answered_without_a_body() {
    let response = refused(&GOOD.replace("GET", "HEAD"));
    assert!(response.starts_with("HTTP/1.1 405 "), "{response}");
    assert!(
        response.ends_with("\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        "{response}"
    );
}

#[test]
fn another_version_is_answered_with_the_one_that_is_spoken() {
    for version in ["Sec-WebSocket-Version: 8\r\n", ""] {
        let response = refused(&GOOD.replace("Sec-WebSocket-Version: 13\r\n", version));
        assert!(
            response.starts_with("HTTP/1.1 426 Upgrade Required\r\n"),
            "{response}"
        );
        assert!(
            response.contains("\r\nupgrade: websocket\r\n"),
            "{response}"
        );
        assert!(
            response.contains("\r\nsec-websocket-version: 13\r\n"),
            "{response}"
        );
        assert!(
            response.contains("\r\nConnection: close, Upgrade\r\n"),
            "{response}"
        );
    }
}

#[test]
fn what_a_request_was_refused_for_is_never_a_header() {
    let head = GOOD.replace("example.com", "a\u{e9}Set-Cookie: a=b");
    let response = refused(&head);
    assert!(response.ends_with(
        "\r\n\r\nthe host is \"a\\xc3\\xa9Set-Cookie: a=b\", \
         and must be a name or an address, and perhaps a port\n"
    ));
}

#[test]
fn a_rejection_has_a_line_of_text_unless_it_is_given_a_body() {
    assert_eq!(
        text(&Rejection::new(StatusCode::FORBIDDEN)),
        "HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain; charset=utf-8\r\n\
         Content-Length: 14\r\nConnection: close\r\n\r\n403 Forbidden\n"
    );
    let json = Rejection::from(StatusCode::FORBIDDEN)
        .body("{}")
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(SET_COOKIE, HeaderValue::from_static("a=b"))
        .header(SET_COOKIE, HeaderValue::from_static("c=d"));
    assert_eq!(
        text(&json),
        "HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\nset-cookie: a=b\r\n\
         set-cookie: c=d\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    );
}

#[test]
fn a_content_type_takes_the_place_of_the_one_before() {
    let html = Rejection::new(StatusCode::FORBIDDEN)
        .header(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    let types: Vec<_> = html
        .response()
        .headers()
        .get_all(CONTENT_TYPE)
        .iter()
        .collect();
    assert_eq!(types, ["text/html"]);
}

#[test]
fn a_rejection_never_promises_another_answer() {
    for status in [
        StatusCode::CONTINUE,
        StatusCode::SWITCHING_PROTOCOLS,
        StatusCode::EARLY_HINTS,
    ] {
        assert_eq!(
            Rejection::new(status).status(),
            StatusCode::INTERNAL_SERVER_ERROR
        );
        let mut response = http::Response::new(Bytes::from_static(b"body"));
        *response.status_mut() = status;
        assert!(encoded(&response, &Method::GET).starts_with("HTTP/1.1 500 "));
        assert!(encoded(&response, &Method::GET).ends_with("\r\nConnection: close\r\n\r\n"));
        assert_eq!(
            Rejection::from(response).status(),
            StatusCode::INTERNAL_SERVER_ERROR
        );
    }
}

#[test]
fn a_response_has_one_length_and_ends_the_connection() {
    let mut response = http::Response::new(Bytes::from_static(b"hello"));
    for (name, value) in [
        ("content-length", "1"),
        ("transfer-encoding", "chunked"),
        ("connection", "keep-alive"),
        ("x-kept", "yes"),
    ] {
        let value = HeaderValue::from_static(value);
        response
            .headers_mut()
            .append(HeaderName::from_static(name), value);
    }
    assert_eq!(
        encoded(&response, &Method::GET),
        "HTTP/1.1 200 OK\r\nx-kept: yes\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
    );
    assert_eq!(
        encoded(&response, &Method::HEAD),
        "HTTP/1.1 200 OK\r\nx-kept: yes\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"
    );
}

#[test]
fn a_status_without_content_has_none() {
    for (status, length) in [(204, ""), (205, "Content-Length: 0\r\n"), (304, "")] {
        let mut response = http::Response::new(Bytes::from_static(b"hello"));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        let encoded = encoded(&response, &Method::GET);
        assert!(
            encoded.ends_with(&format!("\r\n{length}Connection: close\r\n\r\n")),
            "{encoded}"
        );
        assert_eq!(encoded.contains("Content-Length"), !length.is_empty());
    }
}

#[test]
fn a_status_without_a_name_keeps_its_space() {
    let mut response = http::Response::new(Bytes::new());
    *response.status_mut() = StatusCode::from_u16(599).unwrap();
    assert!(encoded(&response, &Method::GET).starts_with("HTTP/1.1 599 \r\n"));
}

#[test]
fn only_what_was_offered_can_be_selected() {
    assert_eq!(acceptance().selected_subprotocol(), None);
    let chosen = acceptance().subprotocol("superchat").unwrap();
    assert_eq!(chosen.selected_subprotocol(), Some("superchat"));
    for name in [
        "Chat",
        "cha",
        "chat, superchat",
        "chat,superchat",
        "",
        "chat\r\nX: y",
    ] {
        let error = acceptance().subprotocol(name).unwrap_err();
        assert!(
            matches!(error, BuildError::SubprotocolNotOffered { .. }),
            "{error}"
        );
        assert_eq!(
            Rejection::from(error).status(),
            StatusCode::INTERNAL_SERVER_ERROR
        );
    }
    assert_eq!(
        acceptance().subprotocol("mqtt").unwrap_err().to_string(),
        "subprotocol \"mqtt\" was selected, and the client offers only \"chat,superchat\""
    );
}

#[test]
fn the_servers_first_preference_that_is_offered_is_selected() {
    let select = |supported: &[&str]| {
        let acceptance = acceptance().select_subprotocol(supported);
        acceptance.selected_subprotocol().map(str::to_owned)
    };
    assert_eq!(
        select(&["mqtt", "superchat", "chat"]).as_deref(),
        Some("superchat")
    );
    assert_eq!(select(&["mqtt"]), None);
    assert_eq!(select(&[]), None);
    assert_eq!(select(&[""]), None);
}

#[test]
fn without_an_offer_nothing_can_be_selected() {
    let head = GOOD.replace("Sec-WebSocket-Protocol: chat, superchat\r\n", "");
    let acceptance = Acceptance::for_request(&request(&head)).unwrap();
    assert!(acceptance.clone().subprotocol("").is_err());
    assert!(acceptance.subprotocol("chat").is_err());
}

#[test]
fn only_extensions_that_were_offered_can_be_accepted() {
    let zip = Extension::new("x-zip")
        .unwrap()
        .param("level", "1")
        .unwrap();
    let accepted = acceptance().extension(zip.clone()).unwrap();
    assert_eq!(accepted.accepted_extensions(), [zip]);
    let mut response = Vec::new();
    accepted.encode(&mut response);
    let response = String::from_utf8(response).unwrap();
    assert!(
        response.contains("\r\nSec-WebSocket-Extensions: x-zip; level=1\r\n"),
        "{response}"
    );
    let other = Extension::new("x-other").unwrap();
    assert!(matches!(
        acceptance().extension(other),
        Err(BuildError::ExtensionNotOffered { .. })
    ));
}

/// "it MUST NOT send back a |Sec-WebSocket-Protocol| header field in its response" (RFC 6455 4.2.2).
#[test]
fn a_subprotocol_that_is_not_agreed_on_is_not_answered() {
    for acceptance in [acceptance(), acceptance().select_subprotocol(&["mqtt"])] {
        let mut response = Vec::new();
        acceptance.encode(&mut response);
        let response = String::from_utf8(response).unwrap().to_lowercase();
        assert!(response.starts_with("http/1.1 101 "), "{response}");
        assert!(!response.contains("sec-websocket-protocol"), "{response}");
        assert!(!response.contains("sec-websocket-extensions"), "{response}");
    }
}

/// RFC 6455 11.3.2 to 11.3.4, and 11.3.5 for the answer to a version.
#[test]
fn a_response_has_no_header_of_the_handshake_twice() {
    let head = GOOD.replace("x-zip; level=9", "x-zip; level=9, x-pad, x-zip; level=1");
    let acceptance = Acceptance::for_request(&request(&head)).unwrap();
    let acceptance = acceptance.subprotocol("chat").unwrap();
    let both = ["x-pad", "x-zip; level=1"].map(|text| text.parse::<Extension>().unwrap());
    let acceptance = both.into_iter().fold(acceptance, |acceptance, extension| {
        acceptance.extension(extension).unwrap()
    });
    let mut accepted = Vec::new();
    acceptance.encode(&mut accepted);
    let accepted = String::from_utf8(accepted).unwrap();
    assert!(
        accepted.contains("\r\nSec-WebSocket-Extensions: x-pad, x-zip; level=1\r\n"),
        "{accepted}"
    );
    let version = refused(&GOOD.replace("Version: 13", "Version: 8"));
    for (response, names) in [(accepted, 5), (version, 5)] {
        let lines = response.split("\r\n").skip(1);
        let names_seen = lines.filter_map(|line| Some(line.split_once(": ")?.0.to_lowercase()));
        let mut seen: Vec<String> = names_seen.collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), names, "{response}");
        assert_eq!(response.matches("\r\n").count(), names + 2, "{response}");
    }
}

#[test]
fn headers_of_the_application_are_sent_and_those_of_the_handshake_are_not() {
    let mut response = Vec::new();
    let acceptance = acceptance().header("Set-Cookie", "a=b").unwrap();
    let acceptance = acceptance
        .header(SET_COOKIE, HeaderValue::from_static("c=d"))
        .unwrap();
    acceptance.encode(&mut response);
    let response = String::from_utf8(response).unwrap();
    assert!(
        response.ends_with("\r\nset-cookie: a=b\r\nset-cookie: c=d\r\n\r\n"),
        "{response}"
    );
}

#[test]
fn headers_that_the_handshake_owns_or_that_are_none_are_refused() {
    for name in [
        "Upgrade",
        "CONNECTION",
        "Content-Length",
        "Transfer-Encoding",
        "Sec-WebSocket-Accept",
        "sec-websocket-protocol",
        "Sec-WebSocket-Anything",
    ] {
        let error = acceptance().header(name, "x").unwrap_err();
        assert!(matches!(error, BuildError::ReservedHeader { .. }), "{name}");
    }
    for name in ["", "a b", "a:", "a\r\nb", "\u{e9}"] {
        assert_eq!(
            acceptance().header(name, "x").unwrap_err(),
            BuildError::HeaderName
        );
    }
    for value in ["a\r\nSet-Cookie: a=b", "a\nb", "a\rb", "a\0b"] {
        let error = acceptance().header("x-name", value).unwrap_err();
        assert!(matches!(error, BuildError::HeaderValue { .. }), "{value:?}");
    }
}

#[test]
fn a_request_for_a_page_does_not_ask_for_an_upgrade() {
    for head in [
        "GET /health HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
    ] {
        let request = request(head);
        assert!(!request.asks_for_upgrade(), "{head}");
        assert_eq!(request.check_host(), Ok(()), "{head}");
    }
}

#[test]
fn any_header_of_the_handshake_asks_for_an_upgrade() {
    for line in [
        "Upgrade: WebSocket",
        "Sec-WebSocket-Key: x",
        "sec-websocket-key1: 1 2",
    ] {
        assert!(
            request(&format!("GET / HTTP/1.0\r\n{line}\r\n\r\n")).asks_for_upgrade(),
            "{line}"
        );
    }
}

#[test]
fn a_request_tells_what_it_asks_for() {
    let request = request(
        "GET http://Example.com:8080/chat?room=1 HTTP/1.1\r\nHost: other.example\r\n\
         Origin: http://a.example\r\nCookie: a=b\r\nX: caf\u{e9}\r\n\
         Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Protocol:c d,e\r\n\
         Sec-WebSocket-Extensions: x; y=\"z\"\r\nSec-WebSocket-Extensions: w\r\n\r\n",
    );
    assert_eq!(request.method(), Method::GET);
    assert_eq!((request.path(), request.query()), ("/chat", Some("room=1")));
    assert_eq!(request.version(), http::Version::HTTP_11);
    assert_eq!(
        request.host(),
        Some("Example.com:8080"),
        "not the header, by RFC 9112 3.2.2"
    );
    assert_eq!(request.origin().unwrap(), "http://a.example");
    assert_eq!(request.header("cookie"), Some("a=b"));
    assert_eq!((request.header("x"), request.header("y")), (None, None));
    assert_eq!(request.subprotocols().collect::<Vec<_>>(), ["a", "b", "e"]);
    let extensions: Vec<_> = request
        .extensions()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(extensions, ["x; y=z", "w"]);
    assert_eq!(request.uri().scheme_str(), Some("http"));
    assert_eq!(request.headers().len(), 8);
}

#[test]
fn a_host_is_asked_of_every_request_but_those_of_http_1_0() {
    let count = |head| match request(head).check_host() {
        Err(RequestError::HostCount { seen }) => Some(seen),
        Err(_) | Ok(()) => None,
    };
    assert_eq!(count("GET / HTTP/1.1\r\n\r\n"), Some(0));
    assert_eq!(count("GET / HTTP/1.0\r\n\r\n"), None);
    assert_eq!(
        count("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
        Some(2)
    );
    assert_eq!(
        request("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n").host(),
        None
    );
}
