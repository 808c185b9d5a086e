use bytes::BufMut;
use http::header::{
    CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, ORIGIN,
    SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{Method, Version};

use crate::build_error::BuildError;
use crate::error::RequestError;
use crate::excerpt::Excerpt;
use crate::extension::Extension;
use crate::field::{append, put_extensions, put_header, put_headers};
use crate::key::{accept_key, is_key};
use crate::list;
use crate::request::Request;
use crate::token::token;

/// The answer that opens a WebSocket: `101 Switching Protocols` (RFC 6455 4.2.2).
///
/// It exists only for a request that is a legal opening handshake. Whether its origin is welcome,
/// and who sent it, is for the application to ask. It keeps what the client offers, so that nothing
/// else can be selected, in no more memory than that took in the head.
#[derive(Clone, Debug)]
pub struct Acceptance {
    accept: [u8; 28],
    offered_subprotocols: Box<str>,
    offered_extensions: Box<str>,
    subprotocol: Option<Box<str>>,
    extensions: Vec<Extension>,
    headers: HeaderMap,
}

impl Acceptance {
    /// Accepts a request that is an opening handshake as RFC 6455 4.2.1 demands it, so far without
    /// a subprotocol and without extensions.
    ///
    /// # Errors
    ///
    /// The first fault that is found: 405 for another method than GET, 505 for HTTP/1.0, 426 for
    /// another version of the protocol or none, and 400 for all that is missing, doubled or
    /// malformed.
    pub fn for_request(request: &Request) -> Result<Acceptance, RequestError> {
        check_request_line(request)?;
        request.check_host()?;
        check_no_body(request.headers())?;
        check_upgrade(request.headers())?;
        check_version(request.headers())?;
        let key = check_key(request.headers())?;
        check_origin(request.headers())?;
        Ok(Acceptance {
            accept: accept_key(key),
            offered_subprotocols: offered_subprotocols(request.headers())?,
            offered_extensions: offered_extensions(request.headers())?,
            subprotocol: None,
            extensions: Vec::new(),
            headers: HeaderMap::new(),
        })
    }

    /// Selects a subprotocol, in place of one that was selected before (RFC 6455 4.2.2 step 4,
    /// 1.9).
    ///
    /// # Errors
    ///
    /// [`BuildError::SubprotocolNotOffered`]; names are compared byte by byte.
    pub fn subprotocol(mut self, name: &str) -> Result<Self, BuildError> {
        if !contains(&self.offered_subprotocols, name) {
            let offered = Excerpt::of(self.offered_subprotocols.as_bytes());
            return Err(BuildError::SubprotocolNotOffered {
                name: Excerpt::of(name),
                offered,
            });
        }
        self.subprotocol = Some(name.into());
        Ok(self)
    }

    /// Selects the first of `supported`, in the server's order of preference, that the client
    /// offers. If it offers none of them, none is selected, and the client decides whether it goes
    /// on.
    #[must_use]
    pub fn select_subprotocol(mut self, supported: &[&str]) -> Self {
        let chosen = supported
            .iter()
            .find(|name| contains(&self.offered_subprotocols, name));
        self.subprotocol = chosen.map(|&name| name.into());
        self
    }

    /// Accepts an extension with the parameters of the answer; they are listed in the order of the
    /// calls (RFC 6455 9.1).
    ///
    /// # Errors
    ///
    /// [`BuildError::ExtensionNotOffered`]; what the parameters mean is between the extension and
    /// its peer.
    pub fn extension(mut self, extension: Extension) -> Result<Self, BuildError> {
        if !contains(&self.offered_extensions, extension.name()) {
            return Err(BuildError::ExtensionNotOffered {
                name: Excerpt::of(extension.name()),
            });
        }
        self.extensions.push(extension);
        Ok(self)
    }

    /// Appends a header of the application's own, such as a cookie.
    ///
    /// # Errors
    ///
    /// [`BuildError::ReservedHeader`] for `Upgrade`, `Connection`, `Content-Length`,
    /// `Transfer-Encoding` and `Sec-WebSocket-*`; [`BuildError::HeaderName`] and
    /// [`BuildError::HeaderValue`] for what is no header.
    pub fn header(
        mut self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> Result<Self, BuildError> {
        append(&mut self.headers, name, value)?;
        Ok(self)
    }

    /// The subprotocol that was selected.
    #[must_use]
    pub fn selected_subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// The extensions that were accepted.
    #[must_use]
    pub fn accepted_extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// Appends the response to `dst`, which must have or make room for it.
    pub fn encode(&self, dst: &mut impl BufMut) {
        dst.put_slice(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
        );
        put_header(dst, b"Sec-WebSocket-Accept", &self.accept);
        if let Some(name) = &self.subprotocol {
            put_header(dst, b"Sec-WebSocket-Protocol", name.as_bytes());
        }
        put_extensions(dst, &self.extensions);
        put_headers(dst, &self.headers);
        dst.put_slice(b"\r\n");
    }
}

/// RFC 6455 4.2.1 item 1: "An HTTP/1.1 or higher GET request, including a \"Request-URI\"".
fn check_request_line(request: &Request) -> Result<(), RequestError> {
    if request.method() != Method::GET {
        return Err(RequestError::Method {
            seen: request.method().clone(),
        });
    }
    if request.version() == Version::HTTP_10 {
        return Err(RequestError::HttpVersion {
            seen: Excerpt::of("HTTP/1.0"),
        });
    }
    Ok(())
}

/// A body would be taken for frames, or frames for a body, by whoever stands between.
fn check_no_body(headers: &HeaderMap) -> Result<(), RequestError> {
    if headers.contains_key(TRANSFER_ENCODING) {
        return Err(RequestError::TransferEncoding);
    }
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let is_zero = |length: &HeaderValue| {
        !length.is_empty() && length.as_bytes().iter().all(|&digit| digit == b'0')
    };
    match (lengths.next(), lengths.next()) {
        (None, _) => Ok(()),
        (Some(length), None) if is_zero(length) => Ok(()),
        (Some(length), _) => Err(RequestError::ContentLength {
            seen: Excerpt::of(length),
        }),
    }
}

/// RFC 6455 4.2.1 items 3 and 4.
fn check_upgrade(headers: &HeaderMap) -> Result<(), RequestError> {
    if !list::lists(headers, UPGRADE, "websocket") {
        return Err(RequestError::Upgrade {
            seen: list::seen(headers, UPGRADE),
        });
    }
    if !list::lists(headers, CONNECTION, "upgrade") {
        return Err(RequestError::Connection {
            seen: list::seen(headers, CONNECTION),
        });
    }
    Ok(())
}

/// RFC 6455 4.2.1 item 6: "A |Sec-WebSocket-Version| header field, with a value of 13."
fn check_version(headers: &HeaderMap) -> Result<(), RequestError> {
    let versions = headers.get_all(SEC_WEBSOCKET_VERSION);
    let seen = versions.iter().count();
    let value = match versions.iter().next() {
        None => return Err(RequestError::NoVersion),
        Some(_) if seen > 1 => return Err(RequestError::VersionCount { seen }),
        Some(value) => value,
    };
    match version_number(value.as_bytes()) {
        Some(13) => Ok(()),
        Some(seen) => Err(RequestError::Version { seen }),
        None => Err(RequestError::MalformedVersion {
            seen: Excerpt::of(value),
        }),
    }
}

/// RFC 6455 4.3: "Limited to 0-255 range, with no leading zeros".
fn version_number(text: &[u8]) -> Option<u8> {
    match text {
        [b'0'] => Some(0),
        [b'1'..=b'9', ..] => std::str::from_utf8(text).ok()?.parse().ok(),
        _ => None,
    }
}

fn check_key(headers: &HeaderMap) -> Result<&[u8], RequestError> {
    let keys = headers.get_all(SEC_WEBSOCKET_KEY);
    let seen = keys.iter().count();
    match keys.iter().next() {
        Some(key) if seen == 1 && is_key(key.as_bytes()) => Ok(key.as_bytes()),
        Some(key) if seen == 1 => Err(RequestError::Key {
            seen: Excerpt::of(key),
        }),
        Some(_) | None => Err(RequestError::KeyCount { seen }),
    }
}

/// Two of them could be read as one by a proxy and as the other here.
fn check_origin(headers: &HeaderMap) -> Result<(), RequestError> {
    match headers.get_all(ORIGIN).iter().count() {
        0 | 1 => Ok(()),
        seen => Err(RequestError::OriginCount { seen }),
    }
}

/// RFC 6455 4.1 item 10: the elements "MUST all be unique strings".
fn offered_subprotocols(headers: &HeaderMap) -> Result<Box<str>, RequestError> {
    let Some(first) = headers.get(SEC_WEBSOCKET_PROTOCOL) else {
        return Ok(Box::default());
    };
    let mut names = Vec::new();
    for element in list::elements(headers.get_all(SEC_WEBSOCKET_PROTOCOL)) {
        names.push(token(element).ok_or_else(|| RequestError::Subprotocols {
            seen: Excerpt::of(element),
        })?);
    }
    if names.is_empty() {
        return Err(RequestError::Subprotocols {
            seen: Excerpt::of(first),
        });
    }
    let offered = names.join(",").into();
    names.sort_unstable();
    match names.array_windows().find(|[one, next]| one == next) {
        Some([name, _]) => Err(RequestError::DuplicateSubprotocol {
            seen: Excerpt::of(name),
        }),
        None => Ok(offered),
    }
}

fn offered_extensions(headers: &HeaderMap) -> Result<Box<str>, RequestError> {
    Extension::names(headers.get_all(SEC_WEBSOCKET_EXTENSIONS))
        .map(|names| names.join(",").into())
        .map_err(|line| RequestError::Extensions {
            seen: Excerpt::of(line),
        })
}

/// Whether one of the names, which are tokens with commas between, is `name`.
fn contains(names: &str, name: &str) -> bool {
    !name.is_empty() && names.split(',').any(|offered| offered == name)
}
