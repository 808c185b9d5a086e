use std::fmt;
use std::str::FromStr;

use crate::excerpt::Excerpt;
use crate::{Origin, OriginError};

/// One origin, or those that differ from it in their port or are below it.
///
/// | text | origins |
/// |---|---|
/// | `https://example.com` | this one; no port means the default of the scheme, and the other way round |
/// | `https://example.com:*` | the same with any port |
/// | `https://*.example.com` | hosts with one or more labels before `.example.com`, not `example.com` itself |
///
/// Both may stand together. A star stands nowhere else: not for a scheme, not inside a label, not
/// before an address, and not before a single label but `localhost`. More than one label is matched
/// since whoever owns `b.example.com`, which is matched, owns `a.b.example.com` as well. Which
/// names are public suffixes is not known here: `https://*.co.uk` is half a country.
///
/// Case does not matter. Names beyond ASCII are written as browsers send them (`xn--`, RFC 5890
/// 2.3.2.1), IPv6 addresses in brackets. `example.com.`, with a dot at its end, is another host
/// than `example.com`, as it is for browsers, and never one below.
///
/// ```
/// use ws_handshake::{Origin, OriginPattern};
///
/// let pattern: OriginPattern = "https://*.example.com".parse()?;
/// assert!(pattern.matches(&"https://app.example.com:443".parse()?));
/// assert!(!pattern.matches(&"https://app.example.com:8443".parse()?));
/// assert!(!pattern.matches(&"http://app.example.com".parse()?));
/// assert!(!pattern.matches(&"https://example.com".parse()?));
/// # Ok::<(), ws_handshake::OriginError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OriginPattern {
    /// The star at the left stands before its host.
    base: Origin,
    hosts: Hosts,
    ports: Ports,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Hosts {
    Base,
    Below,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Ports {
    Base,
    Any,
}

impl OriginPattern {
    /// Whether it stands for this origin.
    #[must_use]
    pub fn matches(&self, origin: &Origin) -> bool {
        let host = match self.hosts {
            Hosts::Base => origin.host() == self.base.host(),
            Hosts::Below => is_below(origin.host(), self.base.host()),
        };
        let port = self.ports == Ports::Any || origin.port() == self.base.port();
        host && port && origin.scheme() == self.base.scheme()
    }
}

impl FromStr for OriginPattern {
    type Err = OriginError;

    /// [`OriginError::Null`] for `null`, which is no place; [`OriginError::Malformed`] for what has
    /// no star and is no origin, [`OriginError::Pattern`] for what has one where none may be.
    fn from_str(text: &str) -> Result<Self, OriginError> {
        if !text.contains('*') {
            return Ok(Self {
                base: text.parse()?,
                hosts: Hosts::Base,
                ports: Ports::Base,
            });
        }
        with_stars(text).ok_or_else(|| OriginError::Pattern {
            seen: Excerpt::of(text),
        })
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, host) = (self.base.scheme(), self.base.host());
        let star = match self.hosts {
            Hosts::Base => "",
            Hosts::Below => "*.",
        };
        match self.ports {
            Ports::Any => write!(f, "{scheme}://{star}{host}:*"),
            Ports::Base => {
                let base = self.base.to_string();
                write!(
                    f,
                    "{scheme}://{star}{}",
                    &base[scheme.len() + "://".len()..]
                )
            }
        }
    }
}

fn with_stars(text: &str) -> Option<OriginPattern> {
    let (text, ports) = match text.strip_suffix(":*") {
        // A second port, or an empty one, is none then.
        Some(rest) => (format!("{rest}:1"), Ports::Any),
        None => (text.to_owned(), Ports::Base),
    };
    let (scheme, host) = text.split_once("://")?;
    let (host, hosts) = match host.strip_prefix("*.") {
        Some(domain) => (domain, Hosts::Below),
        None => (host, Hosts::Base),
    };
    let base: Origin = format!("{scheme}://{host}").parse().ok()?;
    if hosts == Hosts::Below && !is_domain(base.host()) {
        return None;
    }
    Some(OriginPattern { base, hosts, ports })
}

/// Whether names below it belong to somebody: two labels or more, and no address, whose last label
/// would begin with a digit.
fn is_domain(host: &str) -> bool {
    let (mut labels, mut last) = (0, "");
    for label in host.split('.') {
        if label.is_empty() {
            return false;
        }
        (labels, last) = (labels + 1, label);
    }
    (labels >= 2 && !last.starts_with(|first: char| first.is_ascii_digit())) || host == "localhost"
}

fn is_below(host: &str, domain: &str) -> bool {
    let labels = host.strip_suffix(domain);
    let labels = labels.and_then(|labels| labels.strip_suffix('.'));
    labels.is_some_and(|labels| labels.split('.').all(|label| !label.is_empty()))
}
