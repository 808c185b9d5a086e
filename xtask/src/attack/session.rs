//! A run of the task: the rows that were asked for, in their order.

use std::time::Instant;

use super::ground::Ground;
use super::options::{Options, Shape};
use super::promises::Promises;
use super::report::{Outcome, Report};
use super::table::{Held, ROWS, Row, Skip};
use crate::failure::Failure;
use crate::process::stop_if_interrupted;
use crate::workspace::Workspace;

/// The task.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let Some(options) = Options::read(args)? else {
        return Ok(());
    };
    if options.only_list {
        return list();
    }
    attack(&options.rows, options.shape)
}

/// The quick rows, for `ci`.
pub(crate) fn run_short() -> Result<(), Failure> {
    attack(&Options::short(), Shape::Text)
}

fn attack(rows: &[&Row], shape: Shape) -> Result<(), Failure> {
    let ground = Ground::new()?;
    let mut report = Report::new(shape);
    for row in rows {
        let begun = Instant::now();
        let outcome = attempt(row, &ground);
        // Whoever was told to stop has no verdict.
        stop_if_interrupted()?;
        report.add(row, &outcome, begun.elapsed());
    }
    report.end()
}

fn attempt(row: &Row, ground: &Ground) -> Outcome {
    let run = match row.held {
        Held::Here(_, run) => run,
        Held::Tests | Held::Nowhere(_) => {
            return Outcome::Failed(Failure::failed("it is not run here"));
        }
    };
    match run(ground) {
        Ok(Ok(verdict)) if verdict.holds() => Outcome::Held(verdict),
        Ok(Ok(verdict)) => Outcome::Breached(verdict),
        Ok(Err(Skip(why))) => Outcome::Skipped(why),
        Err(failure) => Outcome::Failed(failure),
    }
}

/// Tells of each row what holds it.
fn list() -> Result<(), Failure> {
    let promises = Promises::read(&Workspace::load()?.root)?;
    for row in ROWS {
        println!("{:5} {}", row.number, row.what);
        match row.held {
            Held::Here(pace, _) => println!("      this task, {}", pace.told()),
            Held::Tests => {}
            Held::Nowhere(why) => println!("      NOT HELD: {why}"),
        }
        for test in promises.tests(row.number) {
            println!("      {test}");
        }
    }
    Ok(())
}
