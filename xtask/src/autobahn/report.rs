//! The suite's report, and the gate that it has to pass.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::cases::CaseId;
use crate::failure::Failure;

/// What the suite may say other than OK, and where. Nothing else is let through, and nothing is excluded.
const EXCEPTIONS: &[(&str, &[&str])] = &[
    // The suite has no opinion in these: it tells what it saw.
    ("INFORMATIONAL", &["7.1.6", "7.13.1", "7.13.2"]),
];

/// One case as the suite saw it.
#[derive(Debug)]
pub(super) struct Outcome {
    id: CaseId,
    behavior: String,
    behavior_close: String,
    /// The page that tells it frame by frame.
    page: PathBuf,
}

/// The whole report, gated.
#[derive(Debug)]
pub(super) struct Verdict {
    /// How many cases ended in each behavior.
    counts: BTreeMap<String, usize>,
    /// One line for every breach, in the order of the cases.
    breaches: Vec<String>,
}

/// Reads `index.json`, whose reports lie in `dir`. It holds one agent.
pub(super) fn read(text: &str, dir: &Path) -> Result<Vec<Outcome>, Failure> {
    let wrong = |what: &str| Failure::failed(format!("the report of the suite {what}"));
    let index: Value =
        serde_json::from_str(text).map_err(|error| wrong(&format!("is not JSON: {error}")))?;
    let agents = index.as_object().ok_or_else(|| wrong("is not an object"))?;
    let cases = agents.values().next().and_then(Value::as_object);
    let cases = cases.ok_or_else(|| wrong("names no server: was it reached at all?"))?;
    cases
        .iter()
        .map(|(id, case)| {
            Outcome::read(id, case, dir)
                .ok_or_else(|| wrong(&format!("cannot be read at case `{id}`")))
        })
        .collect()
}

impl Outcome {
    fn read(id: &str, case: &Value, dir: &Path) -> Option<Self> {
        let text = |key: &str| case[key].as_str().map(str::to_owned);
        Some(Self {
            id: id.parse().ok()?,
            behavior: text("behavior")?,
            behavior_close: text("behaviorClose")?,
            page: dir.join(text("reportfile")?).with_extension("html"),
        })
    }

    /// The closing handshake has to be OK, or as undecided as the case itself.
    fn is_fine(&self) -> bool {
        let excepted = EXCEPTIONS.iter().any(|(name, cases)| {
            *name == self.behavior && cases.iter().any(|case| self.id.matches(case))
        });
        let undecided = self.behavior == "INFORMATIONAL" && self.behavior_close == "INFORMATIONAL";
        (self.behavior == "OK" || excepted) && (self.behavior_close == "OK" || undecided)
    }
}

impl Verdict {
    /// Gates `outcomes`: every case of `expected` has to be there, none other, and each has to be fine.
    pub(super) fn of(outcomes: &[Outcome], expected: &[CaseId]) -> Self {
        let mut counts = BTreeMap::new();
        let mut breaches = BTreeMap::new();
        let expected: BTreeSet<&CaseId> = expected.iter().collect();
        let mut seen = BTreeSet::new();
        for outcome in outcomes {
            *counts.entry(outcome.behavior.clone()).or_default() += 1;
            seen.insert(&outcome.id);
            if !expected.contains(&outcome.id) {
                breaches.insert(
                    &outcome.id,
                    "is not known: correct the list of cases".to_owned(),
                );
            } else if !outcome.is_fine() {
                let (behavior, close) = (&outcome.behavior, &outcome.behavior_close);
                let told = format!(
                    "behavior {behavior}, behaviorClose {close}: {}",
                    outcome.page.display()
                );
                breaches.insert(&outcome.id, told);
            }
        }
        for missing in expected.difference(&seen) {
            breaches.insert(missing, "is missing from the report".to_owned());
        }
        Self {
            counts,
            breaches: breaches
                .iter()
                .map(|(id, told)| format!("case {id} {told}"))
                .collect(),
        }
    }

    /// Prints the counts and the breaches; fails if there are any.
    pub(super) fn report(&self) -> Result<(), Failure> {
        for (behavior, count) in &self.counts {
            println!("  {behavior:15} {count:>4}");
        }
        for breach in &self.breaches {
            println!("{breach}");
        }
        match self.breaches.len() {
            0 => Ok(()),
            1 => Err(Failure::failed("one case does not pass the gate")),
            n => Err(Failure::failed(format!("{n} cases do not pass the gate"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::selected;
    use super::*;

    fn outcome(id: &str, behavior: &str, close: &str) -> Outcome {
        Outcome {
            id: id.parse().expect("it is a number"),
            behavior: behavior.to_owned(),
            behavior_close: close.to_owned(),
            page: PathBuf::from("page.html"),
        }
    }

    /// The report that the gate wants: 298 OK, 3 INFORMATIONAL, 216 UNIMPLEMENTED.
    fn good() -> Vec<Outcome> {
        let fine = |id: CaseId| {
            let exception = EXCEPTIONS
                .iter()
                .find(|(_, cases)| cases.iter().any(|case| id.matches(case)));
            let behavior = exception.map_or("OK", |(name, _)| name);
            outcome(&id.to_string(), behavior, "OK")
        };
        all().into_iter().map(fine).collect()
    }

    fn all() -> Vec<CaseId> {
        selected(&["*".to_owned()])
    }

    #[test]
    fn the_report_that_is_wanted_passes() {
        let verdict = Verdict::of(&good(), &all());
        assert_eq!(verdict.breaches, [""; 0]);
        let counts: Vec<usize> = verdict.counts.into_values().collect();
        assert_eq!(counts, [3, 514]);
    }

    #[test]
    fn anything_but_ok_is_a_breach_in_an_ordinary_case() {
        for (behavior, close) in [
            ("FAILED", "OK"),
            ("NON-STRICT", "OK"),
            ("INFORMATIONAL", "OK"),
            ("UNIMPLEMENTED", "OK"),
            ("OK", "INFORMATIONAL"),
            ("OK", "WRONG CODE"),
            ("OK", "UNCLEAN"),
            ("OK", "FAILED BY CLIENT"),
        ] {
            let mut outcomes = good();
            outcomes[0] = outcome("1.1.1", behavior, close);
            let verdict = Verdict::of(&outcomes, &all());
            let told = format!("case 1.1.1 behavior {behavior}, behaviorClose {close}: page.html");
            assert_eq!(verdict.breaches, [told]);
            assert!(verdict.report().is_err());
        }
    }

    #[test]
    fn the_exceptions_hold_in_their_cases_only() {
        assert!(outcome("7.1.6", "INFORMATIONAL", "INFORMATIONAL").is_fine());
        assert!(outcome("7.13.2", "OK", "OK").is_fine());
        assert!(!outcome("7.1.5", "INFORMATIONAL", "OK").is_fine());
        assert!(!outcome("7.1.6", "INFORMATIONAL", "UNCLEAN").is_fine());
        assert!(outcome("12.1.1", "OK", "OK").is_fine());
        assert!(!outcome("12.1.1", "UNIMPLEMENTED", "OK").is_fine());
        assert!(!outcome("12.1.1", "NON-STRICT", "OK").is_fine());
    }

    #[test]
    fn a_missing_case_is_a_breach() {
        let mut outcomes = good();
        outcomes.remove(5);
        let verdict = Verdict::of(&outcomes, &all());
        assert_eq!(verdict.breaches, ["case 1.1.6 is missing from the report"]);
    }

    #[test]
    fn a_case_that_is_not_known_is_a_breach() {
        let mut outcomes = good();
        outcomes.push(outcome("14.1.1", "OK", "OK"));
        let verdict = Verdict::of(&outcomes, &all());
        assert_eq!(
            verdict.breaches,
            ["case 14.1.1 is not known: correct the list of cases"]
        );
    }

    #[test]
    fn the_index_is_read_and_a_broken_one_is_refused() {
        let text = r#"{"TinyWs": {"1.1.1": {"behavior": "OK", "behaviorClose": "UNCLEAN", "duration": 1,
            "remoteCloseCode": null, "reportfile": "tinyws_case_1_1_1.json"}}}"#;
        let outcomes = read(text, Path::new("reports")).expect("it is whole");
        assert_eq!(outcomes[0].behavior_close, "UNCLEAN");
        assert_eq!(
            outcomes[0].page,
            Path::new("reports/tinyws_case_1_1_1.html")
        );
        for broken in [
            "",
            "[]",
            "{}",
            r#"{"a": {"1.1": {}}}"#,
            r#"{"a": {"x": {"behavior": "OK"}}}"#,
        ] {
            assert!(read(broken, Path::new("reports")).is_err(), "{broken}");
        }
    }
}
