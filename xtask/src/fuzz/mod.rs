//! `cargo xtask fuzz`: the fuzz targets under libFuzzer.
//!
//! What is found goes to `target/fuzz`, so that a run changes nothing that git tracks, unless `--keep` asks for it.

mod campaign;
mod options;
mod outcome;
mod program;
mod table;
mod toolchain;

use campaign::Campaign;
use options::Options;
use program::Programs;
use toolchain::Toolchain;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// How a run that did not fail has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// There is no nightly compiler, and that was allowed.
    Skipped,
}

/// The task.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let workspace = Workspace::load()?;
    let targets = program::names(&workspace.root)?;
    match Options::read(args, &targets)? {
        None => Ok(()),
        Some(options) => fuzz(&options, &workspace).map(drop),
    }
}

/// The task for `ci`, which goes on without a nightly compiler: a short run of every target.
pub(crate) fn run_or_skip() -> Result<Outcome, Failure> {
    let workspace = Workspace::load()?;
    let targets = program::names(&workspace.root)?;
    fuzz(&Options::for_ci(targets), &workspace)
}

fn fuzz(options: &Options, workspace: &Workspace) -> Result<Outcome, Failure> {
    let Some(toolchain) = Toolchain::find(&workspace.root)? else {
        process::stop_if_interrupted()?;
        if options.allow_skip {
            println!("SKIPPED: {}", Toolchain::MISSING);
            return Ok(Outcome::Skipped);
        }
        return Err(Failure::failed(Toolchain::MISSING));
    };
    let programs = Programs::build(&toolchain, &workspace.root)?;
    let mut campaign = Campaign::new(programs, workspace, options)?;
    let outcomes = campaign.run()?;
    let judged = table::report(&outcomes);
    if options.keep && judged.is_ok() {
        campaign.keep()?;
    }
    judged.map(|()| Outcome::Passed)
}
