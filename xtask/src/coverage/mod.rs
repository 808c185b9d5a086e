//! `cargo xtask coverage`: which lines of the lower crates their own tests run.
//!
//! The bound is all of them. A line that no test can run is to be taken out, not to be excused: there is no list of
//! exceptions. The lines of unit tests are not counted.

mod debian;
mod options;
mod program;
mod report;
mod tools;

use std::path::Path;

use options::Options;
use program::Instrumented;
use report::Report;
use tools::{Compiler, Tools};

use crate::failure::Failure;
use crate::source;
use crate::workspace::Workspace;

/// How a run that did not fail has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// There is nothing here to measure with, and that was allowed.
    Skipped,
}

/// The task.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    match Options::read(args)? {
        None => Ok(()),
        Some(options) => cover(&options, &Workspace::load()?).map(drop),
    }
}

/// The task for `ci`, which goes on where nothing can be measured.
pub(crate) fn run_or_skip(workspace: &Workspace) -> Result<Outcome, Failure> {
    cover(&Options::for_ci(), workspace)
}

fn cover(options: &Options, workspace: &Workspace) -> Result<Outcome, Failure> {
    let compiler = Compiler::ask()?;
    let tools = match Tools::find(&compiler, &workspace.root, options.fetch) {
        Ok(tools) => tools,
        Err(why) if options.allow_skip => {
            crate::process::stop_if_interrupted()?;
            println!("SKIPPED: {why}");
            return Ok(Outcome::Skipped);
        }
        Err(why) => return Err(why),
    };
    let mut lines = Vec::new();
    let mut failures = Vec::new();
    for name in options.crates.names() {
        let report = measure(name, &tools, workspace)?;
        report.print();
        lines.push(report.total());
        failures.extend(report.judge().err().map(|failure| failure.to_string()));
    }
    lines.iter().for_each(|line| println!("coverage: {line}"));
    if failures.is_empty() {
        return Ok(Outcome::Passed);
    }
    Err(Failure::failed(failures.join("\n")))
}

/// Runs the crate's own tests and reads what they ran.
fn measure(name: &str, tools: &Tools, workspace: &Workspace) -> Result<Report, Failure> {
    println!("\ncoverage: {name}, by its own tests ...");
    let sources = Path::new("crates").join(name).join("src");
    let files = source::files_under(&workspace.root, &sources)?;
    let sources = source::parse_all(&workspace.root, &files)?;
    let counts = Instrumented::build(name, workspace)?.run(tools)?;
    Report::new(name, &workspace.root, &sources, &counts)
}
