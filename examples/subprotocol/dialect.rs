//! The versions of the protocol: two ways to say the same.

use serde::{Deserialize, Serialize};

/// A version, which is a subprotocol of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dialect {
    V1,
    #[default]
    V2,
}

/// What a client may ask for, in whatever words.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Request {
    Add(i64),
    Reset {},
}

/// What it is told.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reply<'a> {
    Sum(i64),
    Error(&'a str),
}

impl Dialect {
    /// The names in the opening handshake, the newest first: the order in which we like them. With
    /// the domain of whoever made them up, as RFC 6455 1.9 recommends, so that nobody else's
    /// protocol is called the same.
    pub(crate) const NAMES: [&str; 2] = ["v2.sum.example.com", "v1.sum.example.com"];

    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "v1.sum.example.com" => Some(Self::V1),
            "v2.sum.example.com" => Some(Self::V2),
            _ => None,
        }
    }

    /// Reads a message; an error is a sentence for the client.
    pub(crate) fn parse(self, text: &str) -> Result<Request, String> {
        match self {
            Self::V1 => parse_words(text),
            Self::V2 => serde_json::from_str(text).map_err(|error| error.to_string()),
        }
    }

    pub(crate) fn write(self, reply: &Reply<'_>) -> String {
        match (self, reply) {
            (Self::V1, Reply::Sum(sum)) => sum.to_string(),
            (Self::V1, Reply::Error(error)) => format!("error: {error}"),
            (Self::V2, reply) => serde_json::to_string(reply).expect("numbers and strings only"),
        }
    }
}

fn parse_words(text: &str) -> Result<Request, String> {
    match text.split_once(' ') {
        Some(("add", number)) => match number.parse() {
            Ok(number) => Ok(Request::Add(number)),
            Err(_) => Err("`add` takes a whole number of 64 bits".to_owned()),
        },
        None if text == "reset" => Ok(Request::Reset {}),
        Some(_) | None => Err("say `add NUMBER` or `reset`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_the_name_of_a_dialect() {
        let dialects = Dialect::NAMES.map(Dialect::named);
        assert_eq!(dialects, [Some(Dialect::V2), Some(Dialect::V1)]);
        assert_eq!(Dialect::named("V2.sum.example.com"), None);
    }

    #[test]
    fn the_dialects_say_the_same_in_other_words() {
        for (v1, v2, request) in [
            ("add 5", r#"{"add":5}"#, Request::Add(5)),
            ("add -1", r#"{"add":-1}"#, Request::Add(-1)),
            ("reset", r#"{"reset":{}}"#, Request::Reset {}),
        ] {
            assert_eq!(Dialect::V1.parse(v1).as_ref(), Ok(&request));
            assert_eq!(Dialect::V2.parse(v2).as_ref(), Ok(&request));
            assert!(Dialect::V1.parse(v2).is_err() && Dialect::V2.parse(v1).is_err());
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "add",
            "add x",
            "add 9223372036854775808",
            "reset 1",
            "ADD 1",
        ] {
            assert!(Dialect::V1.parse(text).is_err(), "{text}");
        }
        for text in [
            "",
            "5",
            "{}",
            r#"{"add":1.5}"#,
            r#"{"add":1,"reset":{}}"#,
            r#"{"mul":2}"#,
        ] {
            assert!(Dialect::V2.parse(text).is_err(), "{text}");
        }
    }
}
