use std::net::Ipv6Addr;

/// What `Host` and the authority of a request target hold: a name or an address, and perhaps a
/// port.
///
/// RFC 9110 7.2: `Host = uri-host [ ":" port ]`, with the names of RFC 3986 3.2.2. User information
/// is no part of it. Names are kept in lower case and IPv6 addresses in their shortest form, so
/// that equal hosts are equal strings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct HostPort {
    pub(crate) name: String,
    pub(crate) port: Option<u16>,
}

impl HostPort {
    pub(crate) fn parse(text: &[u8]) -> Option<HostPort> {
        let text = std::str::from_utf8(text).ok()?;
        let (name, port) = match text.strip_prefix('[') {
            Some(literal) => {
                let (address, port) = literal.split_once(']')?;
                let address: Ipv6Addr = address.parse().ok()?;
                (format!("[{address}]"), port)
            }
            None => {
                let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
                (registered_name(name)?, port)
            }
        };
        Some(HostPort {
            name,
            port: parse_port(port)?,
        })
    }
}

/// RFC 1034 3.1: "the total number of octets that represent a domain name [...] is limited to 255".
const LONGEST_NAME: usize = 255;

/// RFC 3986 3.2.2: `reg-name = *( unreserved / pct-encoded / sub-delims )`. An IPv4 address is one,
/// too. An empty one is legal there, but names nobody.
fn registered_name(name: &str) -> Option<String> {
    if name.is_empty() || name.len() > LONGEST_NAME {
        return None;
    }
    let mut rest = name.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = match (byte, after) {
            (b'%', [high, low, after @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                after
            }
            (byte, after) if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(byte) => {
                after
            }
            _ => return None,
        };
    }
    Some(name.to_ascii_lowercase())
}

/// The port behind its colon. RFC 3986 3.2.3: `port = *DIGIT`, so that `host:` is legal and says no
/// more than `host`.
fn parse_port(text: &str) -> Option<Option<u16>> {
    match text.strip_prefix(':') {
        None => text.is_empty().then_some(None),
        Some("") => Some(None),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok().map(Some)
        }
        Some(_) => None,
    }
}
