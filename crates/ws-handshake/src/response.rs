use http::header::{AsHeaderName, HeaderMap};
use http::{StatusCode, Version};

use crate::head::{self, Parsed};
use crate::limits::Limits;
use crate::response_error::ResponseError;

/// The head of an HTTP/1.1 or HTTP/1.0 response, whether it opens a WebSocket or not.
///
/// [`ClientRequest::check`](crate::ClientRequest::check) says whether it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    status: StatusCode,
    version: Version,
    headers: HeaderMap,
}

impl Response {
    /// Decodes the head of a response from the front of `src` and says how many bytes it took; what
    /// follows them are frames, or the body. `None` when more bytes are needed.
    ///
    /// What is already malformed or too large is refused at once. Each call starts from the
    /// beginning: a driver that reads small pieces calls [`head_end`](crate::head_end) first.
    ///
    /// # Errors
    ///
    /// [`ResponseError::Head`] and [`ResponseError::StatusLine`].
    pub fn decode(src: &[u8], limits: &Limits) -> Result<Option<(Response, usize)>, ResponseError> {
        head::decode(src, limits, |head| parse(head, limits))
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
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
}

fn parse(head: &[u8], limits: &Limits) -> Result<Parsed<Response>, ResponseError> {
    let mut lines = head::header_lines(head, limits);
    let mut parsed = httparse::Response::new(&mut lines);
    match parsed.parse(head) {
        Ok(httparse::Status::Complete(_)) => response(&parsed).map(Parsed::Whole),
        Ok(httparse::Status::Partial) => Ok(Parsed::Partial),
        Err(error) => Err(head::header_error(error, limits)
            .map_or(ResponseError::StatusLine, ResponseError::Head)),
    }
}

fn response(parsed: &httparse::Response<'_, '_>) -> Result<Response, ResponseError> {
    let status = StatusCode::from_u16(parsed.code.unwrap_or_default())
        .map_err(|_| ResponseError::StatusLine)?;
    let version = head::version(parsed.version);
    Ok(Response {
        status,
        version,
        headers: head::header_map(parsed.headers)?,
    })
}
