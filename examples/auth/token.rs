//! What a request proves its user with.

use std::fmt;

use http::{
    HeaderMap,
    header::{AUTHORIZATION, COOKIE},
};

/// The cookie that has it.
const NAME: &[u8] = b"session";

/// A secret that only its user knows; it is not printed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn new(token: &str) -> Self {
        Self(token.to_owned())
    }

    /// The token of a request: the one of `Authorization` if there is such a header, else that of
    /// the cookie. `None` if there is none, one that cannot be read, or a second one: one of
    /// them may be planted, and a proxy in front may have looked at the other.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let token = if headers.contains_key(AUTHORIZATION) {
            bearer(only(headers.get_all(AUTHORIZATION).into_iter())?.as_bytes())?
        } else {
            only(cookies(headers))?
        };
        let token = str::from_utf8(token).ok()?;
        (!token.is_empty()).then(|| Self::new(token))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// `None` where there are several, too.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let item = items.next()?;
    items.next().is_none().then_some(item)
}

/// RFC 6750 2.1; the name of a scheme is "case-insensitive" (RFC 9110 11.1).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = split_once(value, b' ')?;
    scheme
        .eq_ignore_ascii_case(b"Bearer")
        .then(|| token.trim_ascii())
}

/// The cookies of that name. RFC 6265 4.2.1: pairs with `; ` between them, in one line or in
/// several. Bytes, because others set cookies too, and not all keep to ASCII.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(COOKIE).into_iter();
    lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| split_once(pair.trim_ascii(), b'='))
        .filter_map(|(name, value)| (name == NAME).then_some(value))
}

fn split_once(bytes: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == separator)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn token(lines: &[(http::HeaderName, &str)]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("no line break");
            headers.append(name, value);
        }
        Token::of(&headers).map(|token| token.0)
    }

    #[test]
    fn it_is_found_in_either_place() {
        for (name, value) in [
            (AUTHORIZATION, "Bearer t0k.en="),
            (AUTHORIZATION, "bearer   t0k.en="),
            (COOKIE, "session=t0k.en="),
            (COOKIE, "theme=dark; session=t0k.en=; a=b"),
        ] {
            assert_eq!(
                token(&[(name, value)]).as_deref(),
                Some("t0k.en="),
                "{value}"
            );
        }
        let lines = [(COOKIE, "theme=dark"), (COOKIE, "session=second")];
        assert_eq!(token(&lines).as_deref(), Some("second"));
    }

    #[test]
    fn what_is_something_else_is_none() {
        for (name, value) in [
            (AUTHORIZATION, ""),
            (AUTHORIZATION, "Bearer"),
            (AUTHORIZATION, "Bearer "),
            (AUTHORIZATION, "Basic YW5uOnB3"),
            (COOKIE, ""),
            (COOKIE, "session"),
            (COOKIE, "session="),
            (COOKIE, "old_session=x; Session=y"),
        ] {
            assert_eq!(token(&[(name, value)]), None, "{value}");
        }
        assert_eq!(token(&[]), None);
    }

    #[test]
    fn an_authorization_that_is_wrong_is_not_made_good_by_a_cookie() {
        let both = [(AUTHORIZATION, "Basic YW5uOnB3"), (COOKIE, "session=x")];
        assert_eq!(token(&both), None);
    }

    #[test]
    fn a_second_one_makes_both_worthless_even_if_it_is_the_same() {
        for (first, second) in [
            ((AUTHORIZATION, "Bearer a"), (AUTHORIZATION, "Bearer b")),
            ((AUTHORIZATION, "Bearer a"), (AUTHORIZATION, "Bearer a")),
            ((AUTHORIZATION, "Bearer a"), (AUTHORIZATION, "Basic b")),
            ((AUTHORIZATION, "Bearer a"), (AUTHORIZATION, "")),
            ((COOKIE, "session=a"), (COOKIE, "session=b")),
            ((COOKIE, "session=a"), (COOKIE, "theme=dark; session=a")),
            ((COOKIE, "session=a"), (COOKIE, "session=")),
            ((COOKIE, "session=a; session=b"), (COOKIE, "theme=dark")),
        ] {
            let lines = [first, second];
            assert_eq!(token(&lines), None, "{lines:?}");
        }
    }

    /// UTF-8, Latin-1, and bytes that are no text at all.
    #[test]
    fn a_cookie_of_somebody_else_that_is_not_ascii_does_not_hide_it() {
        for other in [
            &b"name=Z\xC3\xBCrich"[..],
            b"name=Z\xFCrich",
            b"\xFF\x80=\xC3",
        ] {
            for line in [
                [other, b"; session=t0k.en="].concat(),
                [b"session=t0k.en=; ", other].concat(),
            ] {
                let value = HeaderValue::from_bytes(&line).expect("no line break");
                let found = Token::of(&HeaderMap::from_iter([(COOKIE, value)]));
                let found = found.map(|token| token.0);
                assert_eq!(found.as_deref(), Some("t0k.en="), "{line:x?}");
            }
        }
        let value = HeaderValue::from_bytes(b"session=\xFF").expect("no line break");
        let headers = HeaderMap::from_iter([(COOKIE, value)]);
        assert_eq!(Token::of(&headers), None);
    }

    #[test]
    fn it_does_not_get_into_a_log() {
        assert_eq!(format!("{:?}", Token::new("secret")), "Token(..)");
    }
}
