use http::header::{AsHeaderName, HeaderMap, HeaderValue};
use http::header::{HOST, ORIGIN, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use http::{Method, Uri, Version};

use crate::error::RequestError;
use crate::excerpt::Excerpt;
use crate::extension::Extension;
use crate::head::{self, Parsed};
use crate::host::HostPort;
use crate::limits::Limits;
use crate::list;
use crate::token::token;

/// The head of an HTTP/1.1 or HTTP/1.0 request, whether it asks for a WebSocket or not.
///
/// What is asked of an opening handshake is checked by
/// [`Acceptance::for_request`](crate::Acceptance::for_request), so that other requests can be
/// answered too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    method: Method,
    uri: Uri,
    version: Version,
    headers: HeaderMap,
}

impl Request {
    /// Decodes the head of a request from the front of `src` and says how many bytes it took; what
    /// follows them belongs to the connection. `None` when more bytes are needed.
    ///
    /// What is already malformed or too large is refused at once, though the rest is not there yet.
    /// Each call starts from the beginning: a driver that reads small pieces calls
    /// [`head_end`](crate::head_end) first.
    ///
    /// # Errors
    ///
    /// 400 for what is not a head by RFC 9112: a lone LF or CR, white space before a colon, a
    /// folded line, a control character, a malformed target. 414 and 431 for what is over the
    /// [`Limits`], 505 for another version of HTTP.
    pub fn decode(src: &[u8], limits: &Limits) -> Result<Option<(Request, usize)>, RequestError> {
        head::decode(src, limits, |head| parse(head, limits))
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The request target: a path with its query, or a whole URI, or `*`.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The path of the target, percent-encoded as it was sent.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The query of the target, percent-encoded as it was sent, without its question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.uri.query()
    }

    /// HTTP/1.1 or HTTP/1.0.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// All headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The first value of a header, if it is visible ASCII.
    #[must_use]
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether this is meant to open a WebSocket: it lists `websocket` in `Upgrade`, or has any
    /// `Sec-WebSocket-*` header.
    ///
    /// It says nothing about whether it does so rightly: then it gets a [`RequestError`], and not
    /// the page that a request without any such header gets.
    #[must_use]
    pub fn asks_for_upgrade(&self) -> bool {
        list::lists(&self.headers, UPGRADE, "websocket")
            || self
                .headers
                .keys()
                .any(|name| name.as_str().starts_with("sec-websocket-"))
    }

    /// The host that the request is for, with its port if it names one: the authority of the
    /// target, or else the `Host` header.
    ///
    /// RFC 9112 3.2.2: for a target in absolute form a server "MUST ignore the received Host header
    /// field (if any) and instead use the host information of the request-target". `None` when
    /// there is no host, or more than one.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        if let Some(authority) = self.uri.authority() {
            return Some(authority.as_str());
        }
        let mut hosts = self.headers.get_all(HOST).iter();
        match (hosts.next(), hosts.next()) {
            (Some(host), None) => host.to_str().ok(),
            (Some(_) | None, _) => None,
        }
    }

    /// Checks the host as RFC 9112 3.2 demands it for every request: exactly one `Host` header with
    /// a valid value; none is needed in HTTP/1.0.
    ///
    /// [`Acceptance::for_request`](crate::Acceptance::for_request) asks this by itself. Ask it
    /// before any other answer.
    ///
    /// # Errors
    ///
    /// [`RequestError::HostCount`] and [`RequestError::Host`], both 400.
    pub fn check_host(&self) -> Result<(), RequestError> {
        let seen = self.headers.get_all(HOST).iter().count();
        if seen > 1 || (seen == 0 && self.version != Version::HTTP_10) {
            return Err(RequestError::HostCount { seen });
        }
        let header = self.headers.get(HOST).map(HeaderValue::as_bytes);
        let target = self
            .uri
            .authority()
            .map(|authority| authority.as_str().as_bytes());
        for host in header.into_iter().chain(target) {
            HostPort::parse(host).ok_or_else(|| RequestError::Host {
                seen: Excerpt::of(host),
            })?;
        }
        Ok(())
    }

    /// The `Origin` header, as it was sent. See
    /// [`is_same_origin_host`](crate::is_same_origin_host).
    #[must_use]
    pub fn origin(&self) -> Option<&HeaderValue> {
        self.headers.get(ORIGIN)
    }

    /// The subprotocols that are offered, in the client's order of preference, over all lines of
    /// the header. Elements that are no tokens are left out.
    pub fn subprotocols(&self) -> impl Iterator<Item = &str> {
        list::elements(self.headers.get_all(SEC_WEBSOCKET_PROTOCOL)).filter_map(token)
    }

    /// The extensions that are offered, in the client's order of preference, over all lines of the
    /// header.
    ///
    /// # Errors
    ///
    /// [`RequestError::Extensions`] when a line does not follow the grammar of RFC 6455 9.1, which
    /// cannot be once the request was accepted.
    pub fn extensions(&self) -> Result<Vec<Extension>, RequestError> {
        Extension::parse_lines(self.headers.get_all(SEC_WEBSOCKET_EXTENSIONS)).map_err(|line| {
            RequestError::Extensions {
                seen: Excerpt::of(line),
            }
        })
    }
}

fn parse(head: &[u8], limits: &Limits) -> Result<Parsed<Request>, RequestError> {
    let mut lines = head::header_lines(head, limits);
    let mut parsed = httparse::Request::new(&mut lines);
    match parsed.parse(head) {
        Ok(httparse::Status::Complete(_)) => request(&parsed).map(Parsed::Whole),
        Ok(httparse::Status::Partial) => Ok(Parsed::Partial),
        Err(error) => match head::header_error(error, limits) {
            Some(error) => Err(error.into()),
            None => request_line_fault(head, error),
        },
    }
}

fn request(parsed: &httparse::Request<'_, '_>) -> Result<Request, RequestError> {
    let method = parsed.method.unwrap_or_default();
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| bad_line(method))?;
    let uri = parse_target(parsed.path.unwrap_or_default(), &method)?;
    let version = head::version(parsed.version);
    Ok(Request {
        method,
        uri,
        version,
        headers: head::header_map(parsed.headers)?,
    })
}

/// What the http crate's `Uri` can hold.
const LONGEST_TARGET: usize = 65_534;

/// RFC 9112 3.2: `request-target = origin-form / absolute-form / authority-form / asterisk-form`,
/// where the third is for CONNECT only and the fourth for OPTIONS only. None of them has a
/// fragment, and RFC 6455 3 forbids it once more.
fn parse_target(target: &str, method: &Method) -> Result<Uri, RequestError> {
    if target.len() > LONGEST_TARGET {
        return Err(RequestError::TargetTooLong {
            limit: LONGEST_TARGET,
        });
    }
    let malformed = || RequestError::Target {
        seen: Excerpt::of(target),
    };
    if !target.is_ascii() || target.contains('#') {
        return Err(malformed());
    }
    let uri: Uri = target.parse().map_err(|_| malformed())?;
    let is_legal = match (target, uri.scheme()) {
        ("*", _) => *method == Method::OPTIONS,
        (_, Some(_)) => *method != Method::CONNECT,
        (path, None) => path.starts_with('/') != (*method == Method::CONNECT),
    };
    if is_legal { Ok(uri) } else { Err(malformed()) }
}

/// A version other than 1.0 and 1.1 is told apart from what is no request line at all; that may
/// take the rest of it.
fn request_line_fault(
    head: &[u8],
    error: httparse::Error,
) -> Result<Parsed<Request>, RequestError> {
    let head = head.strip_prefix(b"\r\n").unwrap_or(head);
    let (line, is_whole) = match head.iter().position(|&byte| byte == b'\r' || byte == b'\n') {
        Some(end) => (&head[..end], true),
        None => (head, false),
    };
    let version = line
        .splitn(3, |&byte| byte == b' ')
        .nth(2)
        .unwrap_or_default();
    match (error == httparse::Error::Version, is_whole) {
        (true, true) if is_version(version) => Err(RequestError::HttpVersion {
            seen: Excerpt::of(version),
        }),
        (true, false) if begins_a_version(version) => Ok(Parsed::Partial),
        (true | false, true | false) => Err(bad_line(line)),
    }
}

fn bad_line(line: impl AsRef<[u8]>) -> RequestError {
    RequestError::RequestLine {
        seen: Excerpt::of(line),
    }
}

/// RFC 9112 2.3: `HTTP-version = HTTP-name "/" DIGIT "." DIGIT`; and what a stranger to it would
/// write: `HTTP/2`.
fn is_version(text: &[u8]) -> bool {
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let number = text.strip_prefix(b"HTTP/").unwrap_or_default();
    let mut parts = number.splitn(2, |&byte| byte == b'.');
    begins_a_version(text) && parts.all(is_number)
}

fn begins_a_version(text: &[u8]) -> bool {
    const NAME: &[u8] = b"HTTP/";
    const LONGEST: usize = 11;
    let (name, number) = text.split_at(text.len().min(NAME.len()));
    NAME.starts_with(name)
        && text.len() <= LONGEST
        && number
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b'.')
}
