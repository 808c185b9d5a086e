use serde::{Deserialize, Serialize};
use ws_server::Message;

use crate::{name::Name, text::Text};

/// What a page sends.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum FromPage {
    Hello { name: Name },
    Say { text: Text },
}

/// What a page gets.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum ToPage<'a> {
    Welcome {
        name: &'a Name,
        people: Vec<&'a Name>,
    },
    Joined {
        name: &'a Name,
    },
    Said {
        name: &'a Name,
        text: &'a Text,
    },
    Left {
        name: &'a Name,
    },
    Error {
        text: &'a str,
    },
}

impl FromPage {
    pub(crate) fn parse(json: &str) -> serde_json::Result<Self> {
        serde_json::from_str(json)
    }
}

impl From<ToPage<'_>> for Message<'static> {
    fn from(to_page: ToPage<'_>) -> Self {
        let json = serde_json::to_string(&to_page).expect("structs of strings are always JSON");
        Message::from(json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> String {
        FromPage::parse(json).expect_err("bad input").to_string()
    }

    #[test]
    fn a_page_can_say_hello_and_more() {
        let name = Name::try_from("Ann".to_owned()).expect("a name");
        let hello = FromPage::parse(r#"{"type":"hello","name":" Ann "}"#);
        assert_eq!(hello.expect("legal"), FromPage::Hello { name });
        let text = Text::try_from("hi".to_owned()).expect("a text");
        let say = FromPage::parse(r#"{"type":"say","text":"hi"}"#);
        assert_eq!(say.expect("legal"), FromPage::Say { text });
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (json, told) in [
            ("hello", "expected value"),
            ("{}", "missing field `type`"),
            (r#"{"type":"shout"}"#, "unknown variant `shout`"),
            (r#"{"type":"say"}"#, "missing field `text`"),
            (r#"{"type":"say","text":7}"#, "expected a string"),
            (
                r#"{"type":"say","text":"hi","to":"Bob"}"#,
                "unknown field `to`",
            ),
            (r#"{"type":"say","text":" "}"#, "a text of 0 characters"),
            (r#"{"type":"hello","name":""}"#, "a name of 0 characters"),
        ] {
            let refused = refused(json);
            assert!(refused.contains(told), "{json}: {refused}");
        }
    }

    #[test]
    fn a_text_has_at_most_2000_characters() {
        let say = |chars: usize| format!(r#"{{"type":"say","text":"{}"}}"#, "ä".repeat(chars));
        assert!(FromPage::parse(&say(2_000)).is_ok());
        assert!(refused(&say(2_001)).contains("a text of 2001 characters"));
    }

    #[test]
    fn deep_nesting_is_refused() {
        refused(&"[".repeat(30_000));
        refused(&format!(r#"{{"type":{}"#, "[".repeat(30_000)));
    }
}
