//! `cargo xtask autobahn`: the Autobahn Testsuite against a server or a client, every case gated.

mod cases;
mod environment;
mod fuzzing_server;
mod options;
mod python;
mod report;
mod testsuite;
mod wstest;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

pub(crate) use cases::{CaseId, expected};
use options::{Compression, Half, Options};
use report::Verdict;
pub(crate) use testsuite::{Cases, Testsuite};

use crate::failure::Failure;
use crate::installation;
use crate::server::{self, Server};
use crate::workspace::Workspace;

/// How a run that did not fail has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// There is no way to run the suite here, and that was allowed.
    Skipped,
}

/// The task.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    match Options::read(args)? {
        None => Ok(()),
        Some(options) => run_suite(&options).map(drop),
    }
}

/// The task for `ci`, which goes on without the suite: both halves.
pub(crate) fn run_or_skip() -> Result<Outcome, Failure> {
    for half in [Half::Server, Half::Client] {
        let options = Options {
            half,
            compression: Compression::Deflate,
            allow_skip: true,
            ..Options::default()
        };
        if run_suite(&options)? == Outcome::Skipped {
            return Ok(Outcome::Skipped);
        }
    }
    Ok(Outcome::Passed)
}

fn run_suite(options: &Options) -> Result<Outcome, Failure> {
    let expected = cases::expected(&options.cases, options.excluded())?;
    let workspace = Workspace::load()?;
    let Some(suite) = Testsuite::find(&workspace, options.wstest.as_deref())? else {
        return if options.allow_skip {
            Ok(Outcome::Skipped)
        } else {
            Err(Failure::failed(
                "nothing was tested (--allow-skip would let that pass)",
            ))
        };
    };
    if options.half == Half::Client {
        let client = workspace.example("blocking_std")?;
        let dir = workspace.target.join("autobahn-client");
        fuzzing_server::test(&client, &suite.wstest, options, &expected, &dir)?;
        return Ok(Outcome::Passed);
    }
    let program = match options.server.as_slice() {
        [] => {
            let mut echo = server::echo(&workspace)?;
            echo.extend(options.program_flags().iter().map(|&flag| flag.to_owned()));
            echo
        }
        given => given.to_vec(),
    };
    test(
        &program,
        &suite,
        options,
        &expected,
        &workspace.target.join("autobahn"),
    )?;
    Ok(Outcome::Passed)
}

/// Runs the suite against the program, with everything in `dir`.
fn test(
    program: &[String],
    suite: &Testsuite,
    options: &Options,
    expected: &[CaseId],
    dir: &Path,
) -> Result<(), Failure> {
    installation::clear(dir)?;
    let mut server = Server::start(program, &dir.join("server.log"))?;
    println!("autobahn: testing ws://{} ...", server.address());

    let start = Instant::now();
    let cases = Cases {
        patterns: &options.cases,
        excluded: options.excluded(),
    };
    suite.run(server.address(), cases, dir, options.time_limit)?;
    let took = start.elapsed();
    server.still_there()?;
    gate(expected, took, dir)
}

/// Tells what the suite has reported in `dir`; fails unless every case is fine.
fn gate(expected: &[CaseId], took: Duration, dir: &Path) -> Result<(), Failure> {
    let index = dir.join("reports/index.json");
    let text = fs::read_to_string(&index)
        .map_err(|error| Failure::failed(format!("{}: {error}", index.display())))?;
    let outcomes = report::read(&text, &dir.join("reports"))?;
    println!(
        "autobahn: {} of {} cases in {:.1} s, {}",
        outcomes.len(),
        expected.len(),
        took.as_secs_f64(),
        dir.join("reports/index.html").display()
    );
    Verdict::of(&outcomes, expected).report()
}
