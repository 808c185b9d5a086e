use proptest::prelude::*;

use super::head::{Head, Odd, field, head_flaw, list_lines, other_lines};

const ODD: &Odd = &Odd {
    first: &[
        "HTTP/1.1 101",
        "HTTP/1.1 101 ",
        "HTTP/1.0 101 Switching Protocols",
        "HTTP/1.2 101 Switching Protocols",
        "HTTP/2 101 Switching Protocols",
        "http/1.1 101 Switching Protocols",
        "HTTP/1.1 100 Continue",
        "HTTP/1.1 102 Processing",
        "HTTP/1.1 200 OK",
        "HTTP/1.1 204 No Content",
        "HTTP/1.1 301 Moved",
        "HTTP/1.1 403 Forbidden",
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 5",
        "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: gzip",
        "HTTP/1.1 426 Upgrade Required",
        "HTTP/1.1 503 Service Unavailable",
        "HTTP/1.1 99 Low",
        "HTTP/1.1 1010 Long",
        "HTTP/1.1 0101 Long",
        "HTTP/1.1 abc Letters",
        "HTTP/1.1  101 Two spaces",
        "HTTP/1.1 101 caf\u{e9}",
        "HTTP/1.1 101 a\u{0}b",
        "HTTP/1.1 101 a\u{7}b",
        "HTTP/1.1",
        " HTTP/1.1 101 Switching Protocols",
        "",
    ],
    values: &[
        ("Upgrade", ODD_UPGRADES),
        ("Connection", ODD_CONNECTIONS),
        ("Sec-WebSocket-Accept", ODD_ACCEPTS),
        ("Sec-WebSocket-Protocol", ODD_PROTOCOLS),
        ("Sec-WebSocket-Extensions", ODD_EXTENSIONS),
        ("Content-Length", &["0", "5", "", "0|5"]),
        ("Transfer-Encoding", &["chunked", "identity"]),
    ],
};

const ODD_UPGRADES: &[&str] = &[
    "",
    "h2c",
    "websockets",
    "websocket/13",
    "\"websocket\"",
    "h2c, websocket",
    "h2c|websocket",
    "websocket|websocket",
    "websocket,",
    "WEBSOCKET",
];

const ODD_CONNECTIONS: &[&str] = &[
    "",
    "keep-alive",
    "upgrades",
    "keep-alive upgrade",
    "keep-alive|Upgrade",
    "Upgrade|keep-alive",
    ", UPGRADE,",
    "close, Upgrade",
    "upgrade, \u{e9}",
];

const ODD_ACCEPTS: &[&str] = &[
    "",
    "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "dGhlIHNhbXBsZSBub25jZQ==",
    "\u{e9}",
];

const ODD_PROTOCOLS: &[&str] = &[
    "",
    "chat",
    "superchat",
    "Chat",
    "other",
    "chat, superchat",
    "chat|superchat",
    "chat|chat",
    "chat,",
    "\"chat\"",
    "caf\u{e9}",
];

const ODD_EXTENSIONS: &[&str] = &[
    "",
    ",",
    "x-test",
    "x-test; a=1",
    "X-TEST",
    "x-other",
    "x-test, x-other",
    "x-test, x-test",
    "x-test;",
    "x-test;a=\"b c\"",
    "x-test a",
    "permessage-deflate",
    "x-test, \u{e9}",
    "|x-test",
];

/// A legal answer of a server (RFC 6455 4.2.2) to a request whose key asks for `accept`, and which has offered the
/// subprotocols `chat` and `superchat` and the extension `x-test`.
pub fn legal_response(accept: &str) -> impl Strategy<Value = Head> + use<> {
    let upgrade = prop::sample::select(vec!["websocket", "WebSocket"]).prop_map(str::to_owned);
    let connection = prop::sample::select(vec!["Upgrade", "keep-alive, Upgrade", "upgrade"]);
    let subprotocol = prop::sample::select(vec!["chat", "superchat"]).prop_map(str::to_owned);
    let parts = (
        field("Upgrade", upgrade),
        field("Connection", connection.prop_map(str::to_owned)),
        field("Sec-WebSocket-Accept", Just(accept.to_owned())),
        proptest::option::of(field("Sec-WebSocket-Protocol", subprotocol)),
        proptest::option::of(list_lines("Sec-WebSocket-Extensions", &["x-test"])),
        other_lines(),
    );
    let lines = parts.prop_map(|(a, b, c, subprotocol, extensions, others)| {
        let mut lines = vec![a, b, c];
        lines.extend(subprotocol);
        lines.extend(extensions.into_iter().flatten());
        lines.extend(others);
        lines
    });
    let reason = prop::sample::select(vec!["Switching Protocols", "", "OK, why not"]);
    let first = reason.prop_map(|reason| format!("HTTP/1.1 101 {reason}"));
    (first, lines.prop_shuffle())
        .prop_map(|(first, lines)| Head { first, lines })
        .boxed()
}

/// The bytes of a server's answer to such a request: legal, with a flaw, or with two.
pub fn response(accept: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    let legal = || legal_response(accept);
    prop_oneof![
        4 => legal().prop_map(|head| head.encode()),
        8 => (legal(), head_flaw(ODD)).prop_map(|(head, flaw)| flaw.apply(head)),
        1 => (legal(), head_flaw(ODD), head_flaw(ODD)).prop_map(|(mut head, first, second)| {
            first.change(&mut head);
            second.apply(head)
        }),
    ]
}
