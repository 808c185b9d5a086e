//! What the rows found, line by line, and the summary.

use std::time::Duration;

use serde_json::{Value, json};

use super::options::Shape;
use super::table::Row;
use super::verdict::Verdict;
use crate::failure::Failure;

/// How a row has ended.
#[derive(Debug)]
pub(super) enum Outcome {
    Held(Verdict),
    Breached(Verdict),
    /// It could not be run to its end: the server was not what the row needs, or has died.
    Failed(Failure),
    /// It cannot run on this machine.
    Skipped(String),
}

/// All rows that have run.
#[derive(Debug)]
pub(super) struct Report {
    shape: Shape,
    rows: Vec<Value>,
    held: usize,
    breached: Vec<&'static str>,
    skipped: Vec<&'static str>,
}

impl Report {
    pub(super) fn new(shape: Shape) -> Self {
        Self {
            shape,
            rows: Vec::new(),
            held: 0,
            breached: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// Notes a row, and prints it unless everything is to be one object.
    pub(super) fn add(&mut self, row: &Row, outcome: &Outcome, took: Duration) {
        if self.shape == Shape::Text {
            print!("{}", lines(row, outcome, took));
        }
        let (figures, why) = match outcome {
            Outcome::Held(verdict) | Outcome::Breached(verdict) => (verdict.json(), None),
            Outcome::Failed(failure) => (Vec::new(), Some(failure.to_string())),
            Outcome::Skipped(why) => (Vec::new(), Some(why.clone())),
        };
        self.rows.push(json!({
            "row": row.number, "what": row.what, "outcome": outcome.name(), "why": why,
            "seconds": took.as_secs_f64(), "figures": figures,
        }));
        match outcome {
            Outcome::Held(_) => self.held += 1,
            Outcome::Breached(_) | Outcome::Failed(_) => self.breached.push(row.number),
            Outcome::Skipped(_) => self.skipped.push(row.number),
        }
    }

    /// Prints the summary; fails if a row did not hold.
    pub(super) fn end(self) -> Result<(), Failure> {
        match self.shape {
            Shape::Text => println!("\n{}", self.summary()),
            Shape::Json => println!("{}", json!({ "rows": self.rows })),
        }
        if self.breached.is_empty() {
            return Ok(());
        }
        let (count, names) = (self.breached.len(), self.breached.join(", "));
        Err(Failure::failed(format!(
            "{count} rows do not hold: {names}"
        )))
    }

    fn summary(&self) -> String {
        let list = |names: &[&str]| match names {
            [] => "0".to_owned(),
            some => format!("{} ({})", some.len(), some.join(", ")),
        };
        let (breached, skipped) = (list(&self.breached), list(&self.skipped));
        format!(
            "attack: {} rows hold, BREACH: {breached}, SKIPPED: {skipped}",
            self.held
        )
    }
}

impl Outcome {
    fn name(&self) -> &'static str {
        match self {
            Self::Held(_) => "ok",
            Self::Breached(_) | Self::Failed(_) => "BREACH",
            Self::Skipped(_) => "SKIPPED",
        }
    }
}

fn lines(row: &Row, outcome: &Outcome, took: Duration) -> String {
    let (number, what, name) = (row.number, row.what, outcome.name());
    let first = format!(
        "{number:5} {what:70} {name:8}{:6.1} s\n",
        took.as_secs_f64()
    );
    let rest = match outcome {
        Outcome::Held(verdict) | Outcome::Breached(verdict) => verdict.to_string(),
        Outcome::Failed(failure) => format!("      {failure}\n"),
        Outcome::Skipped(why) => format!("      {why}\n"),
    };
    first + &rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::table::ROWS;
    use crate::attack::verdict::Amount;

    fn report(outcomes: Vec<Outcome>) -> Report {
        let mut report = Report::new(Shape::Json);
        for (row, outcome) in ROWS.iter().zip(outcomes) {
            report.add(row, &outcome, Duration::ZERO);
        }
        report
    }

    fn verdict(seen: u64) -> Verdict {
        Verdict::default().at_most("x", Amount::Count(seen), Amount::Count(1))
    }

    #[test]
    fn a_breach_and_a_failed_row_fail_the_task() {
        assert!(report(vec![Outcome::Held(verdict(1))]).end().is_ok());
        let failure = report(vec![
            Outcome::Held(verdict(1)),
            Outcome::Breached(verdict(2)),
            Outcome::Failed(Failure::failed("it died")),
        ]);
        let told = failure.end().unwrap_err().to_string();
        assert!(told.starts_with("2 rows do not hold: "), "{told}");
    }

    #[test]
    fn a_skipped_row_fails_nothing_and_is_told() {
        let report = report(vec![Outcome::Skipped("no root".to_owned())]);
        let summary = report.summary();
        assert!(summary.contains("0 rows hold"), "{summary}");
        assert!(summary.contains("SKIPPED: 1 ("), "{summary}");
        assert!(report.end().is_ok());
    }

    #[test]
    fn the_reason_stands_below_the_row() {
        let text = lines(
            &ROWS[0],
            &Outcome::Failed(Failure::failed("it died")),
            Duration::from_secs(2),
        );
        assert!(text.contains("BREACH"), "{text}");
        assert!(text.ends_with("2.0 s\n      it died\n"), "{text}");
    }
}
