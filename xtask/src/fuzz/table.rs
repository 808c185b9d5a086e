//! What a run has come to.

use super::outcome::{Finding, Outcome};
use crate::failure::Failure;

/// Prints the table, and each finding with the command that shows it again; fails if there is one, or no target.
pub(super) fn report(outcomes: &[Outcome]) -> Result<(), Failure> {
    if outcomes.is_empty() {
        return Err(Failure::failed("there is no target to fuzz"));
    }
    print!("\n{}", table(outcomes));
    let findings: Vec<(&Outcome, &Finding)> = outcomes
        .iter()
        .filter_map(|outcome| Some((outcome, outcome.finding.as_ref()?)))
        .collect();
    for (outcome, finding) in &findings {
        print!("\n{}", told(&outcome.name, finding));
    }
    match findings.len() {
        0 => Ok(()),
        1 => Err(Failure::failed("one finding")),
        n => Err(Failure::failed(format!("{n} findings"))),
    }
}

fn table(outcomes: &[Outcome]) -> String {
    let mut table = row(["target", "inputs", "a second", "edges", "new", "findings"]);
    for outcome in outcomes {
        let (before, after) = outcome.coverage;
        let findings = match outcome.finding {
            None => "-",
            Some(_) => "ONE",
        };
        table.push_str(&row([
            &outcome.name,
            &outcome.executions.to_string(),
            &outcome.per_second.to_string(),
            &after.to_string(),
            &after.saturating_sub(before).to_string(),
            findings,
        ]));
    }
    table
}

fn row([name, executions, per_second, edges, new, findings]: [&str; 6]) -> String {
    format!("{name:20} {executions:>10} {per_second:>10} {edges:>7} {new:>6}  {findings}\n")
}

fn told(name: &str, finding: &Finding) -> String {
    let mut told = format!("{name}: {}\n", finding.what);
    if let Some(input) = &finding.input {
        let input = input.display();
        told.push_str(&format!(
            "  the input: {input}\n  again, on stable: cargo run --manifest-path fuzz/Cargo.toml --bin {name} -- {input}\n"
        ));
    }
    told
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn outcome(finding: Option<Finding>) -> Outcome {
        Outcome {
            name: "mask".to_owned(),
            executions: 1000,
            per_second: 50,
            coverage: (120, 124),
            finding,
        }
    }

    #[test]
    fn the_table_tells_what_each_target_did() {
        assert_eq!(
            table(&[outcome(None)]),
            "target                   inputs   a second   edges    new  findings\n\
             mask                       1000         50     124      4  -\n"
        );
        assert!(report(&[outcome(None)]).is_ok());
    }

    #[test]
    fn a_run_without_a_target_fails() {
        assert!(report(&[]).is_err());
    }

    #[test]
    fn a_finding_fails_and_is_told_with_the_command_that_shows_it() {
        let finding = Finding {
            what: "it is not so".to_owned(),
            input: Some(PathBuf::from("a/crash-1")),
        };
        assert_eq!(
            told("mask", &finding),
            "mask: it is not so\n  the input: a/crash-1\n  again, on stable: cargo run --manifest-path \
             fuzz/Cargo.toml --bin mask -- a/crash-1\n"
        );
        let failure = report(&[outcome(Some(finding))]).expect_err("there is a finding");
        assert_eq!(failure.to_string(), "one finding");
    }
}
