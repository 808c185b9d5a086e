//! From which web pages connections are accepted (A11).

use ws_server::{Config, Origins};

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

#[tokio::test(start_paused = true)]
async fn pages_of_the_same_host_may_connect_and_no_others() {
    let same_host = Origins::default();
    for (origin, host, expected) in [
        ("http://example.com", "example.com", 101),
        ("https://example.com", "example.com", 101),
        ("http://EXAMPLE.com", "example.COM", 101),
        ("http://example.com:8080", "example.com:8080", 101),
        ("http://example.com", "example.com:80", 101),
        ("https://example.com:443", "example.com", 101),
        ("http://127.0.0.1:9001", "127.0.0.1:9001", 101),
        ("http://[::1]:9001", "[::1]:9001", 101),
        ("http://example.com:8080", "example.com:8081", 403),
        ("http://evil.example", "example.com", 403),
        ("http://example.com.evil.example", "example.com", 403),
        ("http://evil-example.com", "example.com", 403),
        ("http://sub.example.com", "example.com", 403),
        ("null", "example.com", 403),
        ("null", "null", 403),
        ("example.com", "example.com", 403),
        ("", "example.com", 403),
        ("http://example.com/path", "example.com", 403),
        ("http://user@example.com", "example.com", 403),
    ] {
        let found = status(&same_host, origin, host).await;
        assert_eq!(found, expected, "{origin} at {host}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_without_an_origin_comes_from_no_page_and_is_accepted() {
    let (status, _) = ask(Origins::default(), &[]).await;
    assert_eq!(status, 101);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_says_who_was_refused_and_what_is_allowed() {
    let (status, body) = ask(Origins::default(), &["Origin: http://evil.example"]).await;
    assert_eq!(status, 403);
    assert_eq!(
        body,
        "pages of http://evil.example are not allowed: the server accepts pages of its own host \
         and of the origins that it lists\n"
    );
    let (_, body) = ask(Origins::default(), &["Origin: null"]).await;
    assert!(body.contains("origins that it lists"), "{body}");
    assert_eq!(body.matches('\n').count(), 1, "{body}");
}

#[tokio::test(start_paused = true)]
async fn listed_origins_are_accepted_besides_the_same_host() {
    let origins = Origins::same_host()
        .allow("https://app.example.com")
        .and_then(|origins| origins.allow("http://localhost:3000"))
        .expect("two origins");
    for (origin, expected) in [
        ("https://app.example.com", 101),
        ("https://app.example.com:443", 101),
        ("http://localhost:3000", 101),
        ("http://server.example.com", 101),
        ("http://app.example.com", 403),
        ("https://app.example.com:8443", 403),
        ("http://localhost:3001", 403),
        ("null", 403),
    ] {
        let found = status(&origins, origin, "server.example.com").await;
        assert_eq!(found, expected, "{origin}");
    }
}

#[tokio::test(start_paused = true)]
async fn any_origin_is_accepted_only_where_the_setting_says_so() {
    for origin in ["http://evil.example", "null", "what is this"] {
        let found = status(&Origins::any(), origin, "server.example.com").await;
        assert_eq!(found, 101, "{origin}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_handler_does_not_hear_of_a_page_that_is_refused() {
    let request = with(&["Origin: http://evil.example"]);
    let (_, log) = exchange(Config::default(), request).await;
    assert_eq!(log.lines(), [""; 0]);
}

#[test]
fn what_is_no_origin_cannot_be_listed() {
    for text in ["", "null", "*", "example.com", "http://a/b", "http://"] {
        assert!(Origins::same_host().allow(text).is_err(), "{text}");
    }
}
