//! A client and a server that speak to each other.

use http::StatusCode;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use ws_handshake::{
    Acceptance, BuildError, ClientRequest, Excerpt, Extension, HeadError, Key, Limits, Rejection,
    Request, Response, ResponseError,
};

fn client() -> ClientRequest {
    ClientRequest::new("example.com:8080", "/chat?room=1", *b"the sample nonce")
        .and_then(|request| request.subprotocol("chat"))
        .and_then(|request| request.subprotocol("superchat"))
        .expect("the request is legal")
        .extension("x-zip; level=9".parse().expect("the extension is legal"))
}

fn decode_request(head: &[u8]) -> Request {
    let decoded = Request::decode(head, &Limits::default()).expect("the head is legal");
    let (request, len) = decoded.expect("the head is whole");
    assert_eq!(len, head.len());
    request
}

fn decode_response(head: &[u8]) -> Result<Response, ResponseError> {
    let decoded = Response::decode(head, &Limits::default())?;
    let (response, len) = decoded.expect("the head is whole");
    assert!(len <= head.len());
    Ok(response)
}

fn check(head: &str) -> Result<(), ResponseError> {
    client()
        .check(decode_response(head.as_bytes())?)
        .map(|_| ())
}

const GOOD: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

#[test]
fn the_sample_of_the_rfc_is_sent() {
    let mut head = Vec::new();
    let request = client().origin("http://example.com").unwrap();
    request.header("Cookie", "a=b").unwrap().encode(&mut head);
    assert_eq!(
        String::from_utf8(head).unwrap(),
        "GET /chat?room=1 HTTP/1.1\r\nHost: example.com:8080\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: chat, superchat\r\n\
         Sec-WebSocket-Extensions: x-zip; level=9\r\n\
         origin: http://example.com\r\ncookie: a=b\r\n\r\n"
    );
}

#[test]
fn the_key_is_the_one_of_the_rfc() {
    let key = Key::new(*b"the sample nonce");
    assert_eq!(key.as_bytes(), b"dGhlIHNhbXBsZSBub25jZQ==");
    assert_eq!(&key.accept(), b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_eq!(client().key(), &key);
    assert_eq!(
        format!("{key} {key:?}"),
        "dGhlIHNhbXBsZSBub25jZQ== Key(dGhlIHNhbXBsZSBub25jZQ==)"
    );
}

#[test]
fn a_response_that_opens_the_websocket_is_accepted() {
    assert_eq!(check(GOOD), Ok(()));
    assert_eq!(check(&GOOD.replace("websocket", "WebSocket")), Ok(()));
    assert_eq!(
        check(&GOOD.replace(": Upgrade", ": keep-alive,upgrade")),
        Ok(())
    );
    assert_eq!(
        check(&GOOD.replace("101 Switching Protocols", "101")),
        Ok(())
    );
    let head = GOOD.replace(
        "\r\n\r\n",
        "\r\nSec-WebSocket-Protocol: superchat\r\nX: y\r\n\r\n",
    );
    let accepted = client()
        .check(decode_response(head.as_bytes()).unwrap())
        .unwrap();
    assert_eq!(accepted.subprotocol(), Some("superchat"));
    assert!(accepted.extensions().is_empty());
    assert_eq!(accepted.response().header("x"), Some("y"));
}

/// "ignoring any leading and trailing whitespace" (RFC 6455 4.1), which is that of any header.
#[test]
fn white_space_around_the_values_of_a_response_does_not_count() {
    for space in ["", " ", "\t", " \t  "] {
        let mut head = GOOD.replace(": ", &format!(":{space}"));
        head = head.replace("=\r\n", &format!("={space}\r\n"));
        assert_eq!(check(&head), Ok(()), "{head:?}");
    }
    assert_eq!(
        check(&GOOD.replace("s3pP", "s3 pP")),
        Err(ResponseError::Accept)
    );
}

/// A server must not send two lines (RFC 6455 11.3.2), but what they would say is clear.
#[test]
fn extensions_in_two_lines_of_a_response_are_one_list() {
    let two =
        "\r\nSec-WebSocket-Extensions: x-zip\r\nSec-WebSocket-Extensions: x-zip; a=\"b\"\r\n\r\n";
    let response = decode_response(GOOD.replace("\r\n\r\n", two).as_bytes()).unwrap();
    let accepted = client().check(response).unwrap();
    let lines = accepted.extensions().iter().map(ToString::to_string);
    assert_eq!(lines.collect::<Vec<_>>(), ["x-zip", "x-zip; a=b"]);
}

#[test]
fn a_response_that_does_not_open_the_websocket_is_refused() {
    let without = |line: &str| check(&GOOD.replace(line, ""));
    let plus = |line: &str| check(&GOOD.replace("\r\n\r\n", &format!("\r\n{line}\r\n\r\n")));
    let accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    let upgrade = |seen: Option<&str>| {
        let seen = seen.map(Excerpt::of);
        Err(ResponseError::Upgrade { seen })
    };
    let connection = |seen: Option<&str>| {
        let seen = seen.map(Excerpt::of);
        Err(ResponseError::Connection { seen })
    };
    assert_eq!(without("Upgrade: websocket\r\n"), upgrade(None));
    let other = check(&GOOD.replace("websocket", "h2c"));
    assert_eq!(other, upgrade(Some("h2c")));
    let twice = plus("Upgrade: websocket");
    assert_eq!(twice, upgrade(Some("websocket, websocket")));
    assert_eq!(without("Connection: Upgrade\r\n"), connection(None));
    let other = check(&GOOD.replace(": Upgrade", ": upgrades"));
    assert_eq!(other, connection(Some("upgrades")));
    assert_eq!(
        without(&format!("{accept}\r\n")),
        Err(ResponseError::Accept)
    );
    assert_eq!(
        check(&GOOD.replace("s3pP", "S3pP")),
        Err(ResponseError::Accept)
    );
    assert_eq!(plus(accept), Err(ResponseError::Accept));
    assert_eq!(
        check(&GOOD.replace("HTTP/1.1", "HTTP/1.0")),
        Err(ResponseError::HttpVersion)
    );
    let two = plus("Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat");
    assert_eq!(two, Err(ResponseError::SubprotocolCount { seen: 2 }));
    for name in ["mqtt", "Chat", "chat, superchat", ""] {
        let error = plus(&format!("Sec-WebSocket-Protocol: {name}")).unwrap_err();
        assert!(
            matches!(error, ResponseError::SubprotocolNotOffered { .. }),
            "{error}"
        );
    }
    for list in [
        "",
        ";",
        "x-zip; level=",
        "x-zip; level=\"\"",
        "x-zip; level=\"9 9\"",
    ] {
        let error = plus(&format!("Sec-WebSocket-Extensions: {list}")).unwrap_err();
        assert!(matches!(error, ResponseError::Extensions { .. }), "{error}");
    }
    let error = plus("Sec-WebSocket-Extensions: x-zip, x-other").unwrap_err();
    assert!(
        matches!(error, ResponseError::ExtensionNotOffered { .. }),
        "{error}"
    );
}

#[test]
fn a_refusal_is_told_with_its_response() {
    let mut head = Vec::new();
    Rejection::new(StatusCode::FORBIDDEN).encode(&mut head);
    let error = client().check(decode_response(&head).unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server refuses with 403 Forbidden, and only 101 opens a websocket"
    );
    let ResponseError::Refused { response } = error else {
        panic!("{error}");
    };
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(response.header("content-length"), Some("14"));
}

#[test]
fn a_response_that_is_none_is_refused() {
    for line in [
        "HTTP/2.0 101 OK",
        "HTTP/1.1 10 OK",
        "HTTP/1.1 099 OK",
        "HTTP/1.1 1010 OK",
        "101 OK",
    ] {
        let head = GOOD.replace("HTTP/1.1 101 Switching Protocols", line);
        assert_eq!(check(&head), Err(ResponseError::StatusLine), "{line}");
    }
    let lone = ResponseError::Head(HeadError::LoneLineFeed);
    assert_eq!(check(&GOOD.replace("\r\n", "\n")), Err(lone));
    let folded = GOOD.replace("\r\n\r\n", "\r\nX: y\r\n z\r\n\r\n");
    assert_eq!(
        check(&folded),
        Err(ResponseError::Head(HeadError::HeaderName))
    );
    let long = Response::decode(&[b'H'; 20_000], &Limits::default());
    assert_eq!(long, Err(ResponseError::StatusLine));
    let long = [b"HTTP/1.1 101 ", &[b'x'; 20_000][..]].concat();
    let long = Response::decode(&long, &Limits::default());
    let limit = 16 * 1024;
    assert_eq!(
        long,
        Err(ResponseError::Head(HeadError::FirstLineTooLong { limit }))
    );
}

#[test]
fn what_cannot_be_sent_cannot_be_built() {
    for host in ["", "a b", "a\r\nb", "a/b", "http://a", "a:b", "\u{e9}"] {
        let error = ClientRequest::new(host, "/", [0; 16]).unwrap_err();
        assert!(matches!(error, BuildError::Host { .. }), "{host}");
    }
    for path in [
        "", "a", "/a b", "/a\r\nb", "/#a", "/\u{e9}", "*", "/<>", "/?<", "/%\n",
    ] {
        let error = ClientRequest::new("a", path, [0; 16]).unwrap_err();
        assert!(matches!(error, BuildError::Path { .. }), "{path}");
    }
    for name in ["", "a b", "a,b", "a\r\n", "\u{e9}"] {
        let error = client().subprotocol(name).unwrap_err();
        assert!(matches!(error, BuildError::NotAToken { .. }), "{name}");
    }
    let error = client().subprotocol("chat").unwrap_err();
    assert!(matches!(error, BuildError::DuplicateSubprotocol { .. }));
    for name in ["Host", "Upgrade", "Sec-WebSocket-Key", "Content-Length"] {
        let error = client().header(name, "x").unwrap_err();
        assert!(matches!(error, BuildError::ReservedHeader { .. }), "{name}");
    }
    assert!(client().origin("http://a\r\nb").is_err());
}

fn token() -> impl Strategy<Value = String> {
    "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}"
}

fn extension() -> impl Strategy<Value = Extension> {
    (token(), vec((token(), prop::option::of(token())), 0..4)).prop_map(|(name, params)| {
        params.iter().fold(
            Extension::new(&name).expect("a token"),
            |extension, (name, value)| {
                match value {
                    Some(value) => extension.param(name, value),
                    None => extension.flag(name),
                }
                .expect("tokens")
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_a_client_asks_for_is_what_the_server_reads_and_the_answer_is_what_it_was_given(
        host in "[a-z][a-z0-9.-]{0,20}(:[0-9]{1,4})?",
        path in "/[!$-;=@-_a-~]{0,40}([?][!$-;=?-~]{0,40})?",
        key in any::<[u8; 16]>(),
        names in btree_set(token(), 0..5),
        extensions in vec(extension(), 0..4),
        cookie in "[ -~]{0,30}",
        chosen in any::<prop::sample::Index>(),
    ) {
        let mut client = ClientRequest::new(&host, &path, key).unwrap();
        for name in &names {
            client = client.subprotocol(name).unwrap();
        }
        for extension in &extensions {
            client = client.extension(extension.clone());
        }
        let client = client.header("cookie", cookie.as_str()).unwrap();
        let mut head = Vec::new();
        client.encode(&mut head);
        let (request, len) = Request::decode(&head, &Limits::default()).unwrap().unwrap();
        prop_assert_eq!(len, head.len());
        prop_assert!(request.asks_for_upgrade());
        prop_assert_eq!(request.host(), Some(host.as_str()));
        prop_assert_eq!(request.uri().to_string(), path);
        prop_assert_eq!(request.header("cookie"), Some(cookie.trim_matches(' ')));
        let offered: Vec<_> = request.subprotocols().collect();
        prop_assert_eq!(offered, names.iter().collect::<Vec<_>>());
        prop_assert_eq!(request.extensions().unwrap(), extensions.clone());

        let mut acceptance = Acceptance::for_request(&request).unwrap();
        let name = (!names.is_empty()).then(|| names.iter().nth(chosen.index(names.len())).unwrap());
        if let Some(name) = name {
            acceptance = acceptance.subprotocol(name).unwrap();
        }
        for extension in &extensions {
            acceptance = acceptance.extension(extension.clone()).unwrap();
        }
        let mut head = Vec::new();
        acceptance.header("set-cookie", cookie.as_str()).unwrap().encode(&mut head);
        let accepted = client.check(decode_response(&head).unwrap()).unwrap();
        prop_assert_eq!(accepted.subprotocol(), name.map(String::as_str));
        prop_assert_eq!(accepted.extensions(), &extensions[..]);
    }

    #[test]
    fn an_extension_that_is_written_is_read_again(extension in extension()) {
        prop_assert_eq!(extension.to_string().parse(), Ok(extension));
    }

    #[test]
    fn a_quoted_value_is_read_as_what_it_quotes(value in token(), escapes in any::<u16>()) {
        let quoted: String = value
            .chars()
            .enumerate()
            .flat_map(|(at, char)| (escapes >> at & 1 == 1).then_some('\\').into_iter().chain([char]))
            .collect();
        let parsed: Extension = format!("a;b=\"{quoted}\"").parse().unwrap();
        prop_assert_eq!(parsed, Extension::new("a").unwrap().param("b", &value).unwrap());
    }

    #[test]
    fn another_key_is_never_answered(one in any::<[u8; 16]>(), other in any::<[u8; 16]>()) {
        prop_assume!(one != other);
        let mut head = Vec::new();
        ClientRequest::new("a", "/", one).unwrap().encode(&mut head);
        let acceptance = Acceptance::for_request(&decode_request(&head)).unwrap();
        let mut head = Vec::new();
        acceptance.encode(&mut head);
        let response = decode_response(&head).unwrap();
        let checked = ClientRequest::new("a", "/", other).unwrap().check(response);
        prop_assert_eq!(checked.map(|_| ()), Err(ResponseError::Accept));
    }
}
