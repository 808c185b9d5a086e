use proptest::prelude::*;

use super::head::{Head, Odd, field, head_flaw, list_lines, other_lines};

const TARGETS: &[&str] = &[
    "/",
    "/chat",
    "/chat?room=1&x=%20",
    "//a/../%00",
    "/a;b=c/@!$&'()*+,:~",
];

const HOSTS: &[&str] = &[
    "example.com",
    "EXAMPLE.com:8080",
    "127.0.0.1:9001",
    "[2001:DB8::1]:80",
    "localhost",
];

/// Some are known to a server that the requests are made for, some to nobody.
const SUBPROTOCOLS: &[&str] = &["chat", "superchat", "Chat", "v1.x-y", "!#$%&'*+-.^_`|~"];

const EXTENSIONS: &[&str] = &[
    "x-test",
    "x-test; level=9",
    "x-other;a;b=\"c\" ; d = \"\\e\"",
    "permessage-deflate; client_max_window_bits",
    "X-TEST",
];

const ODD: &Odd = &Odd {
    first: &[
        "POST /chat HTTP/1.1",
        "HEAD /chat HTTP/1.1",
        "get /chat HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "CONNECT example.com:80 HTTP/1.1",
        "GET /chat HTTP/1.0",
        "GET /chat HTTP/2.0",
        "GET /chat HTTP/1.2",
        "GET /chat http/1.1",
        "GET /chat HTTP/1.15",
        "GET /chat HTTP/1",
        "GET /chat",
        "GET",
        "GET  /chat HTTP/1.1",
        "GET /a b HTTP/1.1",
        "GET\t/chat\tHTTP/1.1",
        "GET /chat HTTP/1.1 ",
        " GET /chat HTTP/1.1",
        "GET * HTTP/1.1",
        "GET chat HTTP/1.1",
        "GET /chat#top HTTP/1.1",
        "GET /caf\u{e9} HTTP/1.1",
        "GET http://example.com/chat HTTP/1.1",
        "GET http://me@example.com/ HTTP/1.1",
        "GET /\u{7f} HTTP/1.1",
        "G(T /chat HTTP/1.1",
        "",
        "\r\nGET /chat HTTP/1.1",
        "\r\n\r\nGET /chat HTTP/1.1",
    ],
    values: &[
        ("Host", ODD_HOSTS),
        ("Upgrade", ODD_UPGRADES),
        ("Connection", ODD_CONNECTIONS),
        ("Sec-WebSocket-Key", ODD_KEYS),
        ("Sec-WebSocket-Version", ODD_VERSIONS),
        ("Sec-WebSocket-Protocol", ODD_PROTOCOLS),
        ("Sec-WebSocket-Extensions", ODD_EXTENSIONS),
        ("Origin", ODD_ORIGINS),
        ("Content-Length", ODD_LENGTHS),
        ("Transfer-Encoding", &["chunked", "identity", "", "gzip"]),
        ("Expect", &["100-continue", "something"]),
        ("Sec-WebSocket-Accept", &["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]),
    ],
};

const ODD_HOSTS: &[&str] = &[
    "",
    "example.com|example.com",
    "example.com|other.example",
    "a.example, b.example",
    "example.com/chat",
    "http://example.com",
    "me@example.com",
    "example.com:http",
    "example.com:65536",
    ":80",
    "::1",
    "[::1",
    "caf\u{e9}.example",
    "example.com:",
    "my_service.%41-1~",
];

const ODD_UPGRADES: &[&str] = &[
    "",
    "h2c",
    "websockets",
    "websocket/13",
    "\"websocket\"",
    "h2c websocket",
    "web,socket",
    "h2c, websocket",
    "websocket, h2c",
    "h2c|websocket",
    "websocket|h2c",
    "websocket,",
    "websocket|websocket",
    "WEBSOCKET",
];

const ODD_CONNECTIONS: &[&str] = &[
    "",
    "keep-alive",
    "not-upgrade",
    "upgrades",
    "upgrade;q=1",
    "keep-alive upgrade",
    "up,grade",
    "keep-alive|Upgrade",
    "Upgrade|keep-alive",
    ",, ,uPGRADE ,",
    "close, Upgrade",
    "keep-alive, Upgrade",
    "upgrade, \u{e9}",
];

const ODD_KEYS: &[&str] = &[
    "",
    "dGhlIHNhbXBsZSBub25jZQ==|dGhlIHNhbXBsZSBub25jZQ==",
    "dGhlIHNhbXBsZSBub25jZQ==|AAAAAAAAAAAAAAAAAAAAAA==",
    "AAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAA=",
    "AAAAAAAAAAAAAAAAAAAAAAAA",
    "dGhlIHNhbXBsZSBub25jZQ",
    "dGhlIHNhbXBsZSBub25jZQ=",
    "dGhlIHNhbXBsZSBub25jZQ===",
    "-_hlIHNhbXBsZSBub25jZQ==",
    "dGhlIHNhbXBs SBub25jZQ==",
    "!!!!!!!!!!!!!!!!!!!!!!==",
    "dGhlIHNhbXBsZSBub25jZQ==,",
    "dGhlIHNhbXBsZSBub25jZX==",
    "dGhlIHNhbXBsZSBub25jZQ==\u{e9}",
];

const ODD_VERSIONS: &[&str] = &[
    "", "8", "0", "255", "256", "13|13", "13|8", "13, 8", "8, 13", "013", "+13", "13.0", "abc",
    "1\u{e9}",
];

const ODD_PROTOCOLS: &[&str] = &[
    "",
    ",,,",
    "a b",
    "\"chat\"",
    "a/b",
    "chat, caf\u{e9}",
    "chat, superchat, chat",
    "chat|chat",
    "|chat",
    "chat;q=1",
    "chat superchat",
    ", chat ,",
];

const ODD_EXTENSIONS: &[&str] = &[
    "",
    ", ,",
    ";x-test",
    "x-test;",
    "x-test;;a",
    "x-test=1",
    "x-test;a=",
    "x-test;a=\"b",
    "x-test;a=\"\"",
    "x-test;a=\"b c\"",
    "x-test;a=\"b,c\"",
    "x-test;a=\"b\"c",
    "x-test a",
    "x-test, \u{e9}",
    "x-test, x-test",
    "x-other|x-test",
    "|x-test",
    "x-test;a=\"\\b\"",
];

const ODD_ORIGINS: &[&str] = &[
    "null",
    "http://a.example|http://b.example",
    "http://a.example http://b.example",
    "caf\u{e9}",
    "",
];

const ODD_LENGTHS: &[&str] = &["0", "00", "5", "0|0", "0, 0", "0|5", "", "-0", "+0", "0x0"];

/// A legal opening handshake of a client (RFC 6455 4.1), with or without offers, written in any legal way: the order
/// of the lines, the case of the names, the space around the values, lists in one line or two.
pub fn legal_request() -> impl Strategy<Value = Head> {
    let upgrade = prop::sample::select(vec!["websocket", "WebSocket"]).prop_map(str::to_owned);
    let connection = prop::sample::select(vec!["Upgrade", "keep-alive, Upgrade", "upgrade"]);
    let needed = (
        field("Host", prop::sample::select(HOSTS).prop_map(str::to_owned)),
        field("Upgrade", upgrade),
        field("Connection", connection.prop_map(str::to_owned)),
        field("Sec-WebSocket-Key", key()),
        field("Sec-WebSocket-Version", Just("13".to_owned())),
    );
    let origin = field("Origin", Just("http://example.com".to_owned()));
    let offers = (
        proptest::option::of(list_lines("Sec-WebSocket-Protocol", SUBPROTOCOLS)),
        proptest::option::of(list_lines("Sec-WebSocket-Extensions", EXTENSIONS)),
        proptest::option::of(origin),
        other_lines(),
    );
    let lines = (needed, offers).prop_map(|((a, b, c, d, e), offers)| {
        let (subprotocols, extensions, origin, others) = offers;
        let mut lines = vec![a, b, c, d, e];
        lines.extend(subprotocols.into_iter().flatten());
        lines.extend(extensions.into_iter().flatten());
        lines.extend(origin);
        lines.extend(others);
        lines
    });
    let first = prop::sample::select(TARGETS).prop_map(|target| format!("GET {target} HTTP/1.1"));
    (first, lines.prop_shuffle())
        .prop_map(|(first, lines)| Head { first, lines })
        .boxed()
}

/// The bytes of a client's opening handshake: legal, with a flaw, or with two.
pub fn request() -> impl Strategy<Value = Vec<u8>> {
    let twice = (legal_request(), head_flaw(ODD), head_flaw(ODD));
    prop_oneof![
        4 => legal_request().prop_map(|head| head.encode()),
        8 => (legal_request(), head_flaw(ODD)).prop_map(|(head, flaw)| flaw.apply(head)),
        1 => twice.prop_map(|(mut head, first, second)| {
            first.change(&mut head);
            second.apply(head)
        }),
    ]
}

/// 16 bytes in base64. The last character before the padding carries two bits of them.
fn key() -> impl Strategy<Value = String> {
    "[A-Za-z0-9+/]{21}[AQgw]=="
}
