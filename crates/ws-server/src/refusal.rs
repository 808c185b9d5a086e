use std::time::SystemTime;
use std::{io, time::Duration};

use bytes::{Buf, Bytes, buf::Chain};
use http::{
    HeaderValue, Method, Response, StatusCode,
    header::{DATE, RETRY_AFTER},
};
use ws_handshake::{ProxyHeaderError, Rejection, RequestError, encode_response_head};

/// One whole response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Head and body.
    pub(crate) bytes: Chain<Bytes, Bytes>,
}

/// What a handshake ends with, when it does not open the connection.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// This is answered; then the connection ends.
    Answer(Box<Answer>),
    /// The peer went away, or cannot be told any more.
    Gone(io::Error),
}

impl Refusal {
    /// "An origin server with a clock [...] MUST generate a Date header field in all 2xx, 3xx and
    /// 4xx responses" (RFC 9110 6.6.1).
    pub(crate) fn answer(mut response: Response<Bytes>, method: &Method) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "a Date is the time of the wall clock"
        )]
        let now = SystemTime::now();
        let date = httpdate::fmt_http_date(now);
        if let Ok(date) = HeaderValue::try_from(date) {
            response.headers_mut().entry(DATE).or_insert(date);
        }
        let mut head = Vec::new();
        let body = encode_response_head(&response, method, &mut head);
        Refusal::Answer(Box::new(Answer {
            status: response.status(),
            bytes: Bytes::from(head).chain(body),
        }))
    }

    pub(crate) fn unavailable(why: &str) -> Self {
        Rejection::new(StatusCode::SERVICE_UNAVAILABLE)
            .header(RETRY_AFTER, HeaderValue::from_static("5"))
            .text(why)
            .into()
    }

    pub(crate) fn draining() -> Self {
        Self::unavailable("the server is shutting down")
    }

    pub(crate) fn too_late(limit: Duration) -> Self {
        let text = format!("the opening handshake took longer than the {limit:?} that it may");
        Rejection::new(StatusCode::REQUEST_TIMEOUT)
            .text(&text)
            .into()
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Refusal::Gone(error)
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        tracing::debug!(status = %rejection.status(), "handshake refused");
        Refusal::answer(rejection.into(), &Method::GET)
    }
}

impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        tracing::debug!("{error}");
        Rejection::from(&error).into()
    }
}

impl From<ProxyHeaderError> for Refusal {
    fn from(error: ProxyHeaderError) -> Self {
        tracing::debug!("{error}");
        let rejection = Rejection::new(StatusCode::BAD_REQUEST);
        rejection.text(&error.to_string()).into()
    }
}
