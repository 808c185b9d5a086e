use std::fmt;

use bytes::{BufMut, Bytes};
use http::header::{
    ALLOW, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue,
    SEC_WEBSOCKET_VERSION, TRANSFER_ENCODING, UPGRADE,
};
use http::{Method, Response, StatusCode};

use crate::build_error::BuildError;
use crate::error::RequestError;
use crate::field::put_header;

/// An answer that does not open a WebSocket.
///
/// It is encoded with its `Content-Length` and with `Connection: close`: after it nothing else is
/// read from the connection, so that what follows a refused request is never taken for another one.
///
/// ```
/// use http::StatusCode;
/// use ws_handshake::Rejection;
///
/// let mut response = Vec::new();
/// Rejection::new(StatusCode::FORBIDDEN).text("members only").encode(&mut response);
/// assert_eq!(
///     response,
///     b"HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain; charset=utf-8\r\n\
///       Content-Length: 13\r\nConnection: close\r\n\r\nmembers only\n"
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Rejection(Box<Response<Bytes>>);

impl Rejection {
    /// An answer whose body is one line of text, the status and its reason.
    ///
    /// A status below 200 would promise another answer, or a WebSocket: it becomes 500.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = final_status(status);
        let reason = response.status().to_string();
        Rejection(Box::new(response)).text(&reason)
    }

    /// Appends a header; a `Content-Type` takes the place of the one that is there.
    ///
    /// `Connection`, `Content-Length` and `Transfer-Encoding` have no effect:
    /// [`encode`](Rejection::encode) writes them.
    ///
    /// # Panics
    ///
    /// When there are more headers than the http crate can hold (32,768).
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if name == CONTENT_TYPE {
            self.0.headers_mut().insert(name, value);
        } else {
            self.0.headers_mut().append(name, value);
        }
        self
    }

    /// Replaces the body and takes the `Content-Type` away; [`header`](Rejection::header) gives it
    /// its own.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.0.headers_mut().remove(CONTENT_TYPE);
        *self.0.body_mut() = body.into();
        self
    }

    /// Replaces the body by a text and a line end, as `text/plain; charset=utf-8`.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.body(format!("{text}\n")).header(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        )
    }

    /// The status, 200 or above.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// The response, without the headers that are written when it is encoded.
    #[must_use]
    pub fn response(&self) -> &Response<Bytes> {
        &self.0
    }

    /// Appends the response to `dst`, which must have or make room for it.
    pub fn encode(&self, dst: &mut impl BufMut) {
        encode_response(&self.0, &Method::GET, dst);
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the opening handshake is refused with {}", self.status())
    }
}

impl std::error::Error for Rejection {}

impl From<StatusCode> for Rejection {
    fn from(status: StatusCode) -> Self {
        Rejection::new(status)
    }
}

/// A status below 200 becomes 500.
impl From<Response<Bytes>> for Rejection {
    fn from(mut response: Response<Bytes>) -> Self {
        *response.status_mut() = final_status(response.status());
        Rejection(Box::new(response))
    }
}

/// The response, without the headers that are written when it is encoded.
impl From<Rejection> for Response<Bytes> {
    fn from(rejection: Rejection) -> Self {
        *rejection.0
    }
}

/// The body is one line that says what is wrong and what is allowed. A 405 allows GET; a 426 names
/// the protocol and the version that are spoken (RFC 6455 4.4).
impl From<&RequestError> for Rejection {
    fn from(error: &RequestError) -> Self {
        let rejection = Rejection::new(error.status()).text(&error.to_string());
        match (error, rejection.status()) {
            (RequestError::Method { seen }, _) => {
                let rejection = rejection.header(ALLOW, HeaderValue::from_static("GET"));
                if *seen == Method::HEAD {
                    rejection.body(Bytes::new())
                } else {
                    rejection
                }
            }
            (_, StatusCode::UPGRADE_REQUIRED) => rejection
                .header(UPGRADE, HeaderValue::from_static("websocket"))
                .header(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13")),
            (_, _) => rejection,
        }
    }
}

impl From<RequestError> for Rejection {
    fn from(error: RequestError) -> Self {
        Rejection::from(&error)
    }
}

/// The fault is the application's, and no business of the peer: a plain 500.
impl From<BuildError> for Rejection {
    fn from(_: BuildError) -> Self {
        Rejection::new(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Appends one whole HTTP/1.1 response to `dst`, as the answer to a request with this method:
/// what [`encode_response_head`] writes, and the body that it returns.
pub fn encode_response(response: &Response<Bytes>, method: &Method, dst: &mut impl BufMut) {
    let body = encode_response_head(response, method, dst);
    dst.put_slice(&body);
}

/// Appends the head of an HTTP/1.1 response to `dst`, as the answer to a request with this
/// method, and returns the body that is to follow, shared and not copied.
///
/// `Content-Length`, `Connection: close` and no `Transfer-Encoding`, whatever `response` says of
/// them. The body is empty, though its length is told, for HEAD; 204, 205 and 304 have none. A
/// status below 200 becomes 500 without a body. With an `Upgrade` header `Connection` lists that,
/// too (RFC 9110 7.8). `dst` must have or make room.
#[must_use = "the body is to follow the head"]
pub fn encode_response_head(
    response: &Response<Bytes>,
    method: &Method,
    dst: &mut impl BufMut,
) -> Bytes {
    let status = final_status(response.status());
    let has_content = status == response.status() && may_have_content(status);
    let body = match has_content {
        true => response.body().clone(),
        false => Bytes::new(),
    };
    put_status_line(dst, status);
    for (name, value) in response.headers() {
        if ![CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(name) {
            put_header(dst, name.as_str().as_bytes(), value.as_bytes());
        }
    }
    // RFC 9110 8.6: none in a 204, and in a 304 only the length that a 200 would have had, which
    // nobody knows here.
    if status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED {
        put_header(dst, b"Content-Length", body.len().to_string().as_bytes());
    }
    let connection: &[u8] = match response.headers().contains_key(UPGRADE) {
        true => b"close, Upgrade",
        false => b"close",
    };
    put_header(dst, b"Connection", connection);
    dst.put_slice(b"\r\n");
    match *method == Method::HEAD {
        true => Bytes::new(),
        false => body,
    }
}

/// RFC 9112 4: the space before the reason is there even if there is no reason.
fn put_status_line(dst: &mut impl BufMut, status: StatusCode) {
    dst.put_slice(b"HTTP/1.1 ");
    dst.put_slice(status.as_str().as_bytes());
    dst.put_slice(b" ");
    dst.put_slice(status.canonical_reason().unwrap_or_default().as_bytes());
    dst.put_slice(b"\r\n");
}

fn final_status(status: StatusCode) -> StatusCode {
    if status.is_informational() {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        status
    }
}

fn may_have_content(status: StatusCode) -> bool {
    ![
        StatusCode::NO_CONTENT,
        StatusCode::RESET_CONTENT,
        StatusCode::NOT_MODIFIED,
    ]
    .contains(&status)
}
