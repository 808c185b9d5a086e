//! What a request proves its user with.

use std::fmt;

use http::{
    HeaderMap,
    header::{AUTHORIZATION, COOKIE},
};

/// The cookie that has it.
const NAME: &str = "session";

/// A secret that only its user knows; it is not printed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn new(token: &str) -> Self {
        Self(token.to_owned())
    }

    /// The token of a request: the one of `Authorization` if there is such a header, else that of
    /// the cookie. `None` if there is none, or one that cannot be read.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let token = match headers.get(AUTHORIZATION) {
            Some(value) => bearer(value.to_str().ok()?)?,
            None => cookie(headers)?,
        };
        (!token.is_empty()).then(|| Self::new(token))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// RFC 6750 2.1; the name of a scheme is "case-insensitive" (RFC 9110 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("Bearer")
        .then(|| token.trim_matches(' '))
}

/// RFC 6265 4.2.1: pairs with `; ` between them, in one line or in several.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).into_iter();
    let texts = lines.filter_map(|line| line.to_str().ok());
    texts
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == NAME).then_some(value))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn token(headers: &[(http::HeaderName, &'static str)]) -> Option<String> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        Token::of(&headers.collect()).map(|token| token.0)
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
    fn it_does_not_get_into_a_log() {
        assert_eq!(format!("{:?}", Token::new("secret")), "Token(..)");
    }
}
