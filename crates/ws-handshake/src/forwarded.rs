use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::header::{FORWARDED, HeaderMap, HeaderName, HeaderValue};

use crate::excerpt::Excerpt;
use crate::list::trim;
use crate::token::is_token;

/// Whom a proxy passed a request on for (RFC 7239 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ForwardedNode {
    /// Its address; the port is 0 where it was not told. An IPv4 address in the form of IPv6 is
    /// told as IPv4.
    Addr(SocketAddr),
    /// The proxy does not say: `unknown`, an identifier that it made up, or nothing.
    Hidden,
}

/// What stands in a list of proxies and is none of its elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardedError {
    seen: Excerpt,
}

impl ForwardedError {
    fn of(seen: &[u8]) -> Self {
        let seen = Excerpt::of(seen);
        Self { seen }
    }
}

impl fmt::Display for ForwardedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\"{}\" in the list of proxies must be an address, unknown or _identifier",
            self.seen
        )
    }
}

impl std::error::Error for ForwardedError {}

/// What the `Forwarded` headers say (RFC 7239 4), the nearest proxy's word first: from the last
/// element to the first, over all lines. It ends behind the first that is malformed.
///
/// Each proxy appends the address that connected to it, and what it found there may be invented. So
/// go on only while you trust the address that was told last. The elements are read from the right,
/// and so what was invented cannot change how those behind it are read.
///
/// ```
/// use http::header::{FORWARDED, HeaderMap, HeaderValue};
/// use ws_handshake::{ForwardedNode, forwarded_for};
///
/// let mut headers = HeaderMap::new();
/// let value = HeaderValue::from_static("for=\"invented, for=192.0.2.7;proto=https, for=\"[::1]:80\"");
/// headers.append(FORWARDED, value);
/// let mut nodes = forwarded_for(&headers);
/// assert_eq!(nodes.next(), Some(Ok(ForwardedNode::Addr("[::1]:80".parse()?))));
/// assert_eq!(nodes.next(), Some(Ok(ForwardedNode::Addr("192.0.2.7:0".parse()?))));
/// assert!(nodes.next().is_some_and(|node| node.is_err()));
/// assert_eq!(nodes.next(), None);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
pub fn forwarded_for(
    headers: &HeaderMap,
) -> impl Iterator<Item = Result<ForwardedNode, ForwardedError>> {
    nodes(headers, FORWARDED, FromRight::new, element)
}

/// What the `X-Forwarded-For` headers say, the nearest proxy's word first; see [`forwarded_for`].
///
/// No standard describes it. An element is an address, and may have a port: `192.0.2.7`,
/// `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]`, `[2001:db8::7]:4711`; or `unknown`.
///
/// ```
/// use http::header::{HeaderMap, HeaderValue};
/// use ws_handshake::{ForwardedNode, x_forwarded_for};
///
/// let mut headers = HeaderMap::new();
/// headers.append("x-forwarded-for", HeaderValue::from_static("invented, 2001:db8::7"));
/// let addr = "[2001:db8::7]:0".parse()?;
/// assert_eq!(x_forwarded_for(&headers).next(), Some(Ok(ForwardedNode::Addr(addr))));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
pub fn x_forwarded_for(
    headers: &HeaderMap,
) -> impl Iterator<Item = Result<ForwardedNode, ForwardedError>> {
    let name = HeaderName::from_static("x-forwarded-for");
    let split = |line| <[u8]>::rsplit(line, |&byte| byte == b',').map(Some);
    nodes(headers, name, split, |text| {
        match std::str::from_utf8(text).ok()?.parse::<Ipv6Addr>() {
            Ok(ip) => Some(known(ip.into(), 0)),
            Err(_) => node(text),
        }
    })
}

/// The elements of all lines from the right, up to the first that is none.
fn nodes<'a, I>(
    headers: &'a HeaderMap,
    name: HeaderName,
    split: impl Fn(&'a [u8]) -> I,
    parse: impl Fn(&[u8]) -> Option<ForwardedNode>,
) -> impl Iterator<Item = Result<ForwardedNode, ForwardedError>>
where
    I: Iterator<Item = Option<&'a [u8]>>,
{
    let lines = headers.get_all(name).into_iter().rev();
    let elements = lines.flat_map(move |line: &HeaderValue| {
        let line = line.as_bytes();
        split(line).map(move |element| (element, line))
    });
    let mut is_over = false;
    elements.map_while(move |(element, line)| {
        if is_over {
            return None;
        }
        let node = element.map(trim).and_then(&parse);
        is_over = node.is_none();
        Some(node.ok_or_else(|| ForwardedError::of(element.unwrap_or(line))))
    })
}

/// What stands between separators outside of quoted strings, from the right; `None` at the end when
/// a quoted string has no beginning.
struct FromRight<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
}

impl<'a> FromRight<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self {
            rest: Some(text),
            separator: b',',
        }
    }
}

impl<'a> Iterator for FromRight<'a> {
    type Item = Option<&'a [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.rest.take()?;
        let mut at = text.len();
        while let Some(before) = at.checked_sub(1) {
            at = match text[before] {
                b'"' => match opening_quote(&text[..before]) {
                    Some(quote) => quote,
                    None => return Some(None),
                },
                byte if byte == self.separator => {
                    self.rest = Some(&text[..before]);
                    return Some(Some(&text[at..]));
                }
                _ => before,
            };
        }
        Some(Some(text))
    }
}

/// Where the quoted string begins that ends behind `text`: at the last quote that is not escaped.
fn opening_quote(text: &[u8]) -> Option<usize> {
    let mut end = text.len();
    loop {
        let quote = text[..end].iter().rposition(|&byte| byte == b'"')?;
        let escapes = text[..quote]
            .iter()
            .rev()
            .take_while(|&&byte| byte == b'\\');
        if escapes.count() % 2 == 0 {
            return Some(quote);
        }
        end = quote;
    }
}

/// RFC 7239 4: `forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] )`. Its examples
/// have white space behind the semicolon.
///
/// An element without any pair is legal there. A proxy that says nothing by it is not believed:
/// before it would stand what others invented.
fn element(text: &[u8]) -> Option<ForwardedNode> {
    if text.is_empty() {
        return None;
    }
    let pairs = FromRight {
        rest: Some(text),
        separator: b';',
    };
    let mut found = None;
    for pair in pairs {
        let pair = trim(pair?);
        if pair.is_empty() {
            continue;
        }
        let equals = pair.iter().position(|&byte| byte == b'=')?;
        let (name, value) = (&pair[..equals], unquote(&pair[equals + 1..])?);
        if !is_token(name) {
            return None;
        }
        // "Each parameter MUST NOT occur more than once"; of the others nothing is asked here.
        if name.eq_ignore_ascii_case(b"for") && found.replace(node(&value)?).is_some() {
            return None;
        }
    }
    Some(found.unwrap_or(ForwardedNode::Hidden))
}

/// `value = token / quoted-string`
fn unquote(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    let [b'"', inside @ .., b'"'] = text else {
        return is_token(text).then_some(Cow::Borrowed(text));
    };
    let mut value = Vec::with_capacity(inside.len());
    let mut bytes = inside.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\\' => value.push(*bytes.next()?),
            b'"' => return None,
            byte => value.push(byte),
        }
    }
    Some(Cow::Owned(value))
}

/// RFC 7239 6: `node = nodename [ ":" node-port ]`
fn node(text: &[u8]) -> Option<ForwardedNode> {
    let text = std::str::from_utf8(text).ok()?;
    if let Some(literal) = text.strip_prefix('[') {
        let (ip, port) = literal.split_once(']')?;
        let ip: Ipv6Addr = ip.parse().ok()?;
        let port = match port.strip_prefix(':') {
            Some(port) => node_port(port)?,
            None => port.is_empty().then_some(0)?,
        };
        return Some(known(ip.into(), port));
    }
    let (name, port) = match text.split_once(':') {
        Some((name, port)) => (name, node_port(port)?),
        None => (text, 0),
    };
    if name.eq_ignore_ascii_case("unknown") || is_obfuscated(name) {
        return Some(ForwardedNode::Hidden);
    }
    Some(known(IpAddr::V4(name.parse().ok()?), port))
}

/// `node-port = port / obfport`, `port = 1*5DIGIT`; 0 for one that is not told.
fn node_port(text: &str) -> Option<u16> {
    if is_obfuscated(text) {
        return Some(0);
    }
    let is_number = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// `"_" 1*( ALPHA / DIGIT / "." / "_" / "-" )`
fn is_obfuscated(text: &str) -> bool {
    let rest = text.strip_prefix('_').unwrap_or_default();
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !rest.is_empty() && rest.bytes().all(is_legal)
}

fn known(ip: IpAddr, port: u16) -> ForwardedNode {
    ForwardedNode::Addr(SocketAddr::new(ip.to_canonical(), port))
}
