use std::fmt;

use http::{Method, StatusCode};

use crate::excerpt::Excerpt;

/// Why a head, be it a request's or a response's, is not one of HTTP/1.1, or is larger than
/// allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeadError {
    /// The head does not end within the limit.
    TooLarge {
        /// The most bytes it may have.
        limit: usize,
    },
    /// Not even the first line ends within the limit.
    FirstLineTooLong {
        /// The most bytes it may have.
        limit: usize,
    },
    /// There are more header lines than allowed.
    TooManyHeaders {
        /// The most lines there may be.
        limit: usize,
    },
    /// There are empty lines where the first line should be.
    NoFirstLine,
    /// A line ends with LF alone (RFC 9112 2.2).
    LoneLineFeed,
    /// A CR without its LF, or something else where a line should end (RFC 9112 2.2).
    LineEnd,
    /// A header line does not begin with a token and a colon: an illegal byte, white space before
    /// the colon (RFC 9112 5.1), or a folded line (RFC 9112 5.2).
    HeaderName,
    /// The value of a header has a control character, a CR without its LF among them (RFC 9110
    /// 5.5).
    HeaderValue,
}

impl HeadError {
    /// What a server answers: 400, 414 or 431 (RFC 6585 5).
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            HeadError::FirstLineTooLong { .. } => StatusCode::URI_TOO_LONG,
            HeadError::TooLarge { .. } | HeadError::TooManyHeaders { .. } => {
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
            }
            HeadError::NoFirstLine
            | HeadError::LoneLineFeed
            | HeadError::LineEnd
            | HeadError::HeaderName
            | HeadError::HeaderValue => StatusCode::BAD_REQUEST,
        }
    }
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeadError::TooLarge { limit } => write!(
                f,
                "the head has more than the {limit} bytes that are allowed"
            ),
            HeadError::FirstLineTooLong { limit } => {
                write!(
                    f,
                    "the first line has more than the {limit} bytes that are allowed for a head"
                )
            }
            HeadError::TooManyHeaders { limit } => write!(
                f,
                "there are more than the {limit} headers that are allowed"
            ),
            HeadError::NoFirstLine => {
                write!(
                    f,
                    "there is more than one empty line before the first line, and one is allowed"
                )
            }
            HeadError::LoneLineFeed => {
                write!(f, "a line ends with LF alone, and only CR LF is allowed")
            }
            HeadError::LineEnd => write!(
                f,
                "a line does not end where it should, and must with CR LF"
            ),
            HeadError::HeaderName => write!(
                f,
                "a header line does not begin with a token and a colon, as it must"
            ),
            HeadError::HeaderValue => {
                write!(
                    f,
                    "the value of a header has a control character, and none is allowed"
                )
            }
        }
    }
}

impl std::error::Error for HeadError {}

/// Why a request is not decoded, or is not the opening handshake of a WebSocket (RFC 6455 4.2.1).
///
/// The fault is the peer's. A [`Rejection`](crate::Rejection) made of it is the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The head is malformed or too large.
    Head(HeadError),
    /// The request line is not a method, a target and a version, with one space between (RFC 9112
    /// 3).
    RequestLine {
        /// The line.
        seen: Excerpt,
    },
    /// The request target is not a legal one, or not one for this method (RFC 9112 3.2), or has a
    /// fragment.
    Target {
        /// The target.
        seen: Excerpt,
    },
    /// The request target is longer than the http crate's `Uri` can be.
    TargetTooLong {
        /// The most bytes it may have.
        limit: usize,
    },
    /// The version of HTTP is none that is spoken here.
    HttpVersion {
        /// The version.
        seen: Excerpt,
    },
    /// The method is not GET (RFC 6455 4.2.1 item 1).
    Method {
        /// The method.
        seen: Method,
    },
    /// There is not exactly one `Host` (RFC 9112 3.2).
    HostCount {
        /// How many there are.
        seen: usize,
    },
    /// The host is malformed or empty (RFC 9110 7.2).
    Host {
        /// What stands there.
        seen: Excerpt,
    },
    /// There is a `Transfer-Encoding`: an opening handshake has no body.
    TransferEncoding,
    /// There is a `Content-Length` other than one single 0: an opening handshake has no body.
    ContentLength {
        /// What stands there.
        seen: Excerpt,
    },
    /// There is no `Upgrade` that lists `websocket` (RFC 6455 4.2.1 item 3).
    Upgrade {
        /// What stands there, lines joined by commas; `None` without such a header.
        seen: Option<Excerpt>,
    },
    /// There is no `Connection` that lists `Upgrade` (RFC 6455 4.2.1 item 4).
    Connection {
        /// What stands there, lines joined by commas; `None` without such a header.
        seen: Option<Excerpt>,
    },
    /// There is no `Sec-WebSocket-Version` (RFC 6455 4.2.1 item 6).
    NoVersion,
    /// `Sec-WebSocket-Version` comes more than once (RFC 6455 11.3.5).
    VersionCount {
        /// How many there are.
        seen: usize,
    },
    /// `Sec-WebSocket-Version` is not a number from 0 to 255 (RFC 6455 4.3).
    MalformedVersion {
        /// What stands there.
        seen: Excerpt,
    },
    /// `Sec-WebSocket-Version` is a number other than 13 (RFC 6455 4.4).
    Version {
        /// The version.
        seen: u8,
    },
    /// There is not exactly one `Sec-WebSocket-Key` (RFC 6455 4.2.1 item 5 and 11.3.1).
    KeyCount {
        /// How many there are.
        seen: usize,
    },
    /// `Sec-WebSocket-Key` is not base64 of 16 bytes (RFC 6455 4.2.1 item 5).
    Key {
        /// What stands there.
        seen: Excerpt,
    },
    /// `Sec-WebSocket-Protocol` is not a list of tokens (RFC 6455 4.1 item 10).
    Subprotocols {
        /// What stands there.
        seen: Excerpt,
    },
    /// A subprotocol is offered more than once: they "MUST all be unique strings" (RFC 6455 4.1
    /// item 10).
    DuplicateSubprotocol {
        /// The name that came twice.
        seen: Excerpt,
    },
    /// `Sec-WebSocket-Extensions` is not a list of extensions (RFC 6455 9.1).
    Extensions {
        /// The line.
        seen: Excerpt,
    },
    /// There is more than one `Origin` (RFC 6454 7.3).
    OriginCount {
        /// How many there are.
        seen: usize,
    },
}

impl RequestError {
    /// What a server answers: 400, 405, 414, 426, 431 or 505.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            RequestError::Head(error) => error.status(),
            RequestError::TargetTooLong { .. } => StatusCode::URI_TOO_LONG,
            RequestError::HttpVersion { .. } => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            RequestError::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            RequestError::NoVersion | RequestError::Version { .. } => StatusCode::UPGRADE_REQUIRED,
            RequestError::RequestLine { .. }
            | RequestError::Target { .. }
            | RequestError::HostCount { .. }
            | RequestError::Host { .. }
            | RequestError::TransferEncoding
            | RequestError::ContentLength { .. }
            | RequestError::Upgrade { .. }
            | RequestError::Connection { .. }
            | RequestError::VersionCount { .. }
            | RequestError::MalformedVersion { .. }
            | RequestError::KeyCount { .. }
            | RequestError::Key { .. }
            | RequestError::Subprotocols { .. }
            | RequestError::DuplicateSubprotocol { .. }
            | RequestError::Extensions { .. }
            | RequestError::OriginCount { .. } => StatusCode::BAD_REQUEST,
        }
    }

    /// The second half of the sentence.
    fn allowed(&self) -> &'static str {
        match self {
            RequestError::Head(_) => "",
            RequestError::RequestLine { .. } => ", and must be a method, a target and a version",
            RequestError::Target { .. } => ", and must be a path or a URI without a fragment",
            RequestError::TargetTooLong { .. } => "",
            RequestError::HttpVersion { .. } => ", and only HTTP/1.1 is supported",
            RequestError::Method { .. } => ", and only GET is allowed",
            RequestError::HostCount { .. } | RequestError::KeyCount { .. } => {
                ", and there must be one"
            }
            RequestError::Host { .. } => ", and must be a name or an address, and perhaps a port",
            RequestError::TransferEncoding => ", and an opening handshake has no body",
            RequestError::ContentLength { .. } => ", and an opening handshake has no body",
            RequestError::Upgrade { seen: Some(_) } => ", and must list websocket",
            RequestError::Upgrade { seen: None } => {
                ", and it must list websocket; a proxy may have removed it"
            }
            RequestError::Connection { seen: Some(_) } => ", and must list upgrade",
            RequestError::Connection { seen: None } => {
                ", and it must list upgrade; a proxy may have removed it"
            }
            RequestError::NoVersion => ", and it must be 13",
            RequestError::MalformedVersion { .. } => ", and must be the number 13",
            RequestError::Version { .. } => ", and only 13 is supported",
            RequestError::Key { .. } => ", and must be base64 of 16 bytes",
            RequestError::Subprotocols { .. } => ", and must be a list of tokens",
            RequestError::Extensions { .. } => ", and must be a list of extensions",
            RequestError::DuplicateSubprotocol { .. } => ", and once is allowed",
            RequestError::VersionCount { .. } | RequestError::OriginCount { .. } => {
                ", and one is allowed"
            }
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = match self {
            RequestError::Head(error) => error.fmt(f),
            RequestError::RequestLine { seen } => write!(f, "the request line is \"{seen}\""),
            RequestError::Target { seen } => write!(f, "the request target is \"{seen}\""),
            RequestError::TargetTooLong { limit } => {
                write!(
                    f,
                    "the request target has more than the {limit} bytes that are allowed"
                )
            }
            RequestError::HttpVersion { seen } => write!(f, "the version is \"{seen}\""),
            RequestError::Method { seen } => {
                write!(f, "the method is {}", Excerpt::of(seen.as_str()))
            }
            RequestError::HostCount { seen } => write!(f, "there are {seen} host headers"),
            RequestError::Host { seen } => write!(f, "the host is \"{seen}\""),
            RequestError::TransferEncoding => write!(f, "there is a transfer-encoding"),
            RequestError::ContentLength { seen } => write!(f, "content-length is \"{seen}\""),
            RequestError::Upgrade { seen: Some(seen) } => write!(f, "upgrade is \"{seen}\""),
            RequestError::Upgrade { seen: None } => write!(f, "there is no upgrade header"),
            RequestError::Connection { seen: Some(seen) } => {
                write!(f, "connection is \"{seen}\"")
            }
            RequestError::Connection { seen: None } => write!(f, "there is no connection header"),
            RequestError::NoVersion => write!(f, "there is no sec-websocket-version"),
            RequestError::VersionCount { seen } => {
                write!(f, "there are {seen} sec-websocket-version headers")
            }
            RequestError::MalformedVersion { seen } => {
                write!(f, "sec-websocket-version is \"{seen}\"")
            }
            RequestError::Version { seen } => write!(f, "sec-websocket-version is {seen}"),
            RequestError::KeyCount { seen } => {
                write!(f, "there are {seen} sec-websocket-key headers")
            }
            RequestError::Key { seen } => write!(f, "sec-websocket-key is \"{seen}\""),
            RequestError::Subprotocols { seen } => {
                write!(f, "sec-websocket-protocol has \"{seen}\"")
            }
            RequestError::DuplicateSubprotocol { seen } => {
                write!(f, "subprotocol \"{seen}\" is offered twice")
            }
            RequestError::Extensions { seen } => {
                write!(f, "sec-websocket-extensions is \"{seen}\"")
            }
            RequestError::OriginCount { seen } => write!(f, "there are {seen} origin headers"),
        };
        told.and_then(|()| f.write_str(self.allowed()))
    }
}

impl std::error::Error for RequestError {}

impl From<HeadError> for RequestError {
    fn from(error: HeadError) -> Self {
        RequestError::Head(error)
    }
}
