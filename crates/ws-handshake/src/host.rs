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

#[cfg(test)]
mod tests {
    use super::HostPort;

    fn parse(text: &str) -> Option<(String, Option<u16>)> {
        HostPort::parse(text.as_bytes()).map(|host| (host.name, host.port))
    }

    fn host(name: &str, port: impl Into<Option<u16>>) -> Option<(String, Option<u16>)> {
        Some((name.to_owned(), port.into()))
    }

    #[test]
    fn names_and_addresses_are_read_with_their_ports() {
        assert_eq!(parse("Example.COM"), host("example.com", None));
        assert_eq!(parse("example.com:"), host("example.com", None));
        assert_eq!(parse("example.com:0080"), host("example.com", 80));
        assert_eq!(parse("127.0.0.1:65535"), host("127.0.0.1", 65_535));
        assert_eq!(parse("[2001:DB8:0::1]:0"), host("[2001:db8::1]", 0));
        assert_eq!(
            parse("a%2Fb!$&'()*+,;=_~-."),
            host("a%2fb!$&'()*+,;=_~-.", None)
        );
        assert_eq!(parse(&"a".repeat(255)), host(&"a".repeat(255), None));
    }

    #[test]
    fn what_is_no_host_is_not_read() {
        let names = [
            "", ":", ":80", "a b", "a/b", "a@b", "a%", "a%2", "a%2g", "\u{e9}",
        ];
        let ports = [
            "a:b", "a:1:2", "a:65536", "a:+1", "a:-1", "a: 1", "[::1]1", "[::1]:x",
        ];
        let addresses = ["[", "[]", "[::1", "[a]", "::1", "[1.1.1.1]", "[::1%1]"];
        for text in [&names[..], &ports, &addresses].concat() {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"a".repeat(256)), None);
        assert_eq!(HostPort::parse(b"\xff"), None);
    }
}
