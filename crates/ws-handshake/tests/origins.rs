//! Which origins are the same as a host (A11), and what an origin is.

use http::HeaderValue;
use ws_handshake::{Origin, OriginError, is_same_origin_host};

fn is_same(origin: &str, host: &str) -> bool {
    let origin = HeaderValue::from_bytes(origin.as_bytes()).expect("a header value");
    is_same_origin_host(&origin, host)
}

#[test]
fn an_origin_of_the_same_host_is_the_same() {
    let same = [
        ("http://example.com", "example.com"),
        ("http://example.com", "example.com:80"),
        ("http://example.com:80", "example.com"),
        ("http://example.com", "example.com:"),
        ("http://example.com:", "example.com"),
        ("https://example.com", "example.com"),
        ("https://example.com", "example.com:443"),
        ("https://example.com:443", "example.com"),
        ("https://example.com:8443", "example.com:8443"),
        ("HTTPS://EXAMPLE.com", "example.COM"),
        ("http://127.0.0.1:9001", "127.0.0.1:9001"),
        ("http://[::1]:9001", "[::1]:9001"),
        ("http://[2001:db8::1]", "[2001:DB8:0:0::1]:80"),
        ("http://localhost:3000", "localhost:03000"),
    ];
    for (origin, host) in same {
        assert!(is_same(origin, host), "{origin} {host}");
    }
}

#[test]
fn a_foreign_origin_is_not_the_same() {
    let foreign = [
        ("http://evil.example", "example.com"),
        ("http://example.com.evil.example", "example.com"),
        ("http://evilexample.com", "example.com"),
        ("http://www.example.com", "example.com"),
        ("http://example.com", "www.example.com"),
        ("http://example.com.", "example.com"),
        ("http://example.com:8080", "example.com"),
        ("http://example.com", "example.com:8080"),
        ("http://example.com:443", "example.com"),
        ("https://example.com:80", "example.com"),
        ("https://example.com", "example.com:80"),
        ("http://[::1]", "[::2]"),
        ("http://[::1]", "::1"),
        ("ws://example.com", "example.com"),
        ("file://", "example.com"),
        ("chrome-extension://example.com", "example.com"),
    ];
    for (origin, host) in foreign {
        assert!(!is_same(origin, host), "{origin} {host}");
    }
}

#[test]
fn what_is_no_origin_is_not_the_same() {
    let malformed = [
        "",
        "*",
        "example.com",
        "//example.com",
        "http:",
        "http://",
        "http:/example.com",
        "http://example.com/",
        "http://example.com/path",
        "http://example.com?",
        "http://example.com#",
        "http://me@example.com",
        "http://example.com, http://example.com",
        "http://example.com http://example.com",
        " http://example.com",
        "http://example.com ",
        "http://example.com:80:80",
        "http://example.com:x",
        "http://example.com:99999",
        "http://example.com:-80",
        "http://[::1",
        "http://::1",
        "1http://example.com",
        "ht tp://example.com",
        "://example.com",
        "http://exa\u{e9}mple.com",
        "Null",
        "null null",
    ];
    for origin in malformed {
        let parsed = origin.parse::<Origin>();
        assert!(
            matches!(parsed, Err(OriginError::Malformed { .. })),
            "{origin}"
        );
        assert!(!is_same(origin, "example.com"), "{origin}");
    }
    assert!(!is_same("null", "example.com"));
    assert!(!is_same("null", "null"));
    assert_eq!("null".parse::<Origin>(), Err(OriginError::Null));
}

#[test]
fn an_origin_of_512_bytes_is_one_and_a_longer_one_is_not() {
    let of = |len: usize| format!("{}://a", "s".repeat(len - "://a".len()));
    assert_eq!(
        of(512).parse::<Origin>().map(|origin| origin.to_string()),
        Ok(of(512))
    );
    assert!(matches!(
        of(513).parse::<Origin>(),
        Err(OriginError::Malformed { .. })
    ));
}

#[test]
fn a_host_that_is_none_is_never_the_same() {
    for host in [
        "",
        "example.com/",
        "http://example.com",
        "me@example.com",
        "example.com:x",
    ] {
        assert!(!is_same("http://example.com", host), "{host}");
    }
}

#[test]
fn an_origin_is_told_in_its_parts_and_written_without_the_default_port() {
    let origin: Origin = "HTTPS://Example.com:443".parse().unwrap();
    assert_eq!(
        (origin.scheme(), origin.host(), origin.port()),
        ("https", "example.com", Some(443))
    );
    assert_eq!(origin.to_string(), "https://example.com");
    let origin: Origin = "http://[0:0::1]:443".parse().unwrap();
    assert_eq!((origin.host(), origin.port()), ("[::1]", Some(443)));
    assert_eq!(origin.to_string(), "http://[::1]:443");
    let origin: Origin = "app://Local".parse().unwrap();
    assert_eq!(
        (origin.scheme(), origin.host(), origin.port()),
        ("app", "local", None)
    );
    assert_eq!(origin.to_string(), "app://local");
}

#[test]
fn an_origin_is_never_too_long_for_a_log() {
    let long = |len: usize| format!("http://{}", "a".repeat(len)).parse::<Origin>();
    assert!(long(255).is_ok());
    let error = long(256).unwrap_err();
    assert!(error.to_string().len() < 160, "{error}");
    assert!(
        format!("{}://a", "a".repeat(600))
            .parse::<Origin>()
            .is_err()
    );
}
