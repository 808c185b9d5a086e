//! What proxies say of their clients: headers of the PROXY protocol, and the lists of HTTP.

use std::net::SocketAddr;

use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use ws_handshake::{
    ForwardedError, ForwardedNode, ProxyHeader, ProxyHeaderError, forwarded_for, x_forwarded_for,
};

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

fn addr(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

/// A header of version 2.
fn binary(command: u8, family: u8, block: &[u8]) -> Vec<u8> {
    let len = u16::try_from(block.len())
        .expect("it is short")
        .to_be_bytes();
    [SIGNATURE, &[command, family], &len, block].concat()
}

/// The addresses and ports of a header of version 2.
fn block(source: &str, destination: &str) -> Vec<u8> {
    let (source, destination) = (addr(source), addr(destination));
    let octets = |addr: SocketAddr| match addr {
        SocketAddr::V4(addr) => addr.ip().octets().to_vec(),
        SocketAddr::V6(addr) => addr.ip().octets().to_vec(),
    };
    let ports = [
        source.port().to_be_bytes(),
        destination.port().to_be_bytes(),
    ];
    [octets(source), octets(destination), ports.concat()].concat()
}

/// Headers and the addresses that they tell.
fn legal() -> Vec<(Vec<u8>, Option<&'static str>)> {
    let v4 = block("192.0.2.7:4711", "203.0.113.1:443");
    let v6 = block("[2001:db8::7]:65535", "[::1]:1");
    let mapped = block("[::ffff:192.0.2.7]:1", "[::1]:1");
    let unix = [b'/'; 216];
    let longest = "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff \
                   ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
    assert_eq!(longest.len(), ProxyHeader::MAX_LINE);
    let lines = [
        (
            "PROXY TCP4 192.0.2.7 203.0.113.1 4711 443\r\n",
            Some("192.0.2.7:4711"),
        ),
        (
            "PROXY TCP4 255.255.255.255 0.0.0.0 65535 0\r\n",
            Some("255.255.255.255:65535"),
        ),
        ("PROXY TCP4 0.0.0.0 1.1.1.1 0 1\r\n", Some("0.0.0.0:0")),
        (
            "PROXY TCP6 2001:DB8::7 ::1 4711 443\r\n",
            Some("[2001:db8::7]:4711"),
        ),
        (
            "PROXY TCP6 ::ffff:192.0.2.7 ::1 4711 443\r\n",
            Some("192.0.2.7:4711"),
        ),
        ("PROXY UNKNOWN\r\n", None),
        ("PROXY UNKNOWN \r\n", None),
        ("PROXY UNKNOWN 192.0.2.7 what is this\r\n", None),
        ("PROXY UNKNOWN \u{e9}\r\n", None),
        (longest, None),
    ];
    let lines = lines.map(|(line, source)| (line.as_bytes().to_vec(), source));
    let more = |block: &[u8], more: usize| [block, &vec![0xff; more]].concat();
    let binaries = [
        (binary(0x21, 0x11, &v4), Some("192.0.2.7:4711")),
        (binary(0x21, 0x12, &v4), Some("192.0.2.7:4711")),
        (binary(0x21, 0x11, &more(&v4, 300)), Some("192.0.2.7:4711")),
        (binary(0x21, 0x21, &v6), Some("[2001:db8::7]:65535")),
        (binary(0x21, 0x22, &v6), Some("[2001:db8::7]:65535")),
        (
            binary(0x21, 0x21, &more(&v6, 7)),
            Some("[2001:db8::7]:65535"),
        ),
        (binary(0x21, 0x21, &mapped), Some("192.0.2.7:1")),
        (binary(0x21, 0x31, &unix), None),
        (binary(0x21, 0x32, &more(&unix, 1)), None),
        (binary(0x21, 0x00, b""), None),
        (binary(0x21, 0x00, &v4), None),
        (binary(0x20, 0x00, b""), None),
        (binary(0x20, 0x11, &v4), None),
        (binary(0x20, 0x11, b""), None),
        (binary(0x20, 0xff, b"?"), None),
        (
            binary(0x21, 0x11, &more(&v4, 4080 - 12)),
            Some("192.0.2.7:4711"),
        ),
    ];
    lines.into_iter().chain(binaries).collect()
}

#[test]
fn a_header_tells_the_address_and_where_it_ends() {
    for (header, source) in legal() {
        let shown = header.escape_ascii();
        for behind in ["", "GET / HTTP/1.1\r\n", "\r\n"] {
            let src = [&header, behind.as_bytes()].concat();
            let (decoded, len) = ProxyHeader::decode(&src).unwrap().unwrap();
            assert_eq!(decoded.source(), source.map(addr), "{shown}");
            assert_eq!(len, header.len(), "{shown}");
        }
    }
}

#[test]
fn at_every_split_point_a_proxy_header_is_not_there_until_it_is_whole() {
    for (header, _) in legal() {
        for len in 0..header.len() {
            let part = &header[..len];
            assert_eq!(
                ProxyHeader::decode(part),
                Ok(None),
                "{}",
                part.escape_ascii()
            );
        }
    }
}

#[test]
fn a_line_that_is_not_as_it_must_be_is_refused() {
    for line in [
        "PROXY \r\n",
        "PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4\r\n",
        "PROXY TCP4 1.1.1.1\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n",
        "PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1\t2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 +1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 +2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 65536 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2  2\r\n",
        "PROXY TCP4 01.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2 1 2\r\n",
        "PROXY TCP4 ::1 ::2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 ::2 1 2\r\n",
        "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP6 ::1 2.2.2.2 1 2\r\n",
        "PROXY TCP6 [::1] [::2] 1 2\r\n",
        "PROXY TCP6 fe80::1%1 ::2 1 2\r\n",
        "PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY tcp4 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY UNKNOWNS\r\n",
        "PROXY UNKNOWN\n",
        "PROXY UNKNOWN a\rb\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 \u{661} 2\r\n",
    ] {
        let error = ProxyHeader::decode(line.as_bytes()).unwrap_err();
        assert!(
            matches!(error, ProxyHeaderError::Line { .. }),
            "{line:?}: {error}"
        );
    }
    let latin = ProxyHeader::decode(b"PROXY UNKNOWN \xe9\r\n");
    assert!(latin.is_err());
}

#[test]
fn a_line_of_107_bytes_is_taken_and_a_longer_one_is_not_waited_for() {
    let line = |len: usize| format!("PROXY UNKNOWN {}\r\n", "x".repeat(len - 16));
    assert!(matches!(
        ProxyHeader::decode(line(107).as_bytes()),
        Ok(Some((_, 107)))
    ));
    let long = line(108);
    assert_eq!(ProxyHeader::decode(&long.as_bytes()[..106]), Ok(None));
    for len in [107, 108] {
        let error = ProxyHeader::decode(&long.as_bytes()[..len]).unwrap_err();
        assert!(matches!(error, ProxyHeaderError::Line { .. }), "{error}");
    }
}

#[test]
fn a_binary_header_that_is_not_as_it_must_be_is_refused() {
    let v4 = block("192.0.2.7:4711", "203.0.113.1:443");
    let v6 = block("[2001:db8::7]:65535", "[::1]:1");
    for command in 0..=255 {
        let decoded = ProxyHeader::decode(&binary(command, 0x11, &v4));
        if !matches!(command, 0x20 | 0x21) {
            assert_eq!(decoded, Err(ProxyHeaderError::Command { seen: command }));
        }
    }
    for family in 0..=255 {
        let decoded = ProxyHeader::decode(&binary(0x21, family, &[0; 216]));
        match family {
            0x00 | 0x11 | 0x12 | 0x21 | 0x22 | 0x31 | 0x32 => assert!(decoded.is_ok()),
            seen => assert_eq!(decoded, Err(ProxyHeaderError::Family { seen })),
        }
        assert!(ProxyHeader::decode(&binary(0x20, family, &[])).is_ok());
    }
    for (family, block) in [(0x11, &v4), (0x12, &v4), (0x21, &v6), (0x22, &v6)] {
        let seen = block.len() - 1;
        let short = binary(0x21, family, &block[1..]);
        let expected = ProxyHeaderError::Addresses {
            seen,
            least: seen + 1,
        };
        assert_eq!(ProxyHeader::decode(&short), Err(expected.clone()));
        // What announces too little is refused before it has come.
        assert_eq!(ProxyHeader::decode(&short[..16]), Err(expected));
    }
    let short = binary(0x21, 0x31, &[0; 215]);
    let expected = ProxyHeaderError::Addresses {
        seen: 215,
        least: 216,
    };
    assert_eq!(ProxyHeader::decode(&short), Err(expected));
}

#[test]
fn a_binary_header_of_4096_bytes_is_taken_and_a_longer_one_is_not_waited_for() {
    let longest = binary(0x21, 0x00, &[0; 4080]);
    assert!(matches!(
        ProxyHeader::decode(&longest),
        Ok(Some((_, ProxyHeader::MAX_BINARY)))
    ));
    for command in [0x20, 0x21] {
        let long = binary(command, 0x00, &[0; 4081]);
        let expected = ProxyHeaderError::Length { seen: 4097 };
        assert_eq!(ProxyHeader::decode(&long[..15]), Ok(None));
        assert_eq!(ProxyHeader::decode(&long[..16]), Err(expected));
    }
}

#[test]
fn what_is_no_proxy_header_is_known_at_its_first_byte_that_differs() {
    let requests = [
        "GET / HTTP/1.1\r\n",
        "PUT /",
        "POST /",
        "PROPFIND /",
        "proxy TCP4",
        "PROXYS",
        "\r\nGET",
        "\r\r",
        "\0",
    ];
    for request in requests {
        let request = request.as_bytes();
        let shared = |with: &[u8]| request.iter().zip(with).take_while(|(a, b)| a == b).count();
        let shared = shared(b"PROXY ").max(shared(SIGNATURE));
        for len in 0..=request.len() {
            let decoded = ProxyHeader::decode(&request[..len]);
            let is_absent = matches!(decoded, Err(ProxyHeaderError::Absent { .. }));
            assert_eq!(is_absent, len > shared, "{}", request[..len].escape_ascii());
        }
    }
}

#[test]
fn the_errors_of_a_proxy_header_say_what_was_seen_and_what_is_allowed() {
    let text = |src: &[u8]| ProxyHeader::decode(src).unwrap_err().to_string();
    for (src, expected) in [
        (
            b"GET /chat HTTP/1.1\r\n".to_vec(),
            "the first bytes are \"GET /chat HT\", and must be a header of the PROXY protocol",
        ),
        (
            b"PROXY TCP4 1\r\n".to_vec(),
            "PROXY line is \"PROXY TCP4 1\\r\\n\", and must be PROXY, TCP4 or TCP6, two addresses and two ports, or \
             UNKNOWN, in at most 107 bytes with CRLF",
        ),
        (
            binary(0x11, 0, &[]),
            "version and command of the PROXY header are 0x11, and must be 0x20 or 0x21",
        ),
        (
            binary(0x21, 0x0f, &[]),
            "family and transport of the PROXY header are 0x0f, and must be 0x00, 0x11, 0x12, 0x21, 0x22, 0x31 or 0x32",
        ),
        (
            binary(0x21, 0, &[0; 5000]),
            "the PROXY header has 5016 bytes, and may have 4096",
        ),
        (
            binary(0x21, 0x11, &[0; 3]),
            "the addresses of the PROXY header have 3 bytes, and must have 12",
        ),
    ] {
        assert_eq!(text(&src), expected);
    }
}

fn headers(name: &'static str, lines: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        let value = HeaderValue::from_bytes(line.as_bytes()).expect("a value");
        headers.append(name, value);
    }
    headers
}

/// Nodes in one line: an address, `hidden`, or `error`.
fn told(nodes: impl Iterator<Item = Result<ForwardedNode, ForwardedError>>) -> String {
    let nodes: Vec<String> = nodes
        .map(|node| match node {
            Ok(ForwardedNode::Addr(addr)) => addr.to_string(),
            Ok(ForwardedNode::Hidden) => "hidden".to_owned(),
            Err(_) => "error".to_owned(),
        })
        .collect();
    nodes.join(" ")
}

#[test]
fn the_elements_of_forwarded_are_read_from_the_right() {
    for (lines, expected) in [
        (&[][..], ""),
        (&["for=192.0.2.7"], "192.0.2.7:0"),
        (&["For=\"192.0.2.7:4711\""], "192.0.2.7:4711"),
        (&["for=\"192.0.2.7:_p\""], "192.0.2.7:0"),
        (
            &["FOR=\"[2001:db8:cafe::17]:4711\""],
            "[2001:db8:cafe::17]:4711",
        ),
        (&["for=\"[2001:db8:cafe::17]\""], "[2001:db8:cafe::17]:0"),
        (&["for=\"[::ffff:192.0.2.7]:1\""], "192.0.2.7:1"),
        (
            &["for=192.0.2.60;proto=http;by=203.0.113.43"],
            "192.0.2.60:0",
        ),
        (
            &["proto=http; by=203.0.113.43;\tfor=192.0.2.60"],
            "192.0.2.60:0",
        ),
        (
            &["for=192.0.2.43, for=198.51.100.17"],
            "198.51.100.17:0 192.0.2.43:0",
        ),
        (
            &["for=1.1.1.1 ,\tfor=2.2.2.2", "for=3.3.3.3,for=4.4.4.4"],
            "4.4.4.4:0 3.3.3.3:0 2.2.2.2:0 1.1.1.1:0",
        ),
        (&["for=_gazonk"], "hidden"),
        (&["for=_SEVKISEK"], "hidden"),
        (&["for=\"_a.b-c_D:1\""], "hidden"),
        (&["for=unknown"], "hidden"),
        (&["for=\"Unknown:_x\""], "hidden"),
        (&["proto=https"], "hidden"),
        (&[";"], "hidden"),
        (&[";;for=1.1.1.1;"], "1.1.1.1:0"),
        (&["for=1.1.1.1;by=x;x-y=\"a,b;c=d\""], "1.1.1.1:0"),
        (
            &["for=1.1.1.1;host=\"a\\\",for=6.6.6.6;\\\\\""],
            "1.1.1.1:0",
        ),
        (&["for=1.1.1.1;x=\"\\\\\""], "1.1.1.1:0"),
        (&["for=1.1.1.1;x=\"\\\\\\\"\""], "1.1.1.1:0"),
        (&["for=1.1.1.1;x=\"\""], "1.1.1.1:0"),
        (&["for=\"1\\92.0.2.7\""], "192.0.2.7:0"),
        (&["for=\"1.1.1.1:0\""], "1.1.1.1:0"),
        (&["for=\"1.1.1.1:00080\""], "1.1.1.1:80"),
        (&["for=1.1.1.1;x=\"\u{e9}\""], "1.1.1.1:0"),
    ] {
        assert_eq!(
            told(forwarded_for(&headers("forwarded", lines))),
            expected,
            "{lines:?}"
        );
    }
}

/// Each ends the list, and what was invented before it changes nothing behind it.
#[test]
fn what_is_no_element_of_forwarded_ends_the_list() {
    for malformed in [
        "",
        " ",
        "192.0.2.7",
        "for",
        "for=",
        "for= 192.0.2.7",
        "for =192.0.2.7",
        "=192.0.2.7",
        "a b=c",
        "for=192.0.2.7 x",
        "for=192.0.2.7;by",
        "for=192.0.2.7;by=",
        "for=192.0.2.7;for=192.0.2.8",
        "for=192.0.2.7;For=unknown",
        "for=192.0.2.7:80",
        "for=[::1]",
        "for=2001:db8::7",
        "for=\"2001:db8::7\"",
        "for=\"::1\"",
        "for=\"[::1\"",
        "for=\"[::1]80\"",
        "for=\"[::1]:\"",
        "for=\"[1.1.1.1]\"",
        "for=\"[fe80::1%1]\"",
        "for=\"192.0.2.7:\"",
        "for=\"192.0.2.7:65536\"",
        "for=\"192.0.2.7:000080\"",
        "for=\"192.0.2.7:+80\"",
        "for=\"192.0.2.7:_\"",
        "for=\"192.0.2.7:_!\"",
        "for=192.0.2",
        "for=192.0.2.07",
        "for=_",
        "for=_a!b",
        "for=example.com",
        "for=\"\"",
        "for=\" 192.0.2.7\"",
        "for=\"192.0.2.7",
        "for=192.0.2.7\"",
        "\"",
        "\\\"",
        "for=\"192.0.2.7\"\"",
        "for=1.1.1.1;x=\"\\\"",
        "for=1.1.1.1;x=a\"b\"",
        "for=1.1.1.1;x=\"a\"b",
        "for=1.1.1.1;x=\"a\"\"b\"",
        "for=\u{e9}",
        "for=1.1.1.1;x=\u{e9}",
    ] {
        let line = format!("for=6.6.6.6,{malformed},for=\"[::1]:80\"");
        let lines = ["for=6.6.6.5", &line, "for=1.1.1.1"];
        assert_eq!(
            told(forwarded_for(&headers("forwarded", &lines))),
            "1.1.1.1:0 [::1]:80 error",
            "{malformed:?}"
        );
    }
}

#[test]
fn the_elements_of_x_forwarded_for_are_read_from_the_right() {
    for (lines, expected) in [
        (&[][..], ""),
        (&["192.0.2.7"], "192.0.2.7:0"),
        (&["192.0.2.7:4711"], "192.0.2.7:4711"),
        (&["2001:db8::7"], "[2001:db8::7]:0"),
        (&["::ffff:192.0.2.7"], "192.0.2.7:0"),
        (&["[2001:db8::7]"], "[2001:db8::7]:0"),
        (&["[2001:db8::7]:4711"], "[2001:db8::7]:4711"),
        (
            &["1.1.1.1 ,\t2.2.2.2 ", "3.3.3.3"],
            "3.3.3.3:0 2.2.2.2:0 1.1.1.1:0",
        ),
        (&["1.1.1.1, unknown"], "hidden 1.1.1.1:0"),
        (&["6.6.6.6,, 1.1.1.1"], "1.1.1.1:0 error"),
        (&["6.6.6.6,"], "error"),
        (&["6.6.6.6", ""], "error"),
        (&["6.6.6.6, \"1.1.1.1\""], "error"),
        (&["6.6.6.6, for=1.1.1.1"], "error"),
        (&["6.6.6.6, 1.1.1.1 2.2.2.2"], "error"),
        (&["6.6.6.6, 1.1.1"], "error"),
        (&["6.6.6.6, localhost"], "error"),
        (&["6.6.6.6, ::1:x"], "error"),
        (&["6.6.6.6, \u{e9}, 1.1.1.1"], "1.1.1.1:0 error"),
    ] {
        assert_eq!(
            told(x_forwarded_for(&headers("x-forwarded-for", lines))),
            expected,
            "{lines:?}"
        );
    }
}

#[test]
fn each_list_is_read_from_its_own_header() {
    let mut both = headers("forwarded", &["for=1.1.1.1"]);
    both.extend(headers("x-forwarded-for", &["2.2.2.2"]));
    assert_eq!(told(forwarded_for(&both)), "1.1.1.1:0");
    assert_eq!(told(x_forwarded_for(&both)), "2.2.2.2:0");
}

#[test]
fn the_error_of_a_list_says_what_was_seen() {
    let text = |line: &str| {
        let headers = headers("forwarded", &[line]);
        let error = forwarded_for(&headers).find_map(Result::err).unwrap();
        error.to_string()
    };
    let rule = "in the list of proxies must be an address, unknown or _identifier";
    assert_eq!(
        text("for=1.1.1.1, for=a\"b"),
        format!("\"for=1.1.1.1, for=a\\\"b\" {rule}")
    );
    assert_eq!(text("for=1.1.1.1,for=x"), format!("\"for=x\" {rule}"));
}

/// An element, and what it tells.
fn written() -> impl Strategy<Value = (String, String)> {
    let node = prop_oneof![
        any::<[u8; 4]>().prop_map(|ip| {
            let addr = SocketAddr::from((ip, 0));
            (format!("for={}", addr.ip()), addr.to_string())
        }),
        any::<([u8; 16], u16)>().prop_map(|(ip, port)| {
            let ip = std::net::IpAddr::from(ip);
            let told = SocketAddr::new(ip.to_canonical(), port);
            (format!("For=\"[{ip}]:{port}\""), told.to_string())
        }),
        "_[a-zA-Z0-9._-]{1,5}".prop_map(|name| (format!("for={name}"), "hidden".to_owned())),
    ];
    let quoted = "([a-z,;= ]|\\\\[\\\\\",;]){0,8}".prop_map(|text| format!(";host=\"{text}\""));
    let more = prop_oneof![
        Just(String::new()),
        Just("; proto=https".to_owned()),
        quoted
    ];
    (node, more).prop_map(|((node, told), more)| (node + &more, told))
}

proptest! {
    /// The proxy of the address that is believed wrote what stands there, and everything may stand before it.
    #[test]
    fn what_was_invented_changes_nothing_behind_it(
        invented in "[a-z0-9.,;=\"\\\\ \\[\\]:_]{0,30}",
        elements in prop::collection::vec(written(), 1..5),
        is_split in any::<bool>(),
    ) {
        let texts: Vec<&str> = elements.iter().map(|(text, _)| &**text).collect();
        let appended = texts.join(", ");
        let lines = match is_split {
            true => vec![invented, appended],
            false => vec![format!("{invented}, {appended}")],
        };
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let expected: Vec<&str> = elements.iter().rev().map(|(_, told)| &**told).collect();
        let found = told(forwarded_for(&headers("forwarded", &lines)));
        prop_assert!(found.starts_with(&expected.join(" ")), "{lines:?}: {found}");
    }

    #[test]
    fn any_bytes_are_a_proxy_header_or_none_and_more_of_them_change_nothing(
        start in prop_oneof![Just(&b""[..]), Just(&b"PROXY TCP4 "[..]), Just(&b"PROXY UNKNOWN"[..]), Just(SIGNATURE), Just(&b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0"[..])],
        rest in prop::collection::vec(any::<u8>(), 0..60),
        more in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let src = [start, &rest].concat();
        let decoded = ProxyHeader::decode(&src);
        let longer = ProxyHeader::decode(&[&src[..], &more].concat());
        match decoded {
            Ok(None) => {}
            Ok(Some((_, len))) => {
                prop_assert!(len <= src.len());
                prop_assert_eq!(longer, decoded);
            }
            Err(_) => prop_assert!(longer.is_err()),
        }
    }
}
