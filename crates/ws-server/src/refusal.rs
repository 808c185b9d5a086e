use std::{
    borrow::Cow,
    io,
    time::{Duration, SystemTime},
};

use bytes::{Buf, Bytes, buf::Chain};
use http::{
    HeaderValue, Method, Response, StatusCode,
    header::{DATE, RETRY_AFTER},
};
use ws_handshake::{Excerpt, ProxyHeaderError, Rejection, RequestError, encode_response_head};

use crate::admission::Excess;

/// Bytes of a body's first line that are logged: more than any text of ours has, but for origins and hosts of
/// great length, while an application's may be a page.
const MAX_REASON: usize = 1024;

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
    /// So many are above this limit already that it is not told.
    Dropped(Excess),
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

    /// By the rule of origins, of which the log names the one that was refused.
    pub(crate) fn of_origin(rejection: Rejection, origin: Option<&HeaderValue>) -> Self {
        log(&rejection, first_line(&rejection).as_deref(), origin);
        Refusal::answer(rejection.into(), &Method::GET)
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

impl From<Excess> for Refusal {
    fn from(excess: Excess) -> Self {
        Refusal::Dropped(excess)
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        log(&rejection, first_line(&rejection).as_deref(), None);
        Refusal::answer(rejection.into(), &Method::GET)
    }
}

impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        let rejection = Rejection::from(&error);
        // The answer to HEAD has no body to take it from.
        log(&rejection, Some(&error.to_string()), None);
        Refusal::answer(rejection.into(), &Method::GET)
    }
}

impl From<ProxyHeaderError> for Refusal {
    fn from(error: ProxyHeaderError) -> Self {
        let rejection = Rejection::new(StatusCode::BAD_REQUEST);
        rejection.text(&error.to_string()).into()
    }
}

fn log(rejection: &Rejection, reason: Option<&str>, origin: Option<&HeaderValue>) {
    tracing::debug!(
        status = %rejection.status(),
        reason,
        origin = origin.map(|origin| tracing::field::display(Excerpt::of(origin))),
        "handshake refused"
    );
}

/// What the answer says, as far as that is a line; `None` when it says nothing.
fn first_line(rejection: &Rejection) -> Option<Cow<'_, str>> {
    let body = rejection.response().body();
    let line = body.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    let line = &line[..line.len().min(MAX_REASON)];
    (!line.is_empty()).then(|| String::from_utf8_lossy(line))
}
