use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::excerpt::Excerpt;
use crate::proxy_header_error::ProxyHeaderError;

/// What a proxy says of its client before it passes on what the client says: the header of the
/// [PROXY protocol](https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt), version 1 (a
/// line) or 2 (binary).
///
/// Whoever connects can send one, so ask for it only where a proxy of your own connects, and then
/// do not guess: one that passes on without a header what its client says lets the client write it.
///
/// ```
/// use ws_handshake::ProxyHeader;
///
/// let src = b"PROXY TCP4 192.0.2.7 203.0.113.1 4711 443\r\nGET / HTTP/1.1\r\n";
/// let (header, len) = ProxyHeader::decode(src)?.expect("it is whole");
/// assert_eq!(header.source(), Some(([192, 0, 2, 7], 4711).into()));
/// assert_eq!(&src[len..], b"GET / HTTP/1.1\r\n");
/// # Ok::<(), ws_handshake::ProxyHeaderError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProxyHeader {
    source: Option<SocketAddr>,
}

/// "PROXY", and the space that every line has behind it.
const NAME: &[u8] = b"PROXY ";

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// The signature, a byte for version and command, one for family and transport, and two for the
/// length of the rest.
const FIXED: usize = SIGNATURE.len() + 4;

impl ProxyHeader {
    /// The longest header of version 1, with its CRLF: "a 108-byte buffer is always enough to store
    /// all the line and a trailing zero" (2.1).
    pub const MAX_LINE: usize = 107;

    /// The longest header of version 2 that is taken, in all. Addresses take 52 bytes at most; the
    /// rest is room for additions, such as what a client's certificate says, which are skipped.
    pub const MAX_BINARY: usize = 4096;

    /// Decodes one header from the front of `src`, and tells how long it is. `None`: more bytes are
    /// needed.
    ///
    /// # Errors
    ///
    /// As soon as these bytes cannot become a legal header: [`ProxyHeaderError::Absent`] when they
    /// are none at all, such as a request.
    pub fn decode(src: &[u8]) -> Result<Option<(Self, usize)>, ProxyHeaderError> {
        if begins(src, NAME) {
            return decode_line(src);
        }
        if begins(src, SIGNATURE) {
            return decode_binary(src);
        }
        let seen = Excerpt::of(&src[..src.len().min(SIGNATURE.len())]);
        Err(ProxyHeaderError::Absent { seen })
    }

    /// The client's address and port; `None` when there is none to tell: the proxy itself connected
    /// (`LOCAL`), or does not know (`UNKNOWN`), or the client is on no IP network. Then the address
    /// of the transport holds. An IPv4 address in the form of IPv6 is told as IPv4.
    #[must_use]
    pub fn source(&self) -> Option<SocketAddr> {
        self.source
    }

    fn of(ip: impl Into<IpAddr>, port: u16) -> Self {
        let addr = SocketAddr::new(ip.into().to_canonical(), port);
        Self { source: Some(addr) }
    }
}

/// Whether both are the same as far as both go.
fn begins(src: &[u8], with: &[u8]) -> bool {
    src.iter()
        .zip(with)
        .all(|(byte, expected)| byte == expected)
}

/// 2.1
fn decode_line(src: &[u8]) -> Result<Option<(ProxyHeader, usize)>, ProxyHeaderError> {
    let seen = &src[..src.len().min(ProxyHeader::MAX_LINE)];
    let Some(end) = seen.iter().position(|&byte| byte == b'\n') else {
        if seen.len() == ProxyHeader::MAX_LINE {
            let seen = Excerpt::of(seen);
            return Err(ProxyHeaderError::Line { seen });
        }
        return Ok(None);
    };
    let line = &seen[..=end];
    match parse_line(line) {
        Some(header) => Ok(Some((header, line.len()))),
        None => Err(ProxyHeaderError::Line {
            seen: Excerpt::of(line),
        }),
    }
}

fn parse_line(line: &[u8]) -> Option<ProxyHeader> {
    let line = std::str::from_utf8(line).ok()?;
    let line = line.strip_prefix("PROXY ")?.strip_suffix("\r\n")?;
    let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
    // "the receiver must ignore anything presented before the CRLF"
    if kind == "UNKNOWN" && !rest.contains('\r') {
        return Some(ProxyHeader { source: None });
    }
    let mut words = rest.split(' ');
    let (source, destination) = (words.next()?, words.next()?);
    let source: IpAddr = match kind {
        "TCP4" => of_family::<Ipv4Addr>(source, destination)?.into(),
        "TCP6" => of_family::<Ipv6Addr>(source, destination)?.into(),
        _ => return None,
    };
    let (port, _) = (parse_port(words.next()?)?, parse_port(words.next()?)?);
    match words.next() {
        None => Some(ProxyHeader::of(source, port)),
        Some(_) => None,
    }
}

fn of_family<A: std::str::FromStr>(source: &str, destination: &str) -> Option<A> {
    destination.parse::<A>().ok()?;
    source.parse().ok()
}

/// "a decimal integer in the range [0..65535] inclusive": no sign, no leading zeros.
fn parse_port(text: &str) -> Option<u16> {
    let port: u16 = text.parse().ok()?;
    (port.to_string() == text).then_some(port)
}

/// 2.2
fn decode_binary(src: &[u8]) -> Result<Option<(ProxyHeader, usize)>, ProxyHeaderError> {
    let fixed = src.split_at_checked(SIGNATURE.len());
    let fixed = fixed.and_then(|(_, behind)| behind.split_first_chunk());
    let Some((&[command, family, high, low], rest)) = fixed else {
        return Ok(None);
    };
    let is_local = match command {
        0x20 => true,
        0x21 => false,
        seen => return Err(ProxyHeaderError::Command { seen }),
    };
    let len = usize::from(u16::from_be_bytes([high, low]));
    if len > ProxyHeader::MAX_BINARY - FIXED {
        return Err(ProxyHeaderError::Length { seen: FIXED + len });
    }
    // "must [...] discard the protocol block including the family which is ignored"
    let family = if is_local { 0x00 } else { family };
    let least = match family {
        0x00 => 0,
        0x11 | 0x12 => 12,
        0x21 | 0x22 => 36,
        0x31 | 0x32 => 216,
        seen => return Err(ProxyHeaderError::Family { seen }),
    };
    if len < least {
        return Err(ProxyHeaderError::Addresses { seen: len, least });
    }
    let Some(block) = rest.get(..len) else {
        return Ok(None);
    };
    let header = match (family, block) {
        (0x11 | 0x12, &[a, b, c, d, _, _, _, _, high, low, ..]) => {
            ProxyHeader::of([a, b, c, d], u16::from_be_bytes([high, low]))
        }
        (0x21 | 0x22, block) => {
            let port = [block[32], block[33]];
            let mut ip = [0; 16];
            ip.copy_from_slice(&block[..16]);
            ProxyHeader::of(ip, u16::from_be_bytes(port))
        }
        (_, _) => ProxyHeader { source: None },
    };
    Ok(Some((header, FIXED + len)))
}
