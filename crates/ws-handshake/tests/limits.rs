//! What is refused for its size, and that nothing is looked at twice (A3, A4, A5).

use std::time::{Duration, Instant};

use http::StatusCode;
use ws_handshake::{Acceptance, HeadError, Limits, Request, RequestError, head_end};

const GOOD: &str = "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n";

/// A legal handshake of exactly `len` bytes.
fn head_of(len: usize) -> Vec<u8> {
    let frame = GOOD.len() + "X: \r\n\r\n".len();
    format!("{GOOD}X: {}\r\n\r\n", "x".repeat(len - frame)).into_bytes()
}

fn with_list(name: &str, list: &str) -> Vec<u8> {
    let room = 16 * 1024 - GOOD.len() - name.len() - ": \r\n\r\n".len();
    let list: String = list.chars().cycle().take(room).collect();
    format!("{GOOD}{name}: {list}\r\n\r\n").into_bytes()
}

fn decode(src: &[u8]) -> Result<Option<(Request, usize)>, RequestError> {
    Request::decode(src, &Limits::default())
}

fn accept(head: &[u8]) -> Result<Acceptance, RequestError> {
    let (request, _) = decode(head)?.expect("the head is whole");
    Acceptance::for_request(&request)
}

#[test]
fn a_head_of_exactly_the_limit_is_accepted_and_one_more_byte_is_not() {
    let limit = Limits::default().max_head();
    let (_, len) = decode(&head_of(limit)).unwrap().unwrap();
    assert_eq!(len, limit);
    let error = decode(&head_of(limit + 1)).unwrap_err();
    assert_eq!(error, RequestError::Head(HeadError::TooLarge { limit }));
    assert_eq!(error.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

#[test]
fn what_follows_the_head_does_not_count() {
    let head = head_of(16 * 1024);
    let (_, len) = decode(&[&head[..], &[0x81; 100_000][..]].concat())
        .unwrap()
        .unwrap();
    assert_eq!(len, head.len());
}

#[test]
fn a_header_of_20_mb_is_refused_as_soon_as_16_kib_are_there() {
    let head = head_of(20_000_000);
    assert_eq!(decode(&head[..16 * 1024 - 1]), Ok(None));
    for len in [16 * 1024, 16 * 1024 + 1, head.len()] {
        let error = decode(&head[..len]).unwrap_err();
        assert_eq!(error.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
}

#[test]
fn a_header_name_of_20_mb_is_refused_as_soon_as_16_kib_are_there() {
    let head = [GOOD.as_bytes(), &vec![b'x'; 20_000_000]].concat();
    let error = decode(&head).unwrap_err();
    assert_eq!(error.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

#[test]
fn a_request_line_over_the_limit_is_414() {
    for start in ["GET /", "GET / HTTP/1.1", "G", "\r\nGET /?q="] {
        let line = [start.as_bytes(), &vec![b'a'; 16 * 1024]].concat();
        match decode(&line).unwrap_err() {
            error if start == "GET / HTTP/1.1" => assert_eq!(error.status().as_u16(), 400),
            error => assert_eq!(error.status(), StatusCode::URI_TOO_LONG, "{start}"),
        }
    }
}

#[test]
fn a_target_longer_than_a_uri_can_be_is_refused_whatever_the_limit() {
    let limits = Limits::default().with_max_head(1 << 20);
    let head = GOOD.replace("/chat", &format!("/{}", "a".repeat(70_000))) + "\r\n";
    let error = Request::decode(head.as_bytes(), &limits).unwrap_err();
    assert_eq!(error.status(), StatusCode::URI_TOO_LONG);
}

#[test]
fn a_hundred_headers_are_accepted_and_one_more_is_not() {
    let head = |count: usize| format!("{GOOD}{}\r\n", "a:\r\n".repeat(count - 5)).into_bytes();
    let (request, _) = decode(&head(100)).unwrap().unwrap();
    assert_eq!(request.headers().len(), 100);
    assert!(accept(&head(100)).is_ok());
    let error = decode(&head(101)).unwrap_err();
    assert_eq!(
        error,
        RequestError::Head(HeadError::TooManyHeaders { limit: 100 })
    );
    assert_eq!(error.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    let unended = head(2_000);
    assert!(
        decode(&unended[..unended.len() - 2]).is_err(),
        "before the head ends"
    );
}

#[test]
fn there_is_room_for_the_shortest_lines() {
    let head = format!("GET / HTTP/1.1\r\n{}\r\n", "a:\r\n".repeat(100));
    let (request, _) = decode(head.as_bytes()).unwrap().unwrap();
    assert_eq!(request.headers().len(), 100);
}

#[test]
fn of_two_faults_the_first_is_told() {
    let many = "a:\r\n".repeat(101);
    let lone_first = decode(format!("GET / HTTP/1.1\n{many}\r\n").as_bytes());
    assert_eq!(lone_first, Err(RequestError::Head(HeadError::LoneLineFeed)));
    let lone_last = decode(format!("GET / HTTP/1.1\r\n{many}\n").as_bytes());
    let limit = 100;
    assert_eq!(
        lone_last,
        Err(RequestError::Head(HeadError::TooManyHeaders { limit }))
    );
}

#[test]
fn the_count_of_headers_is_a_setting() {
    let limits = Limits::default().with_max_headers(5);
    assert!(Request::decode(format!("{GOOD}\r\n").as_bytes(), &limits).is_ok());
    assert!(Request::decode(format!("{GOOD}a: b\r\n\r\n").as_bytes(), &limits).is_err());
}

#[test]
fn no_settings_make_a_header_map_overflow() {
    let limits = Limits::default()
        .with_max_head(usize::MAX)
        .with_max_headers(usize::MAX);
    let head = |count: usize| {
        let lines: String = (0..count)
            .map(|number| format!("x{number}: a\r\n"))
            .collect();
        format!("GET / HTTP/1.1\r\n{lines}\r\n").into_bytes()
    };
    let most = Limits::MOST_HEADERS;
    let (request, _) = Request::decode(&head(most), &limits).unwrap().unwrap();
    assert_eq!(request.headers().len(), most);
    let error = Request::decode(&head(most + 1), &limits).unwrap_err();
    assert_eq!(
        error,
        RequestError::Head(HeadError::TooManyHeaders { limit: most })
    );
}

#[test]
fn a_limit_of_nothing_refuses_everything() {
    let limits = Limits::default().with_max_head(0).with_max_headers(0);
    assert!(Request::decode(b"", &limits).is_err());
    assert!(Request::decode(b"GET / HTTP/1.1\r\n\r\n", &limits).is_err());
}

#[test]
fn of_what_was_scanned_no_more_than_two_bytes_are_looked_at_again() {
    let src = b"\r\n\r\n\r\n\r\n\r\n\r\n";
    assert_eq!(head_end(src, src.len()), None);
    assert_eq!(
        head_end(b"a\r\n\r\nbc", 5),
        None,
        "it was there to be found before"
    );
    assert_eq!(head_end(b"a\r\n\r\n", 4), Some(5));
    assert_eq!(head_end(b"a\r\n\r\n", 3), Some(5));
    assert_eq!(head_end(b"a\n\r\n", 3), Some(4));
    assert_eq!(head_end(b"a\n\n", 2), Some(3));
    assert_eq!(
        head_end(b"a\r\n", 1_000),
        None,
        "a count that is too large does no harm"
    );
}

/// The time to find the end of a head that comes byte by byte, and to decode it: the least of several runs.
fn dribble(len: usize) -> Duration {
    let head = head_of(len);
    let limits = Limits::default().with_max_head(len);
    let run = || {
        let start = Instant::now();
        let end = (1..=head.len()).find_map(|seen| head_end(&head[..seen], seen - 1));
        assert_eq!(end, Some(len));
        assert!(matches!(Request::decode(&head, &limits), Ok(Some(_))));
        start.elapsed()
    };
    (0..50).map(|_| run()).fold(Duration::MAX, Duration::min)
}

/// A quadratic scan would take four times as long, and a tenth of a second at that. Other work on
/// the machine may spoil a comparison, but not all of them.
#[test]
fn a_head_in_one_byte_pieces_costs_time_in_proportion() {
    let is_in_proportion = (0..20).any(|_| {
        let (once, twice) = (dribble(16 * 1024), dribble(32 * 1024));
        println!("{once:?}, {twice:?}");
        once < Duration::from_millis(20) && twice < once.mul_f64(2.5)
    });
    assert!(is_in_proportion);
}

#[test]
fn lists_of_16_kib_are_refused_or_accepted_in_no_time() {
    let lists = [
        ("Sec-WebSocket-Protocol", ",", true),
        ("Sec-WebSocket-Protocol", " ", true),
        ("Sec-WebSocket-Protocol", "a,", true),
        ("Sec-WebSocket-Extensions", ",", true),
        ("Sec-WebSocket-Extensions", "a;b=\"\\c", true),
        ("Sec-WebSocket-Extensions", "a;b=\"", true),
        ("Sec-WebSocket-Extensions", ";", true),
        ("Sec-WebSocket-Extensions", "\"\\", true),
        ("Sec-WebSocket-Extensions", "a;", true),
        ("Sec-WebSocket-Extensions", "a,", false),
        ("Connection", ", ", false),
        ("Upgrade", "a,", false),
    ];
    for (name, list, is_refused) in lists {
        let head = with_list(name, list);
        assert_eq!(head.len(), 16 * 1024);
        let run = || {
            let start = Instant::now();
            assert_eq!(accept(&head).is_err(), is_refused, "{name} {list}");
            start.elapsed()
        };
        let least = (0..20).map(|_| run()).min().unwrap();
        println!("{name}: {list:?} x 16 KiB: {least:?}");
        assert!(
            least < Duration::from_millis(20),
            "{name} {list:?}: {least:?}"
        );
    }
}

#[test]
fn an_offer_of_8000_parameters_is_parsed_in_no_time() {
    let head = format!(
        "{GOOD}Sec-WebSocket-Extensions: a{}\r\n\r\n",
        ";b".repeat(8_000)
    );
    let (request, _) = decode(head.as_bytes()).unwrap().unwrap();
    let start = Instant::now();
    let list = request.extensions().unwrap();
    println!("{:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_millis(100));
    assert_eq!(list[0].params().len(), 8_000);
}
