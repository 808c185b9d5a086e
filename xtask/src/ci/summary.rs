//! What every step of `ci` took and how it ended.

use std::time::Duration;

use super::steps::Outcome;
use crate::failure::Failure;

/// The steps that have run.
#[derive(Debug, Default)]
pub(super) struct Summary {
    steps: Vec<(&'static str, Duration, Result<Outcome, Failure>)>,
}

impl Summary {
    /// Notes a step.
    pub(super) fn add(
        &mut self,
        name: &'static str,
        took: Duration,
        ended: Result<Outcome, Failure>,
    ) {
        self.steps.push((name, took, ended));
    }

    /// Prints the table; fails if a step failed.
    pub(super) fn report(&self) -> Result<(), Failure> {
        println!("\n==== summary");
        print!("{}", self.table());
        let failed: Vec<&str> = self
            .steps
            .iter()
            .filter(|step| step.2.is_err())
            .map(|step| step.0)
            .collect();
        if failed.is_empty() {
            return Ok(());
        }
        let (count, all) = (failed.len(), self.steps.len());
        Err(Failure::failed(format!(
            "{count} of {all} steps failed: {}",
            failed.join(", ")
        )))
    }

    fn table(&self) -> String {
        let mut table = String::new();
        let mut whole = Duration::ZERO;
        for (name, took, ended) in &self.steps {
            let told = match ended {
                Ok(Outcome::Passed) => "ok".to_owned(),
                Ok(Outcome::Skipped(why)) => format!("SKIPPED: {why}"),
                Err(failure) => format!("FAILED: {}", first_line(failure)),
            };
            table.push_str(&row(name, *took, &told));
            whole += *took;
        }
        table.push_str(&row("in all", whole, ""));
        table
    }
}

fn row(name: &str, took: Duration, told: &str) -> String {
    let row = format!("{name:10} {:7.1} s  {told}", took.as_secs_f64());
    format!("{}\n", row.trim_end())
}

fn first_line(failure: &Failure) -> String {
    failure
        .to_string()
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_every_step_and_the_sum() {
        let mut summary = Summary::default();
        summary.add("fmt", Duration::from_millis(250), Ok(Outcome::Passed));
        summary.add(
            "test",
            Duration::from_secs(61),
            Err(Failure::failed("two\nlines")),
        );
        summary.add(
            "autobahn",
            Duration::ZERO,
            Ok(Outcome::Skipped("no Python")),
        );
        assert_eq!(
            summary.table(),
            "fmt            0.2 s  ok\n\
             test          61.0 s  FAILED: two\n\
             autobahn       0.0 s  SKIPPED: no Python\n\
             in all        61.2 s\n"
        );
        let failure = summary.report().expect_err("a step failed");
        assert_eq!(failure.to_string(), "1 of 3 steps failed: test");
    }

    #[test]
    fn a_skipped_step_is_no_failure() {
        let mut summary = Summary::default();
        summary.add(
            "autobahn",
            Duration::ZERO,
            Ok(Outcome::Skipped("no Python")),
        );
        assert!(summary.report().is_ok());
    }
}
