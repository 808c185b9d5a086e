//! `cargo xtask load compare`: our echo and the rivals under the same load, in turn.

mod case;
mod contestant;
mod outcome;
mod request;

use serde_json::json;

use super::generator::{Command, Output, Server};
use crate::failure::Failure;
use crate::workspace::Workspace;
use case::Case;
use contestant::{CONTESTANTS, Contestant};
use outcome::Outcome;
use request::Request;

/// A contestant and the command that starts it.
type Entry = (&'static Contestant, Command);

/// Builds, measures, prints, and checks the gates if that was asked for.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let Some(request) = Request::parse(args)? else {
        print!("{}", include_str!("help.txt"));
        return Ok(());
    };
    let workspace = Workspace::load()?;
    let entries: Vec<Entry> = CONTESTANTS
        .iter()
        .filter(|server| {
            let mut cases = request.cases.iter();
            cases.any(|case| request.field(case).any(|one| one == *server))
        })
        .map(|contestant| Ok((contestant, contestant.build(&workspace)?)))
        .collect::<Result<_, Failure>>()?;
    let mut outcomes = Vec::new();
    for case in &request.cases {
        let field: Vec<&Entry> = request
            .field(case)
            .filter_map(|server| entries.iter().find(|(one, _)| *one == server))
            .collect();
        let outcome = compare(case, &field, &request)?;
        if request.output == Output::Text {
            println!("{}", outcome.table());
        }
        outcomes.push(outcome);
    }
    if request.output == Output::Json {
        let cases: Vec<_> = outcomes.iter().map(Outcome::json).collect();
        println!("{}", json!({ "cases": cases }));
    }
    match request.gate {
        Some(_) => gate(&outcomes),
        None => Ok(()),
    }
}

/// Every server once a round, each time a new process, so that what changes on the machine meets them all.
fn compare(case: &'static Case, entries: &[&Entry], request: &Request) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::new(case, entries.iter().map(|(contestant, _)| contestant.name));
    for round in 1..=request.rounds {
        for (row, (contestant, command)) in entries.iter().enumerate() {
            eprintln!(
                "{}: round {round} of {}, {}",
                case.name, request.rounds, contestant.name
            );
            let sample = Server::start(command, None, request.cores)
                .and_then(|server| case.measure(&server, contestant.coding, request.length))
                .map_err(|why| {
                    Failure::failed(format!("{}, {}: {why}", case.name, contestant.name))
                })?;
            outcome.add(row, sample);
        }
    }
    Ok(outcome)
}

fn gate(outcomes: &[Outcome]) -> Result<(), Failure> {
    let breaches: Vec<String> = outcomes.iter().filter_map(Outcome::breach).collect();
    if breaches.is_empty() {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "the gate does not hold\n{}",
        breaches.join("\n")
    )))
}
