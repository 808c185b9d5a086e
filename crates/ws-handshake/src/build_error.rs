use std::fmt;

use crate::excerpt::Excerpt;

/// What the application asked for cannot be sent.
///
/// The fault is the caller's, never the peer's: a [`Rejection`](crate::Rejection) made of it has
/// the status 500.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// The name of a subprotocol, of an extension or of a parameter, or the value of one, is not a
    /// token (RFC 9110 5.6.2).
    NotAToken {
        /// What was given.
        seen: Excerpt,
    },
    /// The client did not offer this subprotocol, so it may not be selected (RFC 6455 4.2.2 step
    /// 4).
    SubprotocolNotOffered {
        /// What was to be selected.
        name: Excerpt,
        /// What the client offers.
        offered: Excerpt,
    },
    /// The subprotocol is offered already; "all be unique strings" (RFC 6455 4.1 item 10).
    DuplicateSubprotocol {
        /// The name that came twice.
        name: Excerpt,
    },
    /// The client did not offer this extension, so it may not be accepted (RFC 6455 9.1).
    ExtensionNotOffered {
        /// What was to be accepted.
        name: Excerpt,
    },
    /// The text is not one extension with its parameters (RFC 6455 9.1).
    MalformedExtension {
        /// What was given.
        seen: Excerpt,
    },
    /// The header belongs to the handshake, which writes it itself.
    ReservedHeader {
        /// The name that was given.
        name: Excerpt,
    },
    /// This is not the name of a header (RFC 9110 5.1).
    HeaderName,
    /// This is not the value of a header: a control character, such as CR or LF (RFC 9110 5.5).
    HeaderValue {
        /// The header it was for.
        name: Excerpt,
    },
    /// There are more headers than the http crate's `HeaderMap` can hold.
    TooManyHeaders,
    /// This is not a host with an optional port (RFC 9110 7.2).
    Host {
        /// What was given.
        seen: Excerpt,
    },
    /// This is not a path with an optional query (RFC 6455 3): it starts with `/`, is ASCII, has
    /// what must be percent-encoded so, and has no fragment.
    Path {
        /// What was given.
        seen: Excerpt,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BuildError::NotAToken { seen } => write!(
                f,
                "\"{seen}\" is not a token, and only tokens are allowed here"
            ),
            BuildError::SubprotocolNotOffered { name, offered } => {
                write!(
                    f,
                    "subprotocol \"{name}\" was selected, and the client offers only \"{offered}\""
                )
            }
            BuildError::DuplicateSubprotocol { name } => {
                write!(
                    f,
                    "subprotocol \"{name}\" was offered twice, and once is allowed"
                )
            }
            BuildError::ExtensionNotOffered { name } => {
                write!(
                    f,
                    "extension \"{name}\" was accepted, and only what the client offers may be"
                )
            }
            BuildError::MalformedExtension { seen } => {
                write!(
                    f,
                    "\"{seen}\" is not one extension: a token and its parameters"
                )
            }
            BuildError::ReservedHeader { name } => {
                write!(
                    f,
                    "header \"{name}\" was given, and the handshake writes that one itself"
                )
            }
            BuildError::HeaderName => {
                write!(f, "the name of a header is not a token, as it must be")
            }
            BuildError::HeaderValue { name } => {
                write!(
                    f,
                    "the value of header \"{name}\" has a control character, and none is allowed"
                )
            }
            BuildError::TooManyHeaders => {
                write!(f, "there are more headers than a header map can hold")
            }
            BuildError::Host { seen } => {
                write!(f, "\"{seen}\" is not a host, or a host and a port")
            }
            BuildError::Path { seen } => {
                write!(
                    f,
                    "\"{seen}\" is not a path and query in percent-encoded ASCII"
                )
            }
        }
    }
}

impl std::error::Error for BuildError {}
