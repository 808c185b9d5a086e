use std::fmt;

use serde::{Deserialize, Serialize};

/// What a person is called: 1 to 32 characters, without white space around them.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(try_from = "String")]
pub(crate) struct Name(String);

impl Name {
    const MAX_CHARS: usize = 32;

    /// What is the same for names that people would take for the same.
    pub(crate) fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// "Ann 2", cut so that it is a name, too.
    pub(crate) fn numbered(&self, number: usize) -> Self {
        let suffix = format!(" {number}");
        let left = Self::MAX_CHARS.saturating_sub(suffix.len());
        let stem: String = self.0.chars().take(left).collect();
        Self(format!("{}{suffix}", stem.trim_end()))
    }
}

impl TryFrom<String> for Name {
    type Error = BadName;

    fn try_from(name: String) -> Result<Self, BadName> {
        let name = name.trim();
        if name.contains(char::is_control) {
            return Err(BadName::ControlCharacter);
        }
        match name.chars().count() {
            1..=Self::MAX_CHARS => Ok(Self(name.to_owned())),
            chars => Err(BadName::Length { chars }),
        }
    }
}

/// Not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadName {
    Length { chars: usize },
    ControlCharacter,
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { chars } => {
                let most = Name::MAX_CHARS;
                write!(
                    f,
                    "a name of {chars} characters, but it must have 1 to {most}"
                )
            }
            Self::ControlCharacter => {
                f.write_str("a name with a control character, but it must have none")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Result<Name, BadName> {
        Name::try_from(name.to_owned())
    }

    #[test]
    fn a_name_has_1_to_32_characters() {
        assert_eq!(name(&"ä".repeat(32)).map(|name| name.0.len()), Ok(64));
        assert_eq!(name(&"ä".repeat(33)), Err(BadName::Length { chars: 33 }));
        assert_eq!(name(" \t "), Err(BadName::Length { chars: 0 }));
    }

    #[test]
    fn white_space_around_a_name_is_left_out() {
        assert_eq!(name("  Ann Lee\n"), Ok(Name("Ann Lee".to_owned())));
    }

    #[test]
    fn control_characters_are_refused() {
        assert_eq!(name("A\u{7}nn"), Err(BadName::ControlCharacter));
        assert_eq!(name("A\nnn"), Err(BadName::ControlCharacter));
    }

    #[test]
    fn a_numbered_name_is_still_a_name() {
        let long = name(&"x".repeat(32)).expect("a name").numbered(10);
        assert_eq!(long.0, format!("{} 10", "x".repeat(29)));
        assert_eq!(name(&long.0), Ok(long));
    }
}
