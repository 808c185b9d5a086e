use std::fmt;
use std::str::FromStr;

use http::HeaderValue;

use crate::excerpt::Excerpt;
use crate::host::HostPort;

/// Where the script comes from that opened the connection: a scheme, a host and a port (RFC 6454
/// 4).
///
/// Browsers send it with each handshake, and scripts cannot change it. A server that goes by
/// cookies must look at it: otherwise any page can speak to it in the name of its visitor. Scheme
/// and host are kept in lower case, a port that is the scheme's default equals an absent one, so
/// that two origins can be compared with `==`.
///
/// ```
/// use ws_handshake::Origin;
///
/// let allowed: Origin = "https://example.com".parse()?;
/// assert_eq!("HTTPS://Example.com:443".parse(), Ok(allowed));
/// # Ok::<(), ws_handshake::OriginError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// Parses the value of an `Origin` header (RFC 6454 7.1).
    ///
    /// # Errors
    ///
    /// [`OriginError::Null`] for `null`, [`OriginError::Malformed`] for all that is not one
    /// `scheme "://" host [ ":" port ]` of at most 512 bytes: a list, a path, user information.
    pub fn parse(value: &HeaderValue) -> Result<Origin, OriginError> {
        parse(value.as_bytes())
    }

    /// The scheme in lower case, such as `https`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The host in lower case, without the port; an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port that was named, or else the default of the scheme: 80 for http, 443 for https.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether `host`, the value of a `Host` header, names the host and the port of this origin.
    ///
    /// A `Host` without a port means the default port of this origin's scheme: what terminated TLS
    /// is not known here. Only http and https origins are ever the same as a host.
    #[must_use]
    pub fn is_same_host(&self, host: &str) -> bool {
        let Some(default) = web_port(&self.scheme) else {
            return false;
        };
        HostPort::parse(host.as_bytes()).is_some_and(|host| {
            host.name == self.host && Some(host.port.unwrap_or(default)) == self.port
        })
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Origin, OriginError> {
        parse(text.as_bytes())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        match self.port {
            Some(port) if Some(port) != web_port(&self.scheme) => write!(f, ":{port}"),
            Some(_) | None => Ok(()),
        }
    }
}

/// Why a value is not an origin that could be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OriginError {
    /// It is `null`, which a browser sends for a sandboxed frame, a file or a redirect: it may be
    /// anybody.
    Null,
    /// It is not one serialized origin.
    Malformed {
        /// What stands there instead.
        seen: Excerpt,
    },
    /// It is meant for a pattern, and has a star where none may be.
    Pattern {
        /// What stands there instead.
        seen: Excerpt,
    },
}

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OriginError::Null => write!(
                f,
                "origin is null, and only a scheme, a host and a port can be compared"
            ),
            OriginError::Malformed { seen } => {
                write!(
                    f,
                    "origin is \"{seen}\", and must be one scheme://host or scheme://host:port"
                )
            }
            OriginError::Pattern { seen } => {
                write!(
                    f,
                    "pattern is \"{seen}\", and a star may only be the port or stand, with a dot, before \
                     a host of two labels or more"
                )
            }
        }
    }
}

impl std::error::Error for OriginError {}

/// Whether the page at `origin` was served by the host that the request is for, which is what a
/// server should ask for unless it allows other origins by name.
///
/// `origin` is the `Origin` header, `host` what [`Request::host`](crate::Request::host) gives.
/// False for `null`, for a malformed or multiple origin, and for a malformed host. See
/// [`Origin::is_same_host`] for the ports.
///
/// ```
/// use http::HeaderValue;
/// use ws_handshake::is_same_origin_host;
///
/// let origin = HeaderValue::from_static("https://example.com");
/// assert!(is_same_origin_host(&origin, "example.com"));
/// assert!(is_same_origin_host(&origin, "Example.com:443"));
/// assert!(!is_same_origin_host(&origin, "example.com:8443"));
/// assert!(!is_same_origin_host(&origin, "example.com.evil.net"));
/// ```
#[must_use]
pub fn is_same_origin_host(origin: &HeaderValue, host: &str) -> bool {
    Origin::parse(origin).is_ok_and(|origin| origin.is_same_host(host))
}

fn parse(text: &[u8]) -> Result<Origin, OriginError> {
    if text == b"null" {
        return Err(OriginError::Null);
    }
    serialized(text).ok_or_else(|| OriginError::Malformed {
        seen: Excerpt::of(text),
    })
}

/// Enough for a name of 255 bytes, and little enough to be written into a log.
const LONGEST_ORIGIN: usize = 512;

/// RFC 6454 7.1: `serialized-origin = scheme "://" host [ ":" port ]`.
fn serialized(text: &[u8]) -> Option<Origin> {
    let (scheme, host) = std::str::from_utf8(text).ok()?.split_once("://")?;
    if text.len() > LONGEST_ORIGIN || !is_scheme(scheme.as_bytes()) {
        return None;
    }
    let scheme = scheme.to_ascii_lowercase();
    let HostPort { name, port } = HostPort::parse(host.as_bytes())?;
    // RFC 3986 lets names have stars, and no page has such a name: it would look like a pattern.
    if name.contains('*') {
        return None;
    }
    let port = port.or(web_port(&scheme));
    Some(Origin {
        scheme,
        host: name,
        port,
    })
}

/// RFC 3986 3.1: `scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )`.
fn is_scheme(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_alphabetic)
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
}

/// The default port of the schemes that pages are served by.
fn web_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}
