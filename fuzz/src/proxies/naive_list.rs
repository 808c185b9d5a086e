//! Lists of proxies, read from the left as the grammar goes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ws_handshake::ForwardedNode;

/// The nodes of a `Forwarded` that is legal as a whole, in their order (RFC 7239 4).
pub(super) fn forwarded(text: &[u8]) -> Option<Vec<ForwardedNode>> {
    let mut nodes = Vec::new();
    for element in split(text, b',')? {
        if spaces_off(element).is_empty() {
            return None;
        }
        let mut found = Vec::new();
        for pair in split(element, b';')? {
            let pair = spaces_off(pair);
            if pair.is_empty() {
                continue;
            }
            let (name, value) = pair_of(pair)?;
            if name == "for" {
                found.push(node(&value)?);
            }
        }
        nodes.push(match found[..] {
            [] => ForwardedNode::Hidden,
            [node] => node,
            _ => return None,
        });
    }
    Some(nodes)
}

/// The same of an `X-Forwarded-For`.
pub(super) fn x_forwarded_for(text: &[u8]) -> Option<Vec<ForwardedNode>> {
    let text = std::str::from_utf8(text).ok()?;
    let nodes = text.split(',').map(|element| {
        let element = element.trim_matches([' ', '\t']);
        match element.parse::<Ipv6Addr>() {
            Ok(ip) => Some(addr(ip.into(), 0)),
            Err(_) => node(element.as_bytes()),
        }
    });
    nodes.collect()
}

/// The parts between separators that stand in no quoted string; `None` if one has no end.
fn split(text: &[u8], separator: u8) -> Option<Vec<&[u8]>> {
    let (mut parts, mut start, mut is_quoted, mut at) = (Vec::new(), 0, false, 0);
    while at < text.len() {
        match text[at] {
            b'"' => is_quoted = !is_quoted,
            b'\\' if is_quoted => at += 1,
            byte if byte == separator && !is_quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(&text[start..]);
    (!is_quoted).then_some(parts)
}

fn spaces_off(text: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = text.iter().take_while(|byte| is_space(byte)).count();
    let rest = &text[start..];
    let end = rest.iter().rev().take_while(|byte| is_space(byte)).count();
    &rest[..rest.len() - end]
}

/// The name in lower case, and the value without its quotes.
fn pair_of(pair: &[u8]) -> Option<(String, Vec<u8>)> {
    let mut halves = pair.splitn(2, |byte| *byte == b'=');
    let (name, value) = (halves.next()?, halves.next()?);
    let name = token(name)?.to_ascii_lowercase();
    let Some(rest) = value.strip_prefix(b"\"") else {
        return Some((name, token(value)?.into_bytes()));
    };
    let (mut plain, mut bytes) = (Vec::new(), rest.iter());
    loop {
        match bytes.next()? {
            b'"' => return bytes.next().is_none().then_some((name, plain)),
            b'\\' => plain.push(*bytes.next()?),
            byte => plain.push(*byte),
        }
    }
}

fn token(text: &[u8]) -> Option<String> {
    let is_legal = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let is_token = !text.is_empty() && text.iter().all(is_legal);
    is_token.then(|| String::from_utf8_lossy(text).into_owned())
}

/// RFC 7239 6
fn node(text: &[u8]) -> Option<ForwardedNode> {
    let text = std::str::from_utf8(text).ok()?;
    let (name, port) = match text.rsplit_once(':') {
        // A colon of an address stands in brackets.
        Some((name, port)) if !port.ends_with(']') => (name, port_of(port)?),
        _ => (text, 0),
    };
    if name.eq_ignore_ascii_case("unknown") || is_obfuscated(name) {
        return Some(ForwardedNode::Hidden);
    }
    let ip = match name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
    {
        Some(literal) => IpAddr::V6(literal.parse().ok()?),
        None => IpAddr::V4(name.parse::<Ipv4Addr>().ok()?),
    };
    Some(addr(ip, port))
}

fn port_of(text: &str) -> Option<u16> {
    if is_obfuscated(text) {
        return Some(0);
    }
    let digits = text
        .chars()
        .map(|c| c.to_digit(10))
        .collect::<Option<Vec<u32>>>()?;
    if digits.is_empty() || digits.len() > 5 {
        return None;
    }
    let number = digits.iter().fold(0, |number, digit| number * 10 + digit);
    u16::try_from(number).ok()
}

fn is_obfuscated(text: &str) -> bool {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    text.len() > 1 && text.starts_with('_') && text.chars().all(is_legal)
}

fn addr(ip: IpAddr, port: u16) -> ForwardedNode {
    ForwardedNode::Addr(SocketAddr::new(ip.to_canonical(), port))
}
