//! Whom trusted proxies connect for, by the PROXY protocol, `Forwarded` and `X-Forwarded-For`; and nobody else is
//! believed.
//!
//! The other end of the transport is 192.0.2.7:4711 everywhere.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::DuplexStream,
    time::{Instant, timeout},
};
use ws_server::{
    Acceptance, AddrHeader, AddrSource, Client, Config, Handler, Message, Peer, ProxyProtocol,
    Rejection, TrustedProxies, Upgrade, serve_connection,
};
use ws_testing::{
    naive::Frame,
    peer::{REQUEST, masked},
};

use super::request::with;
use crate::{
    log::Log,
    response::Response,
    served::{Served, assert_took},
};

const LINE: &[u8] = b"PROXY TCP4 198.51.100.9 203.0.113.1 5000 443\r\n";
const BINARY: &[u8] =
    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0f\xc6\x33\x64\x09\xcb\0\x71\x01\x13\x88\x01\xbb\x04\0\0";

/// Sends who its peer is, and what comes.
struct Tell(String);

impl Handler for Tell {
    async fn on_upgrade(&mut self, upgrade: &Upgrade<'_>) -> Result<Acceptance, Rejection> {
        assert_eq!(upgrade.transport().source(), AddrSource::Transport);
        let (peer, transport) = (upgrade.peer(), upgrade.transport());
        self.0 = format!("{peer} over {transport}");
        Ok(upgrade.accept())
    }

    async fn on_open(&mut self, client: &mut Client) {
        let peer = client.peer();
        assert!(self.0.starts_with(&peer.to_string()), "{}", self.0);
        client.send(format!("{} by {:?}", self.0, peer.source()));
    }

    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        client.send(message);
    }
}

fn trusting(prefix: &str) -> TrustedProxies {
    TrustedProxies::none().trust(prefix).expect("a prefix")
}

fn proxy_protocol(protocol: ProxyProtocol) -> TrustedProxies {
    trusting("192.0.2.7").with_proxy_protocol(protocol)
}

fn served(proxies: TrustedProxies) -> Served {
    let config = Config::default().with_trusted_proxies(proxies);
    Served::of(Tell(String::new()), Log::new(), config)
}

/// Who the peer of a connection is on which this is sent, or the response that refuses it.
async fn peer_of(proxies: TrustedProxies, sent: &[u8]) -> Result<String, Response> {
    let mut served = served(proxies);
    served.peer.write(sent).await;
    let head = served.peer.read_head().await;
    if head.starts_with("HTTP/1.1 101 ") {
        return Ok(read_text(&mut served.peer).await);
    }
    let rest = served.peer.read_bytes().await.expect("the server ends");
    Err(Response::only([head.into_bytes(), rest].concat()))
}

async fn read_text(peer: &mut ws_testing::peer::Peer<DuplexStream>) -> String {
    let frame = peer.read_frame().await.expect("open").expect("a frame");
    String::from_utf8(frame.payload).expect("text")
}

fn before_request(header: &[u8]) -> Vec<u8> {
    [header, REQUEST.as_bytes()].concat()
}

const FROM_HEADER: &str = "198.51.100.9:5000 over 192.0.2.7:4711 by ProxyProtocol";
const FROM_TRANSPORT: &str = "192.0.2.7:4711 over 192.0.2.7:4711 by Transport";

#[tokio::test(start_paused = true)]
async fn a_trusted_proxy_tells_the_client_before_the_request() {
    let local = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
    let ipv6 = b"PROXY TCP6 2001:db8::7 ::1 5000 443\r\n";
    for protocol in [ProxyProtocol::Required, ProxyProtocol::Optional] {
        for (header, expected) in [
            (LINE, FROM_HEADER),
            (BINARY, FROM_HEADER),
            (
                ipv6,
                "[2001:db8::7]:5000 over 192.0.2.7:4711 by ProxyProtocol",
            ),
            (b"PROXY UNKNOWN\r\n", FROM_TRANSPORT),
            (local, FROM_TRANSPORT),
        ] {
            let found = peer_of(proxy_protocol(protocol), &before_request(header)).await;
            assert_eq!(
                found.as_deref().ok(),
                Some(expected),
                "{}",
                header.escape_ascii()
            );
        }
    }
}

/// However the bytes are cut into reads, the request and the frames behind the header are all there.
#[tokio::test(start_paused = true)]
async fn a_proxy_header_may_be_cut_anywhere_and_what_is_behind_it_is_not_lost() {
    let frames = [
        masked(Frame::text("early")),
        masked(Frame::binary([7; 300])),
    ]
    .concat();
    for header in [LINE, BINARY] {
        let sent = [header, REQUEST.as_bytes(), &frames].concat();
        let cuts = (1..sent.len()).map(|cut| vec![&sent[..cut], &sent[cut..]]);
        let bytes: Vec<&[u8]> = sent.chunks(1).collect();
        for pieces in cuts.chain([vec![&sent[..]], bytes]) {
            let mut served = served(proxy_protocol(ProxyProtocol::Required));
            for piece in pieces {
                served.peer.write(piece).await;
                tokio::task::yield_now().await;
            }
            served.peer.read_head().await;
            assert_eq!(read_text(&mut served.peer).await, FROM_HEADER);
            assert_eq!(served.peer.read_line().await, "text 'early'");
            let frame = served
                .peer
                .read_frame()
                .await
                .expect("open")
                .expect("a frame");
            assert_eq!(frame.payload, [7; 300]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn from_everybody_else_a_proxy_header_is_no_request() {
    let required = |prefix| trusting(prefix).with_proxy_protocol(ProxyProtocol::Required);
    let others = required("192.0.2.8")
        .trust("2001:db8::/32")
        .expect("a prefix");
    for proxies in [
        TrustedProxies::none(),
        TrustedProxies::none().with_proxy_protocol(ProxyProtocol::Required),
        TrustedProxies::none()
            .with_proxy_protocol(ProxyProtocol::Optional)
            .trust_unaddressed(),
        trusting("192.0.2.7"),
        others.clone(),
    ] {
        for header in [LINE, BINARY, b"PROXY UNKNOWN\r\n"] {
            let found = peer_of(proxies.clone(), &before_request(header)).await;
            let response = found.expect_err("it is refused");
            assert_eq!(response.status, 400, "{}", header.escape_ascii());
        }
    }
    // Who is no proxy need not send one.
    let found = peer_of(others, REQUEST.as_bytes()).await;
    assert_eq!(found.as_deref().ok(), Some(FROM_TRANSPORT));
}

#[tokio::test(start_paused = true)]
async fn a_header_that_is_required_and_missing_is_400_and_an_optional_one_may_be_missing() {
    let found = peer_of(proxy_protocol(ProxyProtocol::Required), REQUEST.as_bytes()).await;
    let response = found.expect_err("it is refused");
    assert_eq!(
        (response.status, &*response.body),
        (
            400,
            "the first bytes are \"GET /chat HT\", and must be a header of the PROXY protocol\n"
        )
    );
    for begin in ["", "\r\n"] {
        let request = [begin, REQUEST].concat();
        let mut served = served(proxy_protocol(ProxyProtocol::Optional));
        for byte in request.bytes() {
            served.peer.write([byte]).await;
            tokio::task::yield_now().await;
        }
        served.peer.read_head().await;
        assert_eq!(read_text(&mut served.peer).await, FROM_TRANSPORT);
    }
}

#[tokio::test(start_paused = true)]
async fn a_malformed_proxy_header_is_400_be_it_required_or_optional() {
    let long = [b"PROXY UNKNOWN ", &[b'x'; 200][..]].concat();
    for protocol in [ProxyProtocol::Required, ProxyProtocol::Optional] {
        for header in [
            &b"PROXY TCP4 198.51.100.9 203.0.113.1 +5000 443\r\n"[..],
            b"PROXY TCP4 198.51.100.9\r\n",
            b"\r\n\r\n\0\r\nQUIT\n\x31\x11\0\x0c",
            b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff",
            &long,
        ] {
            let found = peer_of(proxy_protocol(protocol), &before_request(header)).await;
            let response = found.expect_err("it is refused");
            assert_eq!(response.status, 400, "{}", header.escape_ascii());
            assert!(
                response.body.contains("must") || response.body.contains("may"),
                "{}",
                response.body
            );
        }
    }
}

/// One header only: a second one is the client's.
#[tokio::test(start_paused = true)]
async fn a_second_proxy_header_is_no_request() {
    let sent = before_request(&[LINE, b"PROXY TCP4 6.6.6.6 203.0.113.1 1 443\r\n"].concat());
    let found = peer_of(proxy_protocol(ProxyProtocol::Required), &sent).await;
    assert_eq!(found.expect_err("it is refused").status, 400);
}

/// The time of the handshake is that of the header and the request together.
#[tokio::test(start_paused = true)]
async fn a_proxy_header_that_dribbles_gets_408_at_10_s() {
    for header in [LINE, BINARY] {
        let start = Instant::now();
        let mut served = served(proxy_protocol(ProxyProtocol::Required));
        for byte in before_request(header) {
            served.peer.write([byte]).await;
            let wait = Duration::from_millis(240);
            if let Ok(head) = timeout(wait, served.peer.read_head()).await {
                assert!(head.starts_with("HTTP/1.1 408 "), "{head}");
                break;
            }
        }
        assert_took(start.elapsed(), 10.0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_proxy_that_goes_away_in_its_header_leaves_nothing() {
    for len in 0..LINE.len() {
        let mut served = served(proxy_protocol(ProxyProtocol::Required));
        served.peer.write(&LINE[..len]).await;
        served.peer.finish().await;
        assert_took(served.ended().await, 0.0);
    }
}

/// Trusts the other end of the transport, and the networks that other proxies are in.
fn chain(header: AddrHeader) -> TrustedProxies {
    let proxies = trusting("192.0.2.7").trust("10.0.0.0/8");
    let proxies = proxies.and_then(|proxies| proxies.trust("fd00::/8"));
    proxies.expect("prefixes").with_header(header)
}

/// Who the peer is when these lines are in the request: the transport's other end if nobody else is expected.
async fn assert_followed(header: AddrHeader, lines: &[String], expected: Option<&str>) {
    let expected = match expected {
        Some(addr) => format!("{addr} over 192.0.2.7:4711 by Forwarded"),
        None => FROM_TRANSPORT.to_owned(),
    };
    let names: Vec<&str> = lines.iter().map(String::as_str).collect();
    let found = peer_of(chain(header), with(&names).as_bytes()).await;
    assert_eq!(found.ok(), Some(expected), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn addresses_are_followed_from_the_right_while_they_are_trusted() {
    for (lines, expected) in [
        (&[][..], None),
        (&["for=198.51.100.9"][..], Some("198.51.100.9:0")),
        (&["for=\"198.51.100.9:5000\""], Some("198.51.100.9:5000")),
        (
            &["for=\"[2001:db8::7]:5000\";proto=https"],
            Some("[2001:db8::7]:5000"),
        ),
        (&["for=6.6.6.6, for=198.51.100.9"], Some("198.51.100.9:0")),
        (
            &["for=6.6.6.6", "for=198.51.100.9, for=10.1.2.3"],
            Some("198.51.100.9:0"),
        ),
        (
            &["for=6.6.6.6, for=198.51.100.9, for=\"[fd00::1]:1\", for=10.1.2.3"],
            Some("198.51.100.9:0"),
        ),
        (
            &["for=198.51.100.9, for=\"[::ffff:10.1.2.3]\""],
            Some("198.51.100.9:0"),
        ),
        (&["for=10.0.0.9, for=10.1.2.3"], Some("10.0.0.9:0")),
        (&["for=6.6.6.6, for=_hidden"], None),
        (&["for=6.6.6.6, for=unknown, for=10.1.2.3"], None),
        (&["for=6.6.6.6, for=10.1.2.3:80"], None),
        (&["for=6.6.6.6, for=example.com"], None),
        (&["for=6.6.6.6, "], None),
        (&["for=\"6.6.6.6, for=198.51.100.9"], Some("198.51.100.9:0")),
    ] {
        let lines: Vec<String> = lines
            .iter()
            .map(|line| format!("Forwarded: {line}"))
            .collect();
        assert_followed(AddrHeader::Forwarded, &lines, expected).await;
    }
}

#[tokio::test(start_paused = true)]
async fn x_forwarded_for_is_followed_in_the_same_way() {
    for (line, expected) in [
        ("198.51.100.9", Some("198.51.100.9:0")),
        (
            "6.6.6.6, 198.51.100.9:5000, 10.1.2.3",
            Some("198.51.100.9:5000"),
        ),
        (
            "6.6.6.6, 2001:db8::7, fd00::1, 10.1.2.3:1",
            Some("[2001:db8::7]:0"),
        ),
        ("6.6.6.6, unknown", None),
        ("6.6.6.6, what", None),
        ("6.6.6.6,", None),
    ] {
        let lines = [format!("X-Forwarded-For: {line}")];
        assert_followed(AddrHeader::XForwardedFor, &lines, expected).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_of_proxies_is_believed_from_them_alone_and_only_in_the_header_that_was_named() {
    let both = with(&["Forwarded: for=6.6.6.6", "X-Forwarded-For: 7.7.7.7"]);
    for (proxies, expected) in [
        (TrustedProxies::none(), FROM_TRANSPORT),
        (
            TrustedProxies::none().with_header(AddrHeader::Forwarded),
            FROM_TRANSPORT,
        ),
        (
            trusting("192.0.2.8").with_header(AddrHeader::Forwarded),
            FROM_TRANSPORT,
        ),
        (
            trusting("192.0.2.0/30").with_header(AddrHeader::XForwardedFor),
            FROM_TRANSPORT,
        ),
        (trusting("192.0.2.7"), FROM_TRANSPORT),
        (trusting("192.0.2.7").with_header(None), FROM_TRANSPORT),
        (
            trusting("192.0.2.7").with_header(AddrHeader::Forwarded),
            "6.6.6.6:0 over 192.0.2.7:4711 by Forwarded",
        ),
        (
            trusting("192.0.2.0/29").with_header(AddrHeader::XForwardedFor),
            "7.7.7.7:0 over 192.0.2.7:4711 by Forwarded",
        ),
    ] {
        let found = peer_of(proxies.clone(), both.as_bytes()).await;
        assert_eq!(found.as_deref().ok(), Some(expected), "{proxies:?}");
    }
}

/// A balancer speaks the PROXY protocol, a proxy before it HTTP: each link is trusted by itself.
#[tokio::test(start_paused = true)]
async fn behind_a_proxy_header_a_list_counts_if_its_address_is_trusted_too() {
    let request = with(&["Forwarded: for=203.0.113.50"]);
    let sent = [LINE, request.as_bytes()].concat();
    let proxies = proxy_protocol(ProxyProtocol::Required).with_header(AddrHeader::Forwarded);
    let found = peer_of(proxies.clone(), &sent).await;
    assert_eq!(found.as_deref().ok(), Some(FROM_HEADER));
    let proxies = proxies.trust("198.51.100.0/24").expect("a prefix");
    let found = peer_of(proxies, &sent).await;
    let expected = "203.0.113.50:0 over 192.0.2.7:4711 by Forwarded";
    assert_eq!(found.as_deref().ok(), Some(expected));
}

#[tokio::test(start_paused = true)]
async fn a_transport_without_addresses_is_trusted_only_by_name() {
    for (proxies, status) in [
        (TrustedProxies::none().trust_unaddressed(), "101"),
        (
            trusting("0.0.0.0/0").trust("::/0").expect("a prefix"),
            "400",
        ),
    ] {
        let proxies = proxies.with_proxy_protocol(ProxyProtocol::Required);
        let config = Arc::new(Config::default().with_trusted_proxies(proxies));
        let (near, far) = tokio::io::duplex(10_000);
        tokio::spawn(serve_connection(
            far,
            Peer::UNKNOWN,
            Tell(String::new()),
            config,
        ));
        let mut peer = ws_testing::peer::Peer::new(near);
        peer.write(before_request(LINE)).await;
        let head = peer.read_head().await;
        assert_eq!(head.split(' ').nth(1), Some(status));
        if status == "101" {
            assert_eq!(
                read_text(&mut peer).await,
                "198.51.100.9:5000 over unknown by ProxyProtocol"
            );
        }
    }
}

#[test]
fn addresses_and_prefixes_are_trusted_as_they_are_written() {
    for (prefix, trusted, others) in [
        (
            "10.0.0.0/8",
            &["10.0.0.0", "10.255.255.255", "::ffff:10.1.1.1"][..],
            &["11.0.0.0", "::a00:1"][..],
        ),
        ("192.0.2.7", &["192.0.2.7"], &["192.0.2.6", "192.0.2.8"]),
        ("192.0.2.7/32", &["192.0.2.7"], &["192.0.2.6"]),
        (
            "2001:db8::/32",
            &["2001:db8::1", "2001:db8:ffff::"],
            &["2001:db9::", "32.1.13.184"],
        ),
        ("::1", &["::1"], &["::2", "127.0.0.1"]),
        (
            "::ffff:192.0.2.7",
            &["192.0.2.7", "::ffff:192.0.2.7"],
            &["192.0.2.8"],
        ),
        (
            "::ffff:192.0.2.0/120",
            &["192.0.2.255", "::ffff:192.0.2.0"],
            &["192.0.3.0"],
        ),
        ("0.0.0.0/0", &["1.2.3.4"], &["::1"]),
        ("::/0", &["::1"], &["1.2.3.4"]),
    ] {
        let proxies = trusting(prefix);
        let trusts = |ip: &str| {
            let ip: std::net::IpAddr = ip.parse().expect("an address");
            proxies.trusts(Peer::from(std::net::SocketAddr::from((ip, 1))))
        };
        assert!(trusted.iter().all(|ip| trusts(ip)), "{prefix}");
        assert!(!others.iter().any(|ip| trusts(ip)), "{prefix}");
        assert!(!proxies.trusts(Peer::UNKNOWN), "{prefix}");
    }
}

#[test]
fn what_is_no_prefix_cannot_be_trusted() {
    for text in [
        "",
        "*",
        "localhost",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0/8",
        "10.0.0.1:80",
        "[::1]",
        "2001:db8::1/32",
        "::/129",
        "fe80::1%1",
        " 10.0.0.1",
        "010.0.0.1",
        "10.0.0.0/255.0.0.0",
    ] {
        let error = TrustedProxies::none().trust(text).expect_err(text);
        let text = format!("{text:?} must be an address or a prefix");
        assert!(error.to_string().starts_with(&text), "{error}");
    }
}
