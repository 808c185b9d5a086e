//! What libFuzzer's log says of a target.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use crate::failure::Failure;
use crate::logged::last_lines;

/// How one target ended.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) name: String,
    pub(super) executions: u64,
    pub(super) per_second: u64,
    /// What the corpora reached, and what is reached now, in edges of the code.
    pub(super) coverage: (u64, u64),
    pub(super) finding: Option<Finding>,
}

/// An input for which the property does not hold, or something else that ended the target.
#[derive(Debug)]
pub(super) struct Finding {
    /// What was said about it.
    pub(super) what: String,
    /// The input; `None` if the target ended without one.
    pub(super) input: Option<PathBuf>,
}

impl Outcome {
    /// Reads the log of a target that ended like this.
    pub(super) fn read(name: &str, status: ExitStatus, log: &Path) -> Result<Self, Failure> {
        let text = String::from_utf8_lossy(&fs::read(log)?).into_owned();
        let mut outcome = Self::parse(name, &text);
        let end = match status.success() {
            true => {
                outcome.finding = None;
                (outcome.executions == 0).then(|| "it ran no input".to_owned())
            }
            false => Some(format!("it ended with {status}")),
        };
        if let (Some(end), None) = (end, &outcome.finding) {
            let what = format!("{end}{}", last_lines(log));
            outcome.finding = Some(Finding { what, input: None });
        }
        Ok(outcome)
    }

    fn parse(name: &str, log: &str) -> Self {
        let stat = |key: &str| {
            let value = log.lines().find_map(|line| line.strip_prefix(key));
            value.map_or(0, |value| value.trim().parse().unwrap_or(0))
        };
        let mut coverage = log.lines().filter_map(coverage_in);
        let before = log
            .lines()
            .filter(|line| line.contains("INITED"))
            .find_map(coverage_in);
        let after = coverage.next_back().unwrap_or(0);
        let input = log
            .lines()
            .find_map(|line| line.split_once("Test unit written to "))
            .map(|(_, path)| PathBuf::from(path.trim()));
        Self {
            name: name.to_owned(),
            executions: stat("stat::number_of_executed_units:"),
            per_second: stat("stat::average_exec_per_sec:"),
            coverage: (before.unwrap_or(after), after),
            finding: input.map(|input| Finding {
                what: complaint(log),
                input: Some(input),
            }),
        }
    }

    /// One line while the others still run.
    pub(super) fn line(&self) -> String {
        match &self.finding {
            None => format!("{}: {} inputs", self.name, self.executions),
            Some(finding) => format!("{}: {}", self.name, finding.what),
        }
    }
}

/// The number in `#123 NEW    cov: 456 ft: ...`.
fn coverage_in(line: &str) -> Option<u64> {
    let (_, rest) = line.strip_prefix('#')?.split_once(" cov: ")?;
    rest.split_whitespace().next()?.parse().ok()
}

/// What the panic said, or else what libFuzzer says.
fn complaint(log: &str) -> String {
    let mut lines = log
        .lines()
        .skip_while(|line| !line.contains(" panicked at "));
    if let (Some(place), Some(what)) = (lines.next(), lines.next()) {
        let place = place.rsplit(" panicked at ").next().unwrap_or(place);
        return format!("{place} {what}");
    }
    let error = log.lines().find_map(|line| line.split_once("ERROR: "));
    error.map_or("it ended early", |(_, what)| what).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_of_the_log() {
        let log = "INFO: seed corpus: files: 3\n\
            #4\tINITED cov: 120 ft: 130 corp: 2/3b exec/s: 0 rss: 40Mb\n\
            #9\tNEW    cov: 131 ft: 150 corp: 3/9b lim: 4 exec/s: 0 rss: 40Mb\n\
            #470005\tDONE   cov: 224 ft: 399 corp: 58/309b lim: 600 exec/s: 52222 rss: 95Mb\n\
            stat::number_of_executed_units: 470005\n\
            stat::average_exec_per_sec:     52222\n";
        let outcome = Outcome::parse("mask", log);
        assert_eq!((outcome.executions, outcome.per_second), (470_005, 52_222));
        assert_eq!(outcome.coverage, (120, 224));
        assert!(outcome.finding.is_none());
    }

    #[test]
    fn a_finding_is_told_by_its_panic_and_its_input() {
        let log = "#4\tINITED cov: 120 ft: 130\n\
            thread '<unnamed>' (7) panicked at src/mask.rs:9:5:\n\
            assertion failed: it is so\n\
            ==7== ERROR: libFuzzer: deadly signal\n\
            artifact_prefix='a/'; Test unit written to a/crash-12\n";
        let outcome = Outcome::parse("mask", log);
        let finding = outcome.finding.expect("there is one");
        assert_eq!(finding.what, "src/mask.rs:9:5: assertion failed: it is so");
        assert_eq!(finding.input, Some(PathBuf::from("a/crash-12")));
    }

    #[test]
    fn a_target_that_ran_no_input_has_failed() {
        let dir = std::env::temp_dir().join(format!("fuzz-outcome-{}", std::process::id()));
        fs::create_dir_all(&dir).expect("a directory");
        let log = dir.join("mask.log");
        fs::write(&log, "INFO: seed corpus: files: 3\n").expect("a log");
        let outcome = Outcome::read("mask", ExitStatus::default(), &log).expect("it can be read");
        fs::remove_dir_all(&dir).expect("it was made here");
        let finding = outcome.finding.expect("there is one");
        assert!(finding.what.starts_with("it ran no input"), "{finding:?}");
    }

    #[test]
    fn what_is_no_panic_is_told_by_libfuzzer() {
        let log = "==7== ERROR: libFuzzer: timeout after 10 seconds\n\
            artifact_prefix='a/'; Test unit written to a/timeout-12\n";
        let finding = Outcome::parse("mask", log).finding;
        let finding = finding.expect("there is one");
        assert_eq!(finding.what, "libFuzzer: timeout after 10 seconds");
    }
}
