use std::fmt;

use serde::{Deserialize, Serialize};

/// What a person says: 1 to 2,000 characters, without white space around them.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(try_from = "String")]
pub(crate) struct Text(String);

impl Text {
    const MAX_CHARS: usize = 2_000;
}

impl TryFrom<String> for Text {
    type Error = BadText;

    fn try_from(text: String) -> Result<Self, BadText> {
        let text = text.trim();
        match text.chars().count() {
            1..=Self::MAX_CHARS => Ok(Self(text.to_owned())),
            chars => Err(BadText { chars }),
        }
    }
}

/// Too long, or nothing at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadText {
    chars: usize,
}

impl fmt::Display for BadText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chars } = self;
        let most = Text::MAX_CHARS;
        write!(
            f,
            "a text of {chars} characters, but it must have 1 to {most}"
        )
    }
}
