use std::fmt;

use crate::error::HeadError;
use crate::excerpt::Excerpt;
use crate::response::Response;

/// Why a response does not open a WebSocket (RFC 6455 4.1): the client fails the connection.
///
/// The fault is the server's, but for [`ResponseError::Refused`], which may have its good reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseError {
    /// The head is malformed or too large.
    Head(HeadError),
    /// The status line is not HTTP/1.1 or HTTP/1.0 and a status of three digits (RFC 9112 4).
    StatusLine,
    /// The status is another than 101: the response is one of plain HTTP, perhaps with a body.
    Refused {
        /// The response, with its status and its headers.
        response: Box<Response>,
    },
    /// The status is 101 in HTTP/1.0, which has no upgrade.
    HttpVersion,
    /// There is not exactly one `Upgrade`, or it is not `websocket`.
    Upgrade {
        /// What stands there, lines joined by commas; `None` without such a header.
        seen: Option<Excerpt>,
    },
    /// There is no `Connection` that lists `Upgrade`.
    Connection {
        /// What stands there, lines joined by commas; `None` without such a header.
        seen: Option<Excerpt>,
    },
    /// There is not exactly one `Sec-WebSocket-Accept`, or it does not answer the key.
    Accept,
    /// There is more than one `Sec-WebSocket-Protocol` (RFC 6455 11.3.4).
    SubprotocolCount {
        /// How many there are.
        seen: usize,
    },
    /// The subprotocol is none that was offered.
    SubprotocolNotOffered {
        /// What was selected.
        seen: Excerpt,
    },
    /// `Sec-WebSocket-Extensions` is not a list of extensions (RFC 6455 9.1).
    Extensions {
        /// The line.
        seen: Excerpt,
    },
    /// An extension is none that was offered.
    ExtensionNotOffered {
        /// The extension's name.
        seen: Excerpt,
    },
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ResponseError::Head(error) => error.fmt(f),
            ResponseError::StatusLine => write!(
                f,
                "the response does not begin with HTTP/1.1 and a status, as it must"
            ),
            ResponseError::Refused { response } => {
                write!(
                    f,
                    "the server refuses with {}, and only 101 opens a websocket",
                    response.status()
                )
            }
            ResponseError::HttpVersion => write!(
                f,
                "the version is HTTP/1.0, and only HTTP/1.1 can be upgraded"
            ),
            ResponseError::Upgrade { seen: Some(seen) } => {
                write!(f, "upgrade is \"{seen}\", and must be one single websocket")
            }
            ResponseError::Upgrade { seen: None } => write!(
                f,
                "there is no upgrade header, and it must be websocket; a proxy may have removed it"
            ),
            ResponseError::Connection { seen: Some(seen) } => {
                write!(f, "connection is \"{seen}\", and must list upgrade")
            }
            ResponseError::Connection { seen: None } => write!(
                f,
                "there is no connection header, and it must list upgrade; a proxy may have removed it"
            ),
            ResponseError::Accept => write!(
                f,
                "sec-websocket-accept does not answer the key that was sent, as it must"
            ),
            ResponseError::SubprotocolCount { seen } => {
                write!(
                    f,
                    "there are {seen} sec-websocket-protocol headers, and one is allowed"
                )
            }
            ResponseError::SubprotocolNotOffered { seen } => {
                write!(
                    f,
                    "subprotocol \"{seen}\" is selected, and only what was offered may be"
                )
            }
            ResponseError::Extensions { seen } => {
                write!(
                    f,
                    "sec-websocket-extensions is \"{seen}\", and must be a list of extensions"
                )
            }
            ResponseError::ExtensionNotOffered { seen } => {
                write!(
                    f,
                    "extension \"{seen}\" is accepted, and only what was offered may be"
                )
            }
        }
    }
}

impl std::error::Error for ResponseError {}

impl From<HeadError> for ResponseError {
    fn from(error: HeadError) -> Self {
        ResponseError::Head(error)
    }
}
