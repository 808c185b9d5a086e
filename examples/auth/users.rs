//! Who is known.

use std::{collections::HashMap, error::Error, fmt};

use crate::token::Token;

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Admin,
    Member,
}

/// The users by their tokens: what stands for a database. A real one keeps hashes of the tokens,
/// so that who reads it cannot log in, and lets them expire. The map compares a token, and not in
/// constant time, with those whose keyed hash begins like its own, which wrong ones seldom do; with
/// hashes of the tokens as keys that time tells nothing about a token at all.
#[derive(Debug, Default)]
pub(crate) struct Users {
    by_token: HashMap<Token, User>,
    is_out_of_order: bool,
}

/// The users cannot be looked up now.
#[derive(Debug)]
pub(crate) struct Unavailable;

impl Users {
    /// Ann, who is an admin, and Bob.
    pub(crate) fn sample() -> Self {
        let user = |token: &str, name: &str, role| {
            let name = name.to_owned();
            (Token::new(token), User { name, role })
        };
        Self {
            by_token: HashMap::from([
                user("ann-token", "Ann", Role::Admin),
                user("bob-token", "Bob", Role::Member),
            ]),
            is_out_of_order: false,
        }
    }

    /// Users that cannot be asked.
    #[cfg(test)]
    pub(crate) fn out_of_order() -> Self {
        Self {
            is_out_of_order: true,
            ..Self::default()
        }
    }

    /// Whose token it is.
    pub(crate) async fn find(&self, token: &Token) -> Result<Option<User>, Unavailable> {
        // A question to a database would be here. Other connections go on meanwhile.
        tokio::task::yield_now().await;
        if self.is_out_of_order {
            return Err(Unavailable);
        }
        Ok(self.by_token.get(token).cloned())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Admin => "an admin",
            Self::Member => "a member",
        })
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the users cannot be looked up now")
    }
}

impl Error for Unavailable {}
