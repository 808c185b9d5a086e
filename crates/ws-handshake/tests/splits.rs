//! A head in pieces is the head as a whole, and its end is where `head_end` says.

use proptest::collection::vec;
use proptest::prelude::*;
use ws_handshake::{Limits, Request, RequestError, Response, head_end};

const REQUEST: &[u8] =
    b"\r\nGET /chat?room=1 HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n\
    Connection: keep-alive\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: a; b=\"\\c\"\r\n\r\n";

const RESPONSE: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

#[test]
fn at_every_split_point_a_request_is_not_there_until_it_is_whole() {
    let limits = Limits::default();
    for len in 0..REQUEST.len() {
        assert_eq!(Request::decode(&REQUEST[..len], &limits), Ok(None), "{len}");
        assert_eq!(head_end(&REQUEST[..len], 0), None, "{len}");
    }
    let whole = Request::decode(REQUEST, &limits).unwrap().unwrap();
    assert_eq!(whole.1, REQUEST.len());
    let more = [REQUEST, b"\x81\x00\r\n\r\n"].concat();
    assert_eq!(Request::decode(&more, &limits), Ok(Some(whole)));
}

#[test]
fn at_every_split_point_a_response_is_not_there_until_it_is_whole() {
    let limits = Limits::default();
    for len in 0..RESPONSE.len() {
        assert_eq!(
            Response::decode(&RESPONSE[..len], &limits),
            Ok(None),
            "{len}"
        );
    }
    let whole = Response::decode(RESPONSE, &limits).unwrap().unwrap();
    assert_eq!(whole.1, RESPONSE.len());
    let more = [RESPONSE, b"\x81\x00\r\n\r\n"].concat();
    assert_eq!(Response::decode(&more, &limits), Ok(Some(whole)));
}

#[test]
fn wherever_a_head_is_cut_its_end_is_found_where_it_is() {
    let more = [REQUEST, b"\r\n\r\n"].concat();
    for first in 0..REQUEST.len() {
        for second in first..more.len() {
            let found = [first, second]
                .into_iter()
                .scan(0, |scanned, len| {
                    Some(head_end(&more[..len], std::mem::replace(scanned, len)))
                })
                .find_map(|end| end)
                .or_else(|| head_end(&more, second));
            assert_eq!(found, Some(REQUEST.len()), "{first} {second}");
        }
    }
}

/// Pieces of which heads are made, so that legal ones and nearly legal ones come up often.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "GET",
        " ",
        "/",
        "/a?b",
        "*",
        "http://h",
        " HTTP/1.1",
        " HTTP/1.0",
        " HTTP/2.0",
        "HTTP/",
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        "Host: h",
        "Upgrade: websocket",
        "a:b",
        ":",
        "\t",
        "\0",
        "\u{e9}",
        "GET / HTTP/1.1\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n",
        "HTTP/1.1 200 OK",
        "\r\nA: b\r\n",
        "Sec-WebSocket-Extensions: a;b=\"",
        "\\",
        "\"",
        ",",
        "#",
        "%",
        "1",
        "Content-Length: 1",
        "Connection: Upgrade",
    ]);
    vec(piece, 0..24).prop_map(|pieces| pieces.concat().into_bytes())
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![soup(), soup(), soup(), vec(any::<u8>(), 0..200)]
}

/// What httparse alone takes for the head: the judge that `head_end` must agree with.
fn httparse_end(src: &[u8]) -> Option<usize> {
    let mut lines = [httparse::EMPTY_HEADER; 100];
    match httparse::Request::new(&mut lines).parse(src) {
        Ok(httparse::Status::Complete(len)) => Some(len),
        Ok(httparse::Status::Partial) | Err(_) => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn where_decode_succeeds_it_consumes_what_head_end_says(src in bytes()) {
        let limits = Limits::default();
        let end = head_end(&src, 0);
        match Request::decode(&src, &limits) {
            Ok(Some((_, len))) => prop_assert_eq!(Some(len), end),
            Ok(None) => prop_assert_eq!(None, end),
            Err(_) => {}
        }
        match Response::decode(&src, &limits) {
            Ok(Some((_, len))) => prop_assert_eq!(Some(len), end),
            Ok(None) => prop_assert_eq!(None, end),
            Err(_) => {}
        }
    }

    #[test]
    fn httparse_takes_the_same_end_but_for_a_second_empty_line_before(src in bytes()) {
        let is_blank = |end: usize| src[..end].iter().all(|byte| b"\r\n".contains(byte));
        if let Some(len) = httparse_end(&src) {
            let end = head_end(&src, 0);
            prop_assert!(end == Some(len) || end.is_some_and(is_blank), "{:?} {}", end, len);
        }
    }

    #[test]
    fn a_prefix_of_a_legal_head_is_never_refused(src in bytes(), len in any::<prop::sample::Index>()) {
        let limits = Limits::default();
        if let Ok(Some((_, whole))) = Request::decode(&src, &limits) {
            prop_assert_eq!(Request::decode(&src[..len.index(whole)], &limits), Ok(None));
        }
    }

    #[test]
    fn what_is_refused_early_is_refused_when_it_is_whole(src in bytes(), len in any::<prop::sample::Index>()) {
        let limits = Limits::default();
        if let Err(early) = Request::decode(&src[..len.index(src.len() + 1)], &limits) {
            let whole = Request::decode(&src, &limits).map_err(|error| error.status());
            prop_assert_eq!(whole, Err(early.status()));
        }
    }

    #[test]
    fn the_end_is_found_in_any_pieces(src in bytes(), cuts in vec(1usize..20, 0..40)) {
        let whole = head_end(&src, 0);
        let (mut scanned, mut found) = (0, None);
        for cut in cuts.into_iter().chain([usize::MAX]) {
            let len = src.len().min(scanned + cut.min(src.len()));
            found = head_end(&src[..len], scanned);
            if found.is_some() {
                break;
            }
            scanned = len;
        }
        prop_assert_eq!(found, whole);
    }
}

/// Of a version that is not spoken the end is waited for, so that it can be told; of what is none, nothing.
#[test]
fn what_can_no_longer_become_a_version_is_refused_before_its_line_ends() {
    let decode = |src: &str| Request::decode(src.as_bytes(), &Limits::default());
    assert_eq!(decode("GET / HTTP/2.0"), Ok(None));
    for line in ["GET / FTP/1.1.", "GET / HTTP/1.x", "GET / HTTP/11111.1"] {
        let error = decode(line).expect_err(line);
        assert!(matches!(error, RequestError::RequestLine { .. }), "{error}");
    }
}
