use bytes::BufMut;
use http::header::{
    CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, SEC_WEBSOCKET_ACCEPT,
    SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_PROTOCOL, UPGRADE,
};
use http::uri::PathAndQuery;
use http::{StatusCode, Version};

use crate::accepted::Accepted;
use crate::build_error::BuildError;
use crate::excerpt::Excerpt;
use crate::extension::Extension;
use crate::field::{append, put_extensions, put_header, put_headers};
use crate::host::HostPort;
use crate::key::Key;
use crate::list;
use crate::response::Response;
use crate::response_error::ResponseError;
use crate::token::is_token;

/// A client's opening handshake (RFC 6455 4.1): what it sends, and the check of what comes back.
#[derive(Clone, Debug)]
pub struct ClientRequest {
    host: String,
    path: String,
    key: Key,
    subprotocols: Vec<String>,
    extensions: Vec<Extension>,
    headers: HeaderMap,
}

impl ClientRequest {
    /// A request to a host, such as `example.com:8080`, for a path with its query, such as
    /// `/chat?room=1`.
    ///
    /// `key` are 16 bytes that the caller draws at random anew for each connection (RFC 6455 4.1
    /// item 7).
    ///
    /// # Errors
    ///
    /// [`BuildError::Host`] and [`BuildError::Path`].
    pub fn new(host: &str, path: &str, key: [u8; 16]) -> Result<Self, BuildError> {
        if HostPort::parse(host.as_bytes()).is_none() {
            return Err(BuildError::Host {
                seen: Excerpt::of(host),
            });
        }
        if !is_path(path) {
            return Err(BuildError::Path {
                seen: Excerpt::of(path),
            });
        }
        Ok(ClientRequest {
            host: host.to_owned(),
            path: path.to_owned(),
            key: Key::new(key),
            subprotocols: Vec::new(),
            extensions: Vec::new(),
            headers: HeaderMap::new(),
        })
    }

    /// Offers a subprotocol; the one that is liked most is offered first.
    ///
    /// # Errors
    ///
    /// [`BuildError::NotAToken`] and [`BuildError::DuplicateSubprotocol`].
    pub fn subprotocol(mut self, name: &str) -> Result<Self, BuildError> {
        if !is_token(name.as_bytes()) {
            return Err(BuildError::NotAToken {
                seen: Excerpt::of(name),
            });
        }
        if self.subprotocols.iter().any(|offered| offered == name) {
            return Err(BuildError::DuplicateSubprotocol {
                name: Excerpt::of(name),
            });
        }
        self.subprotocols.push(name.to_owned());
        Ok(self)
    }

    /// Offers an extension; the one that is liked most is offered first.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Names the origin, as a browser would (RFC 6454 7).
    ///
    /// # Errors
    ///
    /// [`BuildError::HeaderValue`].
    pub fn origin(self, origin: &str) -> Result<Self, BuildError> {
        self.header(ORIGIN, origin)
    }

    /// Appends a header of the application's own, such as a cookie.
    ///
    /// # Errors
    ///
    /// [`BuildError::ReservedHeader`] for `Host`, `Upgrade`, `Connection`, `Content-Length`,
    /// `Transfer-Encoding` and `Sec-WebSocket-*`; [`BuildError::HeaderName`] and
    /// [`BuildError::HeaderValue`] for what is no header.
    pub fn header(
        mut self,
        name: impl TryInto<HeaderName>,
        value: impl TryInto<HeaderValue>,
    ) -> Result<Self, BuildError> {
        let name = name.try_into().map_err(|_| BuildError::HeaderName)?;
        if name == HOST {
            return Err(BuildError::ReservedHeader {
                name: Excerpt::of(name.as_str()),
            });
        }
        append(&mut self.headers, name, value)?;
        Ok(self)
    }

    /// The key that is sent.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Appends the request to `dst`, which must have or make room for it.
    pub fn encode(&self, dst: &mut impl BufMut) {
        dst.put_slice(b"GET ");
        dst.put_slice(self.path.as_bytes());
        dst.put_slice(b" HTTP/1.1\r\n");
        put_header(dst, b"Host", self.host.as_bytes());
        dst.put_slice(
            b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
        );
        put_header(dst, b"Sec-WebSocket-Key", self.key.as_bytes());
        if !self.subprotocols.is_empty() {
            put_header(
                dst,
                b"Sec-WebSocket-Protocol",
                self.subprotocols.join(", ").as_bytes(),
            );
        }
        put_extensions(dst, &self.extensions);
        put_headers(dst, &self.headers);
        dst.put_slice(b"\r\n");
    }

    /// Checks that a response opens the WebSocket that was asked for (RFC 6455 4.1).
    ///
    /// # Errors
    ///
    /// [`ResponseError::Refused`], with the response, for any status but 101, and another
    /// [`ResponseError`] for a 101 that does not answer this request.
    pub fn check(&self, response: Response) -> Result<Accepted, ResponseError> {
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(ResponseError::Refused {
                response: Box::new(response),
            });
        }
        if response.version() == Version::HTTP_10 {
            return Err(ResponseError::HttpVersion);
        }
        self.check_upgrade(&response)?;
        let subprotocol = self.check_subprotocol(response.headers())?;
        let extensions = self.check_extensions(response.headers())?;
        Ok(Accepted {
            subprotocol,
            extensions,
            response,
        })
    }

    /// RFC 6455 4.1, "the server's response", steps 2 to 4.
    fn check_upgrade(&self, response: &Response) -> Result<(), ResponseError> {
        let upgrade = only(response.headers(), UPGRADE);
        if !upgrade.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket")) {
            return Err(ResponseError::Upgrade {
                seen: list::seen(response.headers(), UPGRADE),
            });
        }
        if !list::lists(response.headers(), CONNECTION, "upgrade") {
            return Err(ResponseError::Connection {
                seen: list::seen(response.headers(), CONNECTION),
            });
        }
        let accept = only(response.headers(), SEC_WEBSOCKET_ACCEPT);
        if accept.is_none_or(|value| value.as_bytes() != self.key.accept()) {
            return Err(ResponseError::Accept);
        }
        Ok(())
    }

    /// Step 6.
    fn check_subprotocol(&self, headers: &HeaderMap) -> Result<Option<String>, ResponseError> {
        let lines = headers.get_all(SEC_WEBSOCKET_PROTOCOL);
        let seen = lines.iter().count();
        let selected = match lines.iter().next() {
            None => return Ok(None),
            Some(_) if seen > 1 => return Err(ResponseError::SubprotocolCount { seen }),
            Some(selected) => selected.as_bytes(),
        };
        match self
            .subprotocols
            .iter()
            .find(|offered| offered.as_bytes() == selected)
        {
            Some(offered) => Ok(Some(offered.clone())),
            None => Err(ResponseError::SubprotocolNotOffered {
                seen: Excerpt::of(selected),
            }),
        }
    }

    /// Step 5.
    fn check_extensions(&self, headers: &HeaderMap) -> Result<Vec<Extension>, ResponseError> {
        let accepted =
            Extension::parse_lines(headers.get_all(SEC_WEBSOCKET_EXTENSIONS)).map_err(|line| {
                ResponseError::Extensions {
                    seen: Excerpt::of(line),
                }
            })?;
        let is_offered = |name: &str| self.extensions.iter().any(|offered| offered.name() == name);
        match accepted
            .iter()
            .find(|extension| !is_offered(extension.name()))
        {
            Some(extension) => Err(ResponseError::ExtensionNotOffered {
                seen: Excerpt::of(extension.name()),
            }),
            None => Ok(accepted),
        }
    }
}

fn only(headers: &HeaderMap, name: HeaderName) -> Option<&HeaderValue> {
    let mut values = headers.get_all(name).into_iter();
    values.next().filter(|_| values.next().is_none())
}

/// RFC 6455 3: a path and a query, in origin form, without a fragment.
fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && path.is_ascii()
        && !path.contains('#')
        && PathAndQuery::try_from(path).is_ok()
}
