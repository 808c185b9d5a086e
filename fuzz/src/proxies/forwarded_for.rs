use http::{HeaderMap, HeaderName, HeaderValue, header::FORWARDED};
use ws_handshake::{ForwardedError, ForwardedNode, x_forwarded_for};

use super::naive_list;

/// What a proxy appends to `Forwarded` or `X-Forwarded-For` is read as a naive parser reads it from the left, whatever
/// its client has invented before it, in the same line or in others; and nothing is told behind what is malformed.
///
/// The input: what was invented, up to the first LF, and what was appended.
pub fn forwarded_for(data: &[u8]) {
    let mut halves = data.splitn(2, |byte| *byte == b'\n');
    let invented = halves.next().unwrap_or_default();
    let appended = halves.next().unwrap_or_default();
    let x = HeaderName::from_static("x-forwarded-for");
    let together = [invented, b",", appended].concat();
    for lines in [&[&together[..]][..], &[invented, appended], &[appended]] {
        if let Some(headers) = headers(&FORWARDED, lines) {
            let found: Vec<_> = ws_handshake::forwarded_for(&headers).collect();
            check(&found, naive_list::forwarded(appended));
            if lines == [appended] {
                let is_legal = found.iter().all(Result::is_ok);
                assert_eq!(is_legal, naive_list::forwarded(appended).is_some());
            }
        }
        if let Some(headers) = headers(&x, lines) {
            let found: Vec<_> = x_forwarded_for(&headers).collect();
            check(&found, naive_list::x_forwarded_for(appended));
            if lines == [appended] {
                let is_legal = found.iter().all(Result::is_ok);
                assert_eq!(is_legal, naive_list::x_forwarded_for(appended).is_some());
            }
        }
    }
}

/// `None` where a line is no value of a header.
fn headers(name: &HeaderName, lines: &[&[u8]]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(name, HeaderValue::from_bytes(line).ok()?);
    }
    Some(headers)
}

fn check(found: &[Result<ForwardedNode, ForwardedError>], appended: Option<Vec<ForwardedNode>>) {
    let errors = found.iter().filter(|node| node.is_err()).count();
    let is_last = found.last().is_some_and(Result::is_err);
    assert_eq!(errors, usize::from(is_last), "nothing behind an error");
    let Some(appended) = appended else {
        return;
    };
    assert!(found.len() >= appended.len(), "{found:?}");
    let expected = appended.into_iter().rev().map(Ok);
    let begins = expected
        .zip(found)
        .all(|(expected, found)| *found == expected);
    assert!(begins, "{found:?}");
}
