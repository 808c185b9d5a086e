//! Which origins are the same as a host (A11), and what an origin is.

use http::HeaderValue;
use ws_handshake::{Origin, OriginError, OriginPattern, is_same_origin_host};

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
        "http://*.example.com",
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

/// A pattern, what it matches, and what it does not.
const PATTERNS: &[(&str, &[&str], &[&str])] = &[
    (
        "https://example.com",
        &[
            "https://example.com",
            "https://example.com:443",
            "HTTPS://EXAMPLE.COM",
        ],
        &[
            "https://example.com:444",
            "http://example.com",
            "http://example.com:443",
            "https://example.com.",
            "https://www.example.com",
            "https://evilexample.com",
        ],
    ),
    (
        "http://example.com:8080",
        &["http://example.com:8080"],
        &["http://example.com", "https://example.com:8080"],
    ),
    (
        "https://Example.com:*",
        &[
            "https://example.com",
            "https://example.com:1",
            "https://EXAMPLE.com:65535",
        ],
        &[
            "http://example.com",
            "https://a.example.com:1",
            "https://example.com.:1",
        ],
    ),
    (
        "https://*.Example.com",
        &[
            "https://a.example.com",
            "https://A.B.example.com:443",
            "https://xn--bcher-kva.example.com",
        ],
        &[
            "https://example.com",
            "https://.example.com",
            "https://a..example.com",
            "https://.a.example.com",
            "https://a.example.com.",
            "https://a.example.com:444",
            "https://aexample.com",
            "https://a.example.com.evil.example",
            "https://a.example.org",
            "http://a.example.com",
            "wss://a.example.com",
        ],
    ),
    (
        "https://*.example.com:8443",
        &["https://a.example.com:8443"],
        &["https://a.example.com", "https://example.com:8443"],
    ),
    (
        "http://*.localhost:*",
        &["http://a.localhost:3000", "http://a.b.localhost"],
        &[
            "http://localhost:3000",
            "https://a.localhost:3000",
            "http://localhost.a:3000",
        ],
    ),
    (
        "http://[2001:DB8::0:1]:*",
        &["http://[2001:db8::1]", "http://[2001:db8:0::1]:81"],
        &["http://[2001:db8::2]:81", "http://[::1]:81"],
    ),
    (
        "http://127.0.0.1:*",
        &["http://127.0.0.1:9"],
        &["http://127.0.0.2:9"],
    ),
    (
        "app://Local",
        &["app://local"],
        &["app://local:1", "app://b.a"],
    ),
    (
        "app://local:*",
        &["app://local", "app://local:1"],
        &["apps://local"],
    ),
];

#[test]
fn a_pattern_matches_these_origins_and_not_those() {
    for (text, matched, others) in PATTERNS {
        let pattern: OriginPattern = text.parse().unwrap();
        for origin in *matched {
            assert!(pattern.matches(&origin.parse().unwrap()), "{text} {origin}");
        }
        for origin in *others {
            assert!(
                !pattern.matches(&origin.parse().unwrap()),
                "{text} {origin}"
            );
        }
        assert_eq!(pattern.to_string().parse(), Ok(pattern.clone()), "{text}");
    }
    let written = |text: &str| text.parse::<OriginPattern>().unwrap().to_string();
    assert_eq!(
        written("HTTPS://*.Example.COM:443"),
        "https://*.example.com"
    );
    assert_eq!(
        written("https://*.example.com:80"),
        "https://*.example.com:80"
    );
    assert_eq!(written("http://*.example.com:*"), "http://*.example.com:*");
    assert_eq!(written("http://[::0:1]:80"), "http://[::1]");
}

#[test]
fn a_star_anywhere_else_is_refused() {
    let misplaced = [
        "*",
        "*:*",
        "*.example.com",
        "*://example.com",
        "http*://example.com",
        "https://*",
        "https://*:*",
        "https://*.",
        "https://*.com",
        "https://*.com.",
        "https://*.example.com.",
        "https://*..com",
        "https://*.*.example.com",
        "https://**.example.com",
        "https://a.*.example.com",
        "https://*a.example.com",
        "https://a*.example.com",
        "https://*example.com",
        "https://example.*",
        "https://*.1.2.3.4",
        "https://1.2.3.*",
        "https://*.example.0x7f",
        "https://*.[::1]",
        "https://*.[::ffff:1.2.3.4]",
        "https://*.example.com:**",
        "https://*.example.com:8*",
        "https://example.com:80:*",
        "https://example.com::*",
        "https://::1:*",
        "https://example.com:*/",
        "https://*.example.com/",
        "https://*.example.com/*",
        "https://me@*.example.com",
        "https://*.b\u{fc}cher.example",
    ];
    for text in misplaced {
        let parsed = text.parse::<OriginPattern>();
        assert!(matches!(parsed, Err(OriginError::Pattern { .. })), "{text}");
    }
    for text in [
        "",
        "example.com",
        "https://b\u{fc}cher.example",
        "https://a/",
    ] {
        let parsed = text.parse::<OriginPattern>();
        assert!(
            matches!(parsed, Err(OriginError::Malformed { .. })),
            "{text}"
        );
    }
    assert_eq!("null".parse::<OriginPattern>(), Err(OriginError::Null));
}

#[test]
fn the_error_of_a_pattern_says_where_a_star_may_be() {
    let error = "https://*.com".parse::<OriginPattern>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "pattern is \"https://*.com\", and a star may only be the port or stand, with a dot, before a host of two \
         labels or more"
    );
}
