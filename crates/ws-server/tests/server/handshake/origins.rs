//! From which web pages connections are accepted (A11).

use ws_server::{Config, Origin, Origins, Request};

use super::request::{exchange, with};
use crate::response::Response;

/// The status, and the body of a refusal.
async fn ask(origins: Origins, lines: &[&str]) -> (u16, String) {
    let config = Config::default().with_origins(origins);
    let mut served = crate::served::Served::with(|puppet| puppet, config);
    served.peer.write(with(lines)).await;
    let head = served.peer.read_head().await;
    if head.starts_with("HTTP/1.1 101 ") {
        return (101, String::new());
    }
    let rest = served.peer.read_bytes().await.expect("the server ends");
    let response = Response::only([head.into_bytes(), rest].concat());
    (response.status, response.body)
}

/// The status for this origin and this host.
async fn status(origins: &Origins, origin: &str, host: &str) -> u16 {
    let lines = [&*format!("Origin: {origin}"), &*format!("Host: {host}")];
    ask(origins.clone(), &lines).await.0
}

/// The settings that are columns of the table.
fn settings() -> [(&'static str, Origins); 9] {
    let allowing = |origins: Origins, text| origins.allow(text).expect("an origin or a pattern");
    let listed = allowing(Origins::none(), "https://app.example.com");
    let listed = allowing(listed, "http://localhost:3000");
    [
        ("default", Config::default().origins().clone()),
        ("same_host", Origins::same_host()),
        ("none", Origins::none()),
        ("listed", listed),
        ("below", allowing(Origins::none(), "https://*.example.com")),
        (
            "port",
            allowing(Origins::same_host(), "https://app.example.com:*"),
        ),
        ("null", Origins::same_host().allow_null()),
        ("matching", Origins::matching(matches)),
        ("any", Origins::any()),
    ]
}

fn matches(origin: &Origin, request: &Request) -> bool {
    request.path() == "/chat" && origin.host().ends_with(".net")
}

/// Which settings accept an origin at a host, in the order of [`settings`]: `+` accepts, `-` refuses with 403.
const TABLE: &[(&str, &str, &str)] = &[
    // Of the same host.
    ("http://example.com", "example.com", "++---++-+"),
    ("https://example.com", "example.com", "++---++-+"),
    ("http://EXAMPLE.com", "example.COM", "++---++-+"),
    ("http://example.com", "example.com:80", "++---++-+"),
    ("https://example.com:443", "example.com", "++---++-+"),
    ("https://example.com", "example.com:443", "++---++-+"),
    ("http://example.com:8080", "example.com:8080", "++---++-+"),
    ("http://example.com.", "example.com.", "++---++-+"),
    ("http://127.0.0.1:9001", "127.0.0.1:9001", "++---++-+"),
    ("http://[::1]:9001", "[::1]:9001", "++---++-+"),
    ("http://[0:0::1]", "[::1]", "++---++-+"),
    (
        "https://xn--bcher-kva.example",
        "xn--bcher-kva.example",
        "++---++-+",
    ),
    // Of another port or scheme.
    ("http://example.com:8080", "example.com:8081", "--------+"),
    ("http://example.com:8080", "example.com", "--------+"),
    ("http://example.com", "example.com:8080", "--------+"),
    ("https://example.com", "example.com:80", "--------+"),
    ("ws://example.com", "example.com", "--------+"),
    ("chrome-extension://example.com", "example.com", "--------+"),
    // Of another host.
    ("http://evil.example", "example.com", "--------+"),
    (
        "http://example.com.evil.example",
        "example.com",
        "--------+",
    ),
    ("http://evil-example.com", "example.com", "--------+"),
    ("http://example.com", "sub.example.com", "--------+"),
    ("http://example.com.", "example.com", "--------+"),
    ("http://[::2]", "[::1]", "--------+"),
    ("http://evil.net", "example.com", "-------++"),
    // Listed, or below.
    ("https://app.example.com", "example.com", "---+++--+"),
    ("HTTPS://App.Example.com:443", "example.com", "---+++--+"),
    ("https://app.example.com:8443", "example.com", "-----+--+"),
    ("http://app.example.com", "example.com", "--------+"),
    ("http://app.example.com", "app.example.com", "++---++-+"),
    ("https://a.b.example.com", "example.com", "----+---+"),
    ("https://app.example.com.", "example.com", "--------+"),
    ("http://localhost:3000", "example.com", "---+----+"),
    ("http://localhost:3001", "example.com", "--------+"),
    (
        "https://app.example.com.evil.example",
        "example.com",
        "--------+",
    ),
    // Nowhere.
    ("null", "example.com", "------+-+"),
    ("null", "null", "------+-+"),
    // Malformed.
    ("", "example.com", "--------+"),
    ("example.com", "example.com", "--------+"),
    ("Null", "example.com", "--------+"),
    ("http://example.com/path", "example.com", "--------+"),
    ("http://user@example.com", "example.com", "--------+"),
    (
        "http://example.com https://app.example.com",
        "example.com",
        "--------+",
    ),
    ("http://example.com:port", "example.com", "--------+"),
    ("https://*.example.com", "example.com", "--------+"),
    ("http://\u{e9}.net", "example.com", "--------+"),
];

#[tokio::test(start_paused = true)]
async fn each_setting_accepts_the_origins_of_its_column_and_no_others() {
    for (origin, host, row) in TABLE {
        let mut found = String::new();
        for (name, origins) in settings() {
            found.push(match status(&origins, origin, host).await {
                101 => '+',
                403 => '-',
                other => panic!("{other}: {origin} at {host} under {name}"),
            });
        }
        assert_eq!(found, *row, "{origin} at {host}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_without_an_origin_comes_from_no_page_and_is_accepted() {
    for (name, origins) in settings() {
        assert_eq!(ask(origins, &[]).await.0, 101, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_says_what_was_seen_and_what_would_allow_it() {
    let default = Origins::default();
    for (origin, text) in [
        (
            "http://Evil.example:80",
            "pages of http://evil.example are not allowed here; to allow them, give \
             Origins::allow(\"http://evil.example\") to Builder::origins\n",
        ),
        (
            "null",
            "pages whose origin is null are not allowed here; to allow them, which lets any page \
             in, give Origins::allow_null() to Builder::origins\n",
        ),
        (
            "evil\u{e9}",
            "origin is \"evil\\xc3\\xa9\", and must be one scheme://host or scheme://host:port\n",
        ),
    ] {
        let line = format!("Origin: {origin}");
        let (status, body) = ask(default.clone(), &[&line]).await;
        assert_eq!((status, &*body), (403, text));
    }
}

/// What the line says is so.
#[tokio::test(start_paused = true)]
async fn what_would_allow_a_page_does() {
    let seen = "https://[2001:db8::1]:8443";
    let line = format!("Origin: {seen}");
    let (_, body) = ask(Origins::none(), &[&line]).await;
    let advice = body.split('"').nth(1).expect("an origin in quotes");
    let origins = Origins::none().allow(advice).expect("an origin");
    assert_eq!(ask(origins, &[&line]).await.0, 101);
}

#[tokio::test(start_paused = true)]
async fn a_predicate_that_panics_is_500_and_not_a_way_in() {
    let origins = Origins::matching(|_, _| panic!("it cannot know"));
    let (status, body) = ask(origins, &["Origin: http://example.com"]).await;
    assert_eq!((status, &*body), (500, "500 Internal Server Error\n"));
}

#[tokio::test(start_paused = true)]
async fn the_handler_does_not_hear_of_a_page_that_is_refused() {
    let request = with(&["Origin: http://evil.example"]);
    let (_, log) = exchange(Config::default(), request).await;
    assert_eq!(log.lines(), [""; 0]);
}

#[test]
fn what_is_no_origin_cannot_be_listed() {
    for text in [
        "",
        "null",
        "*",
        "https://*",
        "example.com",
        "http://a/b",
        "http://",
    ] {
        assert!(Origins::same_host().allow(text).is_err(), "{text}");
    }
}

#[test]
fn what_is_shown_of_a_setting_is_what_was_set() {
    let origins = Origins::matching(|_, _| true)
        .allow("https://*.example.com")
        .expect("a pattern");
    let shown = format!("{:?}", origins.allow_null());
    assert!(shown.contains("base: matching"), "{shown}");
    assert!(shown.contains("null: Allowed"), "{shown}");
}
