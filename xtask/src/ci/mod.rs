//! `cargo xtask ci`: everything that has to hold before a change goes in.

mod no_std;
mod options;
mod steps;
mod summary;

use std::time::Instant;

use options::Options;
use steps::{Outcome, STEPS};
use summary::Summary;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// The task. A failing step does not stop the others, so that one run tells all.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let Some(options) = Options::read(args)? else {
        return Ok(());
    };
    let workspace = Workspace::load()?;
    let mut summary = Summary::default();
    for step in STEPS.iter().filter(|step| options.wants(step.name)) {
        println!("\n==== {}: {}", step.name, step.what);
        let start = Instant::now();
        let ended = if options.skips(step.name) {
            Ok(Outcome::Skipped("asked for by --skip"))
        } else {
            (step.run)(&workspace)
        };
        match &ended {
            Ok(Outcome::Passed) => {}
            Ok(Outcome::Skipped(why)) => println!("**** SKIPPED {}: {why}", step.name),
            Err(failure) => println!("**** FAILED {}: {failure}", step.name),
        }
        summary.add(step.name, start.elapsed(), ended);
        process::stop_if_interrupted()?;
    }
    summary.report()
}
