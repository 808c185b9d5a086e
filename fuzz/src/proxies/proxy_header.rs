use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use ws_handshake::{ProxyHeader, ProxyHeaderError};

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// A header of the PROXY protocol is there exactly when it is whole and legal, with the address and the length that a
/// second reading of the specification finds, within its limits. What is refused at some byte is refused with any bytes
/// behind it, and what is there is the same.
///
/// The input: what a proxy sends.
pub fn proxy_header(data: &[u8]) {
    let data = &data[..data.len().min(2 * ProxyHeader::MAX_BINARY)];
    let mut before = Ok(None);
    for len in lens(data.len()) {
        let src = &data[..len];
        let decoded = ProxyHeader::decode(src);
        match &before {
            Ok(None) => {}
            Ok(Some(_)) => assert_eq!(decoded, before),
            Err(ProxyHeaderError::Absent { .. }) => {
                let is_absent = matches!(decoded, Err(ProxyHeaderError::Absent { .. }));
                assert!(is_absent, "{decoded:?}");
            }
            Err(_) => assert!(decoded.is_err()),
        }
        let found = decoded.as_ref().ok().copied().flatten();
        let found = found.map(|(header, len)| (header.source(), len));
        assert_eq!(found, read(src), "{}", src.escape_ascii());
        before = decoded;
    }
    if let Ok(None) = before {
        assert!(data.len() < ProxyHeader::MAX_BINARY);
        assert!(!data.starts_with(b"PROXY ") || data.len() < ProxyHeader::MAX_LINE);
    }
}

/// Every length, but in the long additions behind the addresses.
fn lens(all: usize) -> impl Iterator<Item = usize> {
    (0..=all).filter(move |len| *len < 300 || len.is_multiple_of(97) || *len == all)
}

/// The address and the length, if the front is a whole header.
fn read(src: &[u8]) -> Option<(Option<SocketAddr>, usize)> {
    match src.strip_prefix(SIGNATURE) {
        Some(rest) => binary(rest),
        None => line(src),
    }
}

fn line(src: &[u8]) -> Option<(Option<SocketAddr>, usize)> {
    let end = src.windows(2).position(|pair| pair == b"\r\n")?;
    if end + 2 > 107 {
        return None;
    }
    let line = std::str::from_utf8(&src[..end]).ok()?;
    if line.contains(['\r', '\n']) {
        return None;
    }
    let words: Vec<&str> = line.split(' ').collect();
    let source = match words[..] {
        ["PROXY", "UNKNOWN", ..] => None,
        ["PROXY", kind, source, destination, port, other] => {
            let (source, destination) = (source.parse().ok()?, destination.parse().ok()?);
            let is_kind = match (source, destination) {
                (IpAddr::V4(_), IpAddr::V4(_)) => kind == "TCP4",
                (IpAddr::V6(_), IpAddr::V6(_)) => kind == "TCP6",
                _ => false,
            };
            let (port, _) = (number(port)?, number(other)?);
            is_kind.then_some(())?;
            Some(plain(source, port))
        }
        _ => return None,
    };
    Some((source, end + 2))
}

fn number(text: &str) -> Option<u16> {
    let is_decimal = text.chars().all(|c| c.is_ascii_digit());
    let is_shortest = text == "0" || !text.starts_with('0');
    text.parse().ok().filter(|_| is_decimal && is_shortest)
}

fn binary(rest: &[u8]) -> Option<(Option<SocketAddr>, usize)> {
    let (&command, rest) = rest.split_first()?;
    let (&family, rest) = rest.split_first()?;
    let (&high, rest) = rest.split_first()?;
    let (&low, rest) = rest.split_first()?;
    let len = usize::from(high) * 256 + usize::from(low);
    let block = rest.get(..len)?;
    let total = SIGNATURE.len() + 4 + len;
    if total > 4096 {
        return None;
    }
    let port = |at: usize| Some(u16::from(*block.get(at)?) * 256 + u16::from(*block.get(at + 1)?));
    let source = match (command, family) {
        (0x20, _) | (0x21, 0x00) => None,
        (0x21, 0x11 | 0x12) => {
            let (ip, port) = (block.first_chunk::<4>()?, port(8)?);
            (block.len() >= 12).then_some(())?;
            Some(plain(IpAddr::from(*ip), port))
        }
        (0x21, 0x21 | 0x22) => {
            let (ip, port) = (block.first_chunk::<16>()?, port(32)?);
            (block.len() >= 36).then_some(())?;
            Some(plain(Ipv6Addr::from(*ip).into(), port))
        }
        (0x21, 0x31 | 0x32) if block.len() >= 216 => None,
        _ => return None,
    };
    Some((source, total))
}

fn plain(ip: IpAddr, port: u16) -> SocketAddr {
    let mapped = match ip {
        IpAddr::V6(ip) => ip.to_ipv4_mapped(),
        IpAddr::V4(_) => None,
    };
    SocketAddr::new(mapped.map_or(ip, IpAddr::V4), port)
}
