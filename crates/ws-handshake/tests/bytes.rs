//! Every byte in every header: a legal answer or a refusal, and never a panic (A10).

use bytes::BytesMut;
use http::StatusCode;
use http::header::HeaderValue;
use proptest::collection::vec;
use proptest::prelude::*;
use ws_handshake::{
    Acceptance, ClientRequest, Limits, Origin, OriginPattern, Rejection, Request, RequestError,
    Response, ResponseError, is_same_origin_host,
};

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// The names, and a value that is legal there.
const HEADERS: [(&str, &str); 12] = [
    ("Host", "example.com"),
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", KEY),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Protocol", "chat"),
    ("Sec-WebSocket-Extensions", "x-zip; level=1"),
    ("Origin", "http://example.com"),
    ("Content-Length", "0"),
    ("Cookie", "a=b"),
    ("User-Agent", "test"),
    ("X-Forwarded-For", "127.0.0.1"),
];

/// A handshake with all of the headers, in which one has another value.
fn head_with(name: &str, value: &[u8]) -> Vec<u8> {
    let mut head = b"GET / HTTP/1.1\r\n".to_vec();
    for (known, legal) in HEADERS {
        let value = if known == name {
            value
        } else {
            legal.as_bytes()
        };
        head.extend([known.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    head.extend(b"\r\n");
    head
}

fn accept(head: &[u8]) -> Result<Acceptance, RequestError> {
    let decoded = Request::decode(head, &Limits::default())?;
    let (request, _) = decoded.expect("the head is whole");
    let acceptance = Acceptance::for_request(&request)?;
    read_everything(&request);
    Ok(acceptance)
}

/// Asks a request for all that it knows.
fn read_everything(request: &Request) {
    let host = request.host().unwrap_or_default();
    assert!(host.is_ascii());
    let _ = request.check_host();
    let _ = request
        .origin()
        .map(|origin| is_same_origin_host(origin, host));
    let _ = request.extensions();
    assert!(request.subprotocols().all(str::is_ascii));
    assert!(request.path().is_ascii() && request.query().unwrap_or_default().is_ascii());
    let _ = (request.asks_for_upgrade(), format!("{request:?}"));
}

/// One head, text without controls, and a body of the length that the head tells.
fn check_response(response: &[u8]) {
    let text = std::str::from_utf8(response).expect("a response is ascii");
    let (head, body) = text.split_once("\r\n\r\n").expect("a response has a head");
    for line in head.split("\r\n") {
        assert!(
            line.bytes()
                .all(|byte| byte == b' ' || byte.is_ascii_graphic()),
            "{line:?}"
        );
        assert!(
            line.starts_with("HTTP/1.1 ") || line.contains(": "),
            "{line:?}"
        );
    }
    if head.starts_with("HTTP/1.1 101 ") {
        assert_eq!(body, "");
        return;
    }
    assert!(
        head.contains(&format!("Content-Length: {}", body.len())),
        "{head}"
    );
    assert_eq!(body.lines().count(), 1, "{body:?}");
    assert!(body.len() < 512, "{body:?}");
    assert!(
        body.trim_end()
            .bytes()
            .all(|byte| byte == b' ' || byte.is_ascii_graphic())
    );
}

fn answer(head: &[u8]) -> (StatusCode, BytesMut) {
    let mut response = BytesMut::new();
    match accept(head) {
        Ok(acceptance) => {
            acceptance.encode(&mut response);
            (StatusCode::SWITCHING_PROTOCOLS, response)
        }
        Err(error) => {
            Rejection::from(&error).encode(&mut response);
            (error.status(), response)
        }
    }
}

#[test]
fn every_byte_in_every_header_is_refused_or_ignored() {
    assert_eq!(
        answer(&head_with("", b"")).0,
        StatusCode::SWITCHING_PROTOCOLS
    );
    for (name, legal) in HEADERS {
        for byte in 0..=255 {
            for at in [0, legal.len() / 2, legal.len()] {
                let mut value = legal.as_bytes().to_vec();
                value.insert(at, byte);
                let (status, response) = answer(&head_with(name, &value));
                check_response(&response);
                let is_expected = [101, 400, 426].contains(&status.as_u16());
                assert!(is_expected, "{name} {byte:#x} at {at}: {status}");
                let is_control = byte < 0x20 && byte != b'\t' || byte == 0x7f;
                if is_control || byte >= 0x80 && at != 0 && name.starts_with("Sec-WebSocket-") {
                    assert_ne!(status.as_u16(), 101, "{name} {byte:#x} at {at}");
                }
            }
            answer(&head_with(name, &[byte]));
        }
    }
}

#[test]
fn every_byte_in_a_name_or_in_the_request_line_is_refused_or_ignored() {
    let good = head_with("", b"");
    for at in 0..good.len() {
        for byte in 0..=255 {
            let mut head = good.clone();
            head[at] = byte;
            if let Ok(Some((request, _))) = Request::decode(&head, &Limits::default()) {
                read_everything(&request);
                if let Err(error) = Acceptance::for_request(&request) {
                    let mut response = BytesMut::new();
                    Rejection::from(&error).encode(&mut response);
                    check_response(&response);
                }
            }
        }
    }
}

#[test]
fn a_subprotocol_that_is_not_ascii_is_refused() {
    for name in ["caf\u{e9}", "\u{65e5}\u{672c}", "\u{1f980}", "a\u{ff0c}b"] {
        let (status, _) = answer(&head_with("Sec-WebSocket-Protocol", name.as_bytes()));
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
}

#[test]
fn what_a_peer_sent_is_told_in_bounded_length_and_escaped() {
    let key = [b"\xff\"<script>\\", &[b'k'; 4_000][..]].concat();
    let error = accept(&head_with("Sec-WebSocket-Key", &key)).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("sec-websocket-key is \"\\xff\\\"<script>\\\\kkk"),
        "{text}"
    );
    assert!(
        text.ends_with("kkk...\", and must be base64 of 16 bytes"),
        "{text}"
    );
    assert!(text.len() < 160, "{}", text.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_value_of_a_header_does_harm(
        which in 0..HEADERS.len(),
        value in vec(prop_oneof![any::<u8>(), prop::sample::select(b" ,;=\"\\/:[]%.ab01\t".to_vec())], 0..60),
    ) {
        let (_, response) = answer(&head_with(HEADERS[which].0, &value));
        check_response(&response);
    }

    #[test]
    fn no_response_does_harm(
        status in prop::sample::select(vec!["101", "200", "099", "1000", "999", "abc"]),
        name in prop::sample::select(vec![
            "Upgrade", "Connection", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions",
        ]),
        value in vec(any::<u8>(), 0..60),
    ) {
        let request = ClientRequest::new("example.com", "/", [7; 16]).unwrap();
        let head = [format!("HTTP/1.1 {status} \r\n{name}: ").as_bytes(), &value, b"\r\n\r\n"].concat();
        if let Ok(Some((response, _))) = Response::decode(&head, &Limits::default()) {
            let error = request.check(response).unwrap_err();
            prop_assert!(error.to_string().is_ascii());
            if status == "200" {
                let is_refused = matches!(error, ResponseError::Refused { .. });
                prop_assert!(is_refused);
            }
        }
    }

    #[test]
    fn an_origin_that_is_parsed_is_written_as_it_is_parsed(text in "[a-zA-Z]{1,5}://[\\[\\]a-z0-9:.%@]{0,12}") {
        if let Ok(origin) = text.parse::<Origin>() {
            prop_assert_eq!(origin.to_string().parse(), Ok(origin));
        }
    }

    #[test]
    fn a_pattern_that_is_parsed_is_written_as_it_is_parsed(text in "[a-zA-Z]{1,5}://(\\*\\.)?[\\[\\]a-z0-9:.*]{0,12}(:\\*)?") {
        if let Ok(pattern) = text.parse::<OriginPattern>() {
            prop_assert_eq!(pattern.to_string().parse(), Ok(pattern));
        }
    }

    /// The same as what stands behind the star, on borders of labels.
    #[test]
    fn a_host_is_below_another_as_its_labels_say(host in "[ab.]{1,9}", domain in "[ab.]{1,5}") {
        let origin = format!("http://{host}").parse::<Origin>();
        let pattern = format!("http://*.{domain}").parse::<OriginPattern>();
        let labels: Vec<&str> = host.split('.').collect();
        let behind: Vec<&str> = domain.split('.').collect();
        let is_domain = behind.len() > 1 && !behind.contains(&"");
        prop_assert_eq!(pattern.is_ok(), is_domain);
        if let (Ok(origin), Ok(pattern)) = (origin, pattern) {
            let is_below = labels.len() > behind.len() && labels.ends_with(&behind) && !labels.contains(&"");
            prop_assert_eq!(pattern.matches(&origin), is_below);
        }
    }

    #[test]
    fn no_origin_does_harm(origin in vec(any::<u8>(), 0..60), host in ".{0,20}") {
        if let Ok(origin) = HeaderValue::from_bytes(&origin) {
            prop_assert!(!is_same_origin_host(&origin, &host));
        }
    }
}
