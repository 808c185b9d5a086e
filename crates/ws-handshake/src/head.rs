use http::Version;
use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::error::HeadError;
use crate::limits::Limits;

/// The index after the empty line that ends a head, or `None` when more bytes are needed.
///
/// `scanned` says how many of the first bytes of `src` were given to an earlier call that returned
/// `None`; 0 at first. Of those no more than the last two are looked at again, so a head that comes
/// in any number of pieces costs one pass.
///
/// A line ends with LF here, also with one that lacks its CR: where
/// [`Request::decode`](crate::Request::decode) and [`Response::decode`](crate::Response::decode)
/// succeed they consume exactly what is said here, and where this is `Some` they never ask for
/// more. They then refuse a lone LF.
///
/// An empty line before the first line is passed over (RFC 9112 2.2: a server "SHOULD ignore at
/// least one empty line (CRLF) received prior to the request-line"). Two of them end a head, one
/// without a request line.
///
/// ```
/// use ws_handshake::head_end;
///
/// assert_eq!(head_end(b"GET / HTTP/1.1\r\n", 0), None);
/// assert_eq!(head_end(b"GET / HTTP/1.1\r\n\r\nmore", 16), Some(18));
/// ```
#[must_use]
pub fn head_end(src: &[u8], scanned: usize) -> Option<usize> {
    let mut line = scanned.saturating_sub(2).min(src.len());
    while let Some(len) = src[line..].iter().position(|&byte| byte == b'\n') {
        line += len + 1;
        match &src[line..] {
            [b'\n', ..] => return Some(line + 1),
            [b'\r', b'\n', ..] => return Some(line + 2),
            _ => {}
        }
    }
    None
}

/// What a parser made of the bytes it was given.
pub(crate) enum Parsed<T> {
    Whole(T),
    Partial,
}

/// Decodes one head from the front of `src`: finds where it ends, keeps the limits, and refuses a
/// lone LF.
///
/// `parse` is given a part of `src` that is no larger than a head may be, with nothing behind the
/// head, and cut off at the first lone LF. So the fault that comes first is the one that is
/// reported, in however many pieces the head came.
pub(crate) fn decode<T, E: From<HeadError>>(
    src: &[u8],
    limits: &Limits,
    parse: impl FnOnce(&[u8]) -> Result<Parsed<T>, E>,
) -> Result<Option<(T, usize)>, E> {
    let seen = &src[..src.len().min(limits.max_head())];
    let end = head_end(seen, 0);
    let head = &seen[..end.unwrap_or(seen.len())];
    let lone = lone_line_feed(head);
    let parsed = parse(lone.map_or(head, |at| &head[..=at]))?;
    if lone.is_some() {
        return Err(HeadError::LoneLineFeed.into());
    }
    match (parsed, end) {
        (Parsed::Whole(value), Some(end)) => Ok(Some((value, end))),
        (Parsed::Partial, Some(_)) => Err(HeadError::NoFirstLine.into()),
        (Parsed::Whole(_) | Parsed::Partial, None) if src.len() < limits.max_head() => Ok(None),
        (Parsed::Whole(_) | Parsed::Partial, None) => Err(too_large(head, limits).into()),
    }
}

/// RFC 9112 2.2 lets a recipient take a lone LF for the end of a line. It need not, and what one
/// recipient takes for a line and another does not is what request smuggling is made of.
fn lone_line_feed(head: &[u8]) -> Option<usize> {
    let mut before = 0;
    head.iter()
        .position(|&byte| std::mem::replace(&mut before, byte) != b'\r' && byte == b'\n')
}

fn too_large(head: &[u8], limits: &Limits) -> HeadError {
    let first = head.strip_prefix(b"\r\n").unwrap_or(head);
    let limit = limits.max_head();
    if first.contains(&b'\n') {
        HeadError::TooLarge { limit }
    } else {
        HeadError::FirstLineTooLong { limit }
    }
}

/// Room for the header lines that httparse may find in `head`: no more than allowed, nor than there
/// can be, as the shortest line is `a:` with its CRLF.
pub(crate) fn header_lines<'a>(head: &[u8], limits: &Limits) -> Vec<httparse::Header<'a>> {
    vec![httparse::EMPTY_HEADER; limits.max_headers().min(head.len() / 4)]
}

/// What httparse found fault with, for whatever both kinds of head have. `None`: it was in the
/// first line.
pub(crate) fn header_error(error: httparse::Error, limits: &Limits) -> Option<HeadError> {
    match error {
        httparse::Error::HeaderName => Some(HeadError::HeaderName),
        httparse::Error::HeaderValue => Some(HeadError::HeaderValue),
        httparse::Error::NewLine => Some(HeadError::LineEnd),
        httparse::Error::TooManyHeaders => Some(HeadError::TooManyHeaders {
            limit: limits.max_headers(),
        }),
        httparse::Error::Status | httparse::Error::Token | httparse::Error::Version => None,
    }
}

/// httparse knows two versions by their last digit.
pub(crate) fn version(minor: Option<u8>) -> Version {
    if minor == Some(0) {
        Version::HTTP_10
    } else {
        Version::HTTP_11
    }
}

pub(crate) fn header_map(lines: &[httparse::Header<'_>]) -> Result<HeaderMap, HeadError> {
    let limit = Limits::MOST_HEADERS;
    let too_many = |_| HeadError::TooManyHeaders { limit };
    let mut headers = HeaderMap::try_with_capacity(lines.len()).map_err(too_many)?;
    for line in lines {
        let name =
            HeaderName::from_bytes(line.name.as_bytes()).map_err(|_| HeadError::HeaderName)?;
        let value = HeaderValue::from_bytes(line.value).map_err(|_| HeadError::HeaderValue)?;
        headers.try_append(name, value).map_err(too_many)?;
    }
    Ok(headers)
}
