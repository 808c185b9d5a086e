//! What is accepted as an opening handshake, and the exact status of what is not (RFC 6455 4.2.1).

use ws_handshake::{Acceptance, Limits, Rejection, Request, RequestError};

const REQUEST_LINE: &str = "GET /chat HTTP/1.1";
const HOST: &str = "Host: example.com";
const UPGRADE: &str = "Upgrade: websocket";
const CONNECTION: &str = "Connection: Upgrade";
const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
const VERSION: &str = "Sec-WebSocket-Version: 13";

const GOOD: [&str; 6] = [REQUEST_LINE, HOST, UPGRADE, CONNECTION, KEY, VERSION];

/// Each table: the line of a legal handshake that is replaced, and by what. A bar is a line end,
/// a line without text removes the line.
const BAD: [(&str, &str); 7] = [
    (REQUEST_LINE, REQUEST_LINES),
    (HOST, HOSTS),
    (UPGRADE, UPGRADES),
    (CONNECTION, CONNECTIONS),
    (KEY, KEYS),
    (VERSION, VERSIONS),
    (VERSION, OTHER_LINES),
];

const REQUEST_LINES: &str = "
405 POST /chat HTTP/1.1
405 HEAD /chat HTTP/1.1
405 get /chat HTTP/1.1
405 CONNECT example.com:80 HTTP/1.1
405 OPTIONS * HTTP/1.1
505 GET /chat HTTP/1.0
505 GET /chat HTTP/2.0
505 GET /chat HTTP/2
505 GET /chat HTTP/1.2
505 GET /chat HTTP/0.9
505 GET /chat HTTP/3.0
400 GET /chat http/1.1
400 GET /chat HTTP/1.15
400 GET /chat HTTP/1.
400 GET /chat HTTP/2..
400 GET /chat HTTP/
400 GET /chat HTTP/1234567.1
400 GET /chat
400 GET
400 GET /a b HTTP/1.1
400 GET /a b HTTP/2.0
400 GET /a HTTP/2.0 b
400 GET  /chat HTTP/1.1
400 GET\t/chat\tHTTP/1.1
400 GET /chat HTTP/1.1\x20
400  GET /chat HTTP/1.1
400 GET * HTTP/1.1
400 GET chat HTTP/1.1
400 GET example.com:80 HTTP/1.1
400 GET /chat#top HTTP/1.1
400 GET /caf\u{e9} HTTP/1.1
400 GET /\x7f HTTP/1.1
400 GET /\0 HTTP/1.1
400 GET /\x01 HTTP/1.1
400 GET http:///chat HTTP/1.1
400 GET http://me@example.com/ HTTP/1.1
400 GET http://example.com:x/ HTTP/1.1
400 CONNECT /chat HTTP/1.1
400 G(T /chat HTTP/1.1
400 \x16\x03\x01\x02
400 |
505 PRI * HTTP/2.0
";

const HOSTS: &str = "
400
400 Host: example.com|Host: example.com
400 Host: example.com|Host: other.example
400 Host:
400 Host: a.example, b.example
400 Host: example.com/chat
400 Host: http://example.com
400 Host: me@example.com
400 Host: example.com:http
400 Host: example.com:65536
400 Host: example.com:+80
400 Host: example.com:80:80
400 Host: :80
400 Host: ::1
400 Host: [::1
400 Host: [::1]80
400 Host: []
400 Host: [fe80::1%25eth0]
400 Host: [v1.x]
400 Host: ex%4
400 Host: caf\u{e9}.example
";

const UPGRADES: &str = "
400
400 Upgrade:
400 Upgrade: h2c
400 Upgrade: websockets
400 Upgrade: websocket/13
400 Upgrade: \"websocket\"
400 Upgrade: h2c websocket
400 Upgrade: web,socket
";

const CONNECTIONS: &str = "
400
400 Connection:
400 Connection: keep-alive
400 Connection: not-upgrade
400 Connection: upgrades
400 Connection: upgrade;q=1
400 Connection: keep-alive upgrade
400 Connection: up,grade
";

const KEYS: &str = "
400
400 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
400 Sec-WebSocket-Key:
400 Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA
400 Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=
400 Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAA
400 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ
400 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=
400 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ===
400 Sec-WebSocket-Key: -_hlIHNhbXBsZSBub25jZQ==
400 Sec-WebSocket-Key: dGhlIHNhbXBs SBub25jZQ==
400 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ===
400 Sec-WebSocket-Key: ======================AA
400 Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==
400 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==,
400 Sec-WebSocket-Key: \"dGhlIHNhbXBsZSBub25jZQ==\"
";

const VERSIONS: &str = "
426
426 Sec-WebSocket-Version: 8
426 Sec-WebSocket-Version: 0
426 Sec-WebSocket-Version: 255
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Version: 13
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Version: 8
400 Sec-WebSocket-Version: 13, 8
400 Sec-WebSocket-Version: 013
400 Sec-WebSocket-Version: +13
400 Sec-WebSocket-Version: 13.0
400 Sec-WebSocket-Version: 256
400 Sec-WebSocket-Version:
400 Sec-WebSocket-Version: abc
400 Sec-WebSocket-Version: 1\u{e9}
";

const OTHER_LINES: &str = "
400 Sec-WebSocket-Version: 13|Transfer-Encoding: chunked
400 Sec-WebSocket-Version: 13|Transfer-Encoding: identity
400 Sec-WebSocket-Version: 13|Transfer-Encoding:
400 Sec-WebSocket-Version: 13|Content-Length: 5
400 Sec-WebSocket-Version: 13|Content-Length: 0|Content-Length: 0
400 Sec-WebSocket-Version: 13|Content-Length: 0, 0
400 Sec-WebSocket-Version: 13|Content-Length:
400 Sec-WebSocket-Version: 13|Content-Length: -0
400 Sec-WebSocket-Version: 13|Content-Length: 0x0
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Protocol:
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Protocol: ,,,
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Protocol: a b
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Protocol: \"a\"
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Protocol: a/b
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Protocol: caf\u{e9}
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Protocol: a, b, a
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Protocol: a|Sec-WebSocket-Protocol: a
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions:
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: , ,
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: ;a
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a;
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a;;b
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a=b
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a;b=
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a;b=\"c
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a;b=\"c\\
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a;b=\"c\\\"
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a;b=\"\"
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a;b=\"c d\"
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a;b=\"c\"d
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a;b=c\"d\"
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a b
400 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a|Sec-WebSocket-Extensions: \u{e9}
400 Sec-WebSocket-Version: 13|Origin: http://a.example|Origin: http://b.example
400 Sec-WebSocket-Version: 13|X: a| b
400 Sec-WebSocket-Version: 13|X: a|\tb
400 Sec-WebSocket-Version: 13|X : a
400 Sec-WebSocket-Version: 13| X: a
400 Sec-WebSocket-Version: 13|X
400 Sec-WebSocket-Version: 13|: a
400 Sec-WebSocket-Version: 13|X: a\rb
400 Sec-WebSocket-Version: 13|X: a\r
400 Sec-WebSocket-Version: 13|X: a\0b
400 Sec-WebSocket-Version: 13|X: a\x7fb
400 Sec-WebSocket-Version: 13|X: \x1b[0m
400 Sec-WebSocket-Version: 13|X-\u{e9}: a
400 Sec-WebSocket-Version: 13|X(: a
";

/// What may be written in more ways than one.
const ODD: [(&str, &str); 7] = [
    (REQUEST_LINE, ODD_REQUEST_LINES),
    (HOST, ODD_HOSTS),
    (UPGRADE, ODD_UPGRADES),
    (CONNECTION, ODD_CONNECTIONS),
    (KEY, ODD_KEYS),
    (VERSION, ODD_VERSIONS),
    (VERSION, ODD_LINES),
];

const ODD_REQUEST_LINES: &str = "
101 |GET /chat HTTP/1.1
101 GET http://example.com/chat HTTP/1.1
101 GET ws://example.com?room=1 HTTP/1.1
101 GET /chat?q={a}&r=`^[] HTTP/1.1
101 GET //chat/../%00 HTTP/1.1
101 GET /? HTTP/1.1
";

const ODD_HOSTS: &str = "
101 Host: 127.0.0.1:9001
101 Host: [2001:DB8::1]:9001
101 Host: [::ffff:127.0.0.1]
101 Host: example.com:
101 Host: my_service.%41-1~
101 Host: LOCALHOST
";

const ODD_UPGRADES: &str = "
101 UPGRADE: WebSocket
101 Upgrade: h2c, websocket
101 Upgrade: h2c|upgrade: foo/1,websocket
";

const ODD_CONNECTIONS: &str = "
101 Connection: keep-alive|Connection: Upgrade
101 Connection: keep-alive, Upgrade
101 Connection: ,, ,\tuPGRADE ,
101 connection:Upgrade
";

const ODD_KEYS: &str = "
101 sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==
101 SEC-WEBSOCKET-KEY:dGhlIHNhbXBsZSBub25jZX==
101 Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==
101 Sec-WebSocket-Key: //////////////////////==
";

const ODD_VERSIONS: &str = "
101 sec-websocket-version: \t 13 \t\x20
101 sec-websocket-version:13
";

const ODD_LINES: &str = "
101 Sec-WebSocket-Version: 13|Content-Length: 0
101 Sec-WebSocket-Version: 13|Content-Length: 000
101 Sec-WebSocket-Version: 13|X-Name: caf\u{e9}
101 Sec-WebSocket-Version: 13|X-Empty:
101 Sec-WebSocket-Version: 13|Sec-WebSocket-Protocol: ,a , b|Sec-WebSocket-Protocol: A
101 Sec-WebSocket-Version: 13|Sec-WebSocket-Protocol:|Sec-WebSocket-Protocol: A
101 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a ; b = \"\\c\" ;d,,e
101 Sec-WebSocket-Version: 13|Sec-WebSocket-Extensions: a,a;b=c;b=d
101 Sec-WebSocket-Version: 13|Sec-WebSocket-Accept: whatever
101 Sec-WebSocket-Version: 13|Origin: null
101 Sec-WebSocket-Version: 13|Expect: 100-continue
";

struct Probe {
    head: Vec<u8>,
    status: u16,
}

impl Probe {
    /// A legal handshake in which `line` is replaced by what a row of a table says.
    fn new(line: &str, row: &str) -> Probe {
        let (status, by) = row.split_at(3);
        let mut head = String::new();
        for good in GOOD {
            match by.strip_prefix(' ') {
                _ if good != line => head.extend([good, "\r\n"]),
                Some(by) => head.extend([&by.replace('|', "\r\n"), "\r\n"]),
                None => {}
            }
        }
        head.push_str("\r\n");
        let status = status.parse().expect("each row begins with a status");
        Probe {
            head: head.into_bytes(),
            status,
        }
    }
}

impl std::fmt::Display for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, self.head.escape_ascii())
    }
}

fn probes(tables: &[(&str, &str)]) -> Vec<Probe> {
    let mut probes = Vec::new();
    for (line, table) in tables {
        let rows = table.trim_matches('\n').split('\n');
        probes.extend(rows.map(|row| Probe::new(line, row)));
    }
    probes
}

/// The bad ones that need a line end of their own kind.
fn bad_probes() -> Vec<Probe> {
    let good = format!("{}\r\n\r\n", GOOD.join("\r\n"));
    let lone = [
        good.replace("\r\n", "\n"),
        good.replacen("\r\n", "\n", 1),
        format!("{}\n", &good[..good.len() - 2]),
        format!("\n{good}"),
        format!("\r\n\r\n{good}"),
        format!("\r\r\n{good}"),
    ];
    let lone = lone.into_iter().map(|head| Probe {
        head: head.into_bytes(),
        status: 400,
    });
    probes(&BAD).into_iter().chain(lone).collect()
}

fn decode(head: &[u8]) -> Result<Request, RequestError> {
    let decoded = Request::decode(head, &Limits::default())?;
    let (request, len) = decoded.expect("the head is whole");
    assert_eq!(len, head.len());
    Ok(request)
}

fn accept(head: &[u8]) -> Result<String, RequestError> {
    let acceptance = Acceptance::for_request(&decode(head)?)?;
    let mut response = Vec::new();
    acceptance.encode(&mut response);
    Ok(String::from_utf8(response).expect("the response is ascii"))
}

#[test]
fn each_bad_probe_is_refused_with_its_status() {
    let probes = bad_probes();
    println!("{} bad probes", probes.len());
    assert!(probes.len() >= 30);
    for probe in probes {
        let Err(error) = accept(&probe.head) else {
            panic!("accepted: {probe}");
        };
        assert_eq!(error.status().as_u16(), probe.status, "{error}: {probe}");
        assert_eq!(
            Rejection::from(error).status().as_u16(),
            probe.status,
            "{probe}"
        );
    }
}

#[test]
fn a_bad_probe_in_pieces_is_refused_no_differently() {
    for probe in bad_probes() {
        let whole = decode(&probe.head).map_err(|error| error.status());
        for len in 0..probe.head.len() {
            match Request::decode(&probe.head[..len], &Limits::default()) {
                Ok(None) => {}
                Ok(Some(early)) => panic!("{early:?} after {len} bytes: {probe}"),
                Err(early) => assert_eq!(Err(early.status()), whole, "{early}: {probe}"),
            }
        }
    }
}

#[test]
fn every_bad_probe_that_can_be_decoded_asks_for_an_upgrade() {
    for probe in bad_probes() {
        if let Ok(request) = decode(&probe.head) {
            assert!(request.asks_for_upgrade(), "{probe}");
        }
    }
}

#[test]
fn the_legal_but_odd_is_accepted() {
    for probe in probes(&ODD) {
        match accept(&probe.head) {
            Ok(response) => assert!(response.starts_with("HTTP/1.1 101 "), "{probe}"),
            Err(error) => panic!("{error}: {probe}"),
        }
    }
}

#[test]
fn the_sample_of_the_rfc_is_accepted_with_its_answer() {
    let head = b"GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Origin: http://example.com\r\nSec-WebSocket-Protocol: chat, superchat\r\n\
        Sec-WebSocket-Version: 13\r\n\r\n";
    let acceptance = Acceptance::for_request(&decode(head).unwrap()).unwrap();
    let mut response = Vec::new();
    acceptance
        .subprotocol("chat")
        .unwrap()
        .encode(&mut response);
    assert_eq!(
        String::from_utf8(response).unwrap(),
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
         Sec-WebSocket-Protocol: chat\r\n\r\n"
    );
}
