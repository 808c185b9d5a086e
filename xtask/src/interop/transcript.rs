//! What a script has told, line by line.

use std::collections::BTreeMap;

/// The lines of one script: `version VERSION`, `ok CHECK`, `not ok CHECK: seen .., expected ..`, and `waiting` when
/// nothing is left but to see the server close.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    version: Option<String>,
    outcomes: BTreeMap<String, Outcome>,
    is_waiting: bool,
    complaints: Vec<String>,
}

/// How a check went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    /// What was seen, and what was expected.
    NotOk(String),
}

impl Transcript {
    /// Reads a line; what cannot be understood, or tells something again, is a complaint.
    pub(super) fn read(&mut self, line: &str) {
        let is_new = if let Some(version) = line.strip_prefix("version ") {
            self.version.replace(version.to_owned()).is_none()
        } else if line == "waiting" {
            !std::mem::replace(&mut self.is_waiting, true)
        } else if let Some((check, outcome)) = outcome(line) {
            self.outcomes.insert(check.to_owned(), outcome).is_none()
        } else {
            self.complain(format!("printed `{line}`, which says nothing here"));
            return;
        };
        if !is_new {
            self.complain(format!("told twice: `{line}`"));
        }
    }

    /// Notes something about the script as a whole.
    pub(super) fn complain(&mut self, complaint: String) {
        self.complaints.push(complaint);
    }

    /// The version of the library that the script has used.
    pub(super) fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Whether nothing is left but to see the server close.
    pub(super) fn is_waiting(&self) -> bool {
        self.is_waiting
    }

    /// How a check went, if it was done.
    pub(super) fn outcome(&self, check: &str) -> Option<&Outcome> {
        self.outcomes.get(check)
    }

    /// The checks that were done, by name.
    pub(super) fn checks(&self) -> impl Iterator<Item = &str> {
        self.outcomes.keys().map(String::as_str)
    }

    /// What is wrong with the script as a whole.
    pub(super) fn complaints(&self) -> &[String] {
        &self.complaints
    }
}

fn outcome(line: &str) -> Option<(&str, Outcome)> {
    let (check, outcome) = match line.strip_prefix("not ok ") {
        None => (line.strip_prefix("ok ")?, Outcome::Ok),
        Some(rest) => {
            let (check, told) = rest.split_once(": ")?;
            (check, Outcome::NotOk(told.to_owned()))
        }
    };
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (!check.is_empty() && check.chars().all(is_name)).then_some((check, outcome))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transcript(text: &str) -> Transcript {
        let mut transcript = Transcript::default();
        text.lines().for_each(|line| transcript.read(line));
        transcript
    }

    #[test]
    fn every_kind_of_line_is_read() {
        let text = "version 1.2\nok text-125\nnot ok ping: seen 1: 2, expected 3\nwaiting\nok server-closes";
        let transcript = transcript(text);
        assert_eq!(transcript.version(), Some("1.2"));
        assert_eq!(transcript.outcome("text-125"), Some(&Outcome::Ok));
        assert_eq!(
            transcript.outcome("ping"),
            Some(&Outcome::NotOk("seen 1: 2, expected 3".to_owned()))
        );
        assert_eq!(transcript.outcome("binary"), None);
        assert!(transcript.is_waiting());
        let checks: Vec<&str> = transcript.checks().collect();
        assert_eq!(checks, ["ping", "server-closes", "text-125"]);
        assert_eq!(transcript.complaints(), [""; 0]);
    }

    #[test]
    fn what_is_not_understood_is_a_complaint() {
        for line in [
            "",
            "ok",
            "ok ",
            "ok a b",
            "ok Ping",
            "okping",
            "not ok ping",
            "not ok : why",
            "# ok ping",
            "waiting ",
        ] {
            let transcript = transcript(&format!("{line}\n"));
            let told = format!("printed `{line}`, which says nothing here");
            assert_eq!(transcript.complaints(), [told]);
            assert_eq!(transcript.checks().count(), 0);
        }
    }

    #[test]
    fn what_is_told_twice_is_a_complaint() {
        for line in ["version 1", "ok ping", "waiting"] {
            let transcript = transcript(&format!("{line}\n{line}\n"));
            assert_eq!(transcript.complaints(), [format!("told twice: `{line}`")]);
        }
        let mixed = transcript("not ok ping: seen a, expected b\nok ping\n");
        assert_eq!(mixed.complaints(), ["told twice: `ok ping`"]);
    }
}
