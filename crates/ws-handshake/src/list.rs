use http::header::{GetAll, HeaderMap, HeaderName, HeaderValue};

use crate::excerpt::Excerpt;

/// The elements of a comma list, over all of its lines, without the white space around them and
/// without the empty ones.
///
/// RFC 9110 5.6.1.2: "A recipient MUST parse and ignore a reasonable number of empty list
/// elements". Here every number that fits in the head is: they cost one step each. Not for lists
/// whose elements may hold quoted strings.
pub(crate) fn elements<'a>(lines: GetAll<'a, HeaderValue>) -> impl Iterator<Item = &'a [u8]> {
    lines
        .into_iter()
        .flat_map(|line| line.as_bytes().split(|&byte| byte == b','))
        .map(trim)
        .filter(|element| !element.is_empty())
}

/// Whether the comma list `name` has `token` among its elements, whatever their case.
///
/// Whole elements are compared: `Connection: not-upgrade` does not list `upgrade`.
pub(crate) fn lists(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    elements(headers.get_all(name)).any(|element| element.eq_ignore_ascii_case(token.as_bytes()))
}

/// What stands in the comma list `name`; `None` where there is no such header.
///
/// RFC 9110 5.2: lines of one name are one value, "in order, with each field line value separated by
/// a comma".
pub(crate) fn seen(headers: &HeaderMap, name: HeaderName) -> Option<Excerpt> {
    let lines = headers.get_all(name).iter();
    let lines: Vec<_> = lines.map(HeaderValue::as_bytes).collect();
    (!lines.is_empty()).then(|| Excerpt::of(lines.join(&b", "[..])))
}

/// Without the optional white space at both ends. RFC 9110 5.6.3: `OWS = *( SP / HTAB )`.
pub(crate) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use http::header::{CONNECTION, HeaderMap, HeaderValue};

    use super::{elements, lists, trim};

    fn headers(lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(CONNECTION, HeaderValue::from_static(line));
        }
        headers
    }

    #[test]
    fn elements_are_read_over_all_lines_without_the_empty_ones() {
        let headers = headers(&[" a,, b\t", "", ",", "c d ,e"]);
        let found: Vec<_> = elements(headers.get_all(CONNECTION)).collect();
        assert_eq!(found, [&b"a"[..], b"b", b"c d", b"e"]);
    }

    #[test]
    fn whole_elements_are_compared_whatever_their_case() {
        for line in [
            "upgrade",
            "UPGRADE",
            "a, Upgrade",
            "upgrade,b",
            "a,\tupgrade\t,b",
        ] {
            assert!(
                lists(&headers(&["x", line]), CONNECTION, "upgrade"),
                "{line}"
            );
        }
        for line in [
            "",
            "upgraded",
            "not-upgrade",
            "a upgrade",
            "upgrade b",
            "up,grade",
        ] {
            assert!(
                !lists(&headers(&["x", line]), CONNECTION, "upgrade"),
                "{line}"
            );
        }
    }

    #[test]
    fn only_spaces_and_tabs_are_trimmed() {
        assert_eq!(trim(b" \t a b\t "), b"a b");
        assert_eq!(trim(b"\x0ba\xa0"), b"\x0ba\xa0");
        assert_eq!(trim(b" \t "), b"");
    }
}
