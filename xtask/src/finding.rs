//! What a check found to be against a rule.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// One breach of one rule, printed as `file:line: [rule] message`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: PathBuf,
    line: Option<usize>,
    rule: &'static str,
    message: String,
}

impl Finding {
    /// A breach in a line of a file, counted from 1.
    pub(crate) fn at(
        path: &Path,
        line: usize,
        rule: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            line: Some(line),
            rule,
            message: message.into(),
        }
    }

    /// A breach by a file as a whole.
    pub(crate) fn of(path: &Path, rule: &'static str, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: None,
            rule,
            message: message.into(),
        }
    }

    /// The name of the rule that was broken.
    #[cfg(test)]
    pub(crate) fn rule(&self) -> &'static str {
        self.rule
    }

    /// The line, where there is one.
    #[cfg(test)]
    pub(crate) fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": [{}] {}", self.rule, self.message)
    }
}

/// Prints the findings, sorted; none is success, and then `fine` is printed.
pub(crate) fn report(mut findings: Vec<Finding>, fine: &str) -> Result<(), Failure> {
    if findings.is_empty() {
        println!("{fine}");
        return Ok(());
    }
    findings.sort();
    findings.dedup();
    for finding in &findings {
        println!("{finding}");
    }
    Err(Failure::failed(match findings.len() {
        1 => "one breach of the rules".to_owned(),
        n => format!("{n} breaches of the rules"),
    }))
}
