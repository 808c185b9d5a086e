//! `cargo xtask autobahn`: the Autobahn Testsuite against a server or a client, every case gated.

mod cases;
mod environment;
mod fuzzing_server;
mod options;
mod python;
mod report;
mod wstest;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use cases::CaseId;
use options::{Half, Options};
use report::Verdict;
use wstest::Wstest;

use crate::failure::Failure;
use crate::server::{self, Server};
use crate::workspace::Workspace;

/// How a run that did not fail has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// There is no way to run the suite here, and that was allowed.
    Skipped,
}

const HOW_TO_GET_IT: &str = "\
SKIPPED: the Autobahn Testsuite cannot run here. It needs one of
  - `wstest` on PATH, or --wstest PATH
  - Python 2.7 (python2.7 on PATH; or `pyenv install 2.7.18`; on Debian 11: apt-get install python2.7-dev) and a C
    compiler: the environment is then made by itself
  - a container engine that runs: docker or podman";

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
    let expected = cases::selected(&options.cases);
    if expected.is_empty() {
        return Err(Failure::usage(format!(
            "no case is called {}",
            options.cases.join(",")
        )));
    }
    let workspace = Workspace::load()?;
    let found = match &options.wstest {
        Some(path) => Some(wstest::named(path)?),
        None => wstest::find(workspace.root.join(".cache/autobahn"))?,
    };
    let Some(wstest) = found else {
        println!("{HOW_TO_GET_IT}");
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
        fuzzing_server::test(&client, &wstest, options, &expected, &dir)?;
        return Ok(Outcome::Passed);
    }
    let program = match options.server.as_slice() {
        [] => server::echo(&workspace)?,
        given => given.to_vec(),
    };
    test(
        &program,
        &wstest,
        options,
        &expected,
        &workspace.target.join("autobahn"),
    )?;
    Ok(Outcome::Passed)
}

/// Runs the suite against the program, with everything in `dir`.
fn test(
    program: &[String],
    wstest: &Wstest,
    options: &Options,
    expected: &[CaseId],
    dir: &Path,
) -> Result<(), Failure> {
    make_empty(dir)?;
    let mut server = Server::start(program, &dir.join("server.log"))?;
    fs::write(
        dir.join("spec.json"),
        spec(server.address(), &options.cases),
    )?;
    println!("autobahn: testing ws://{} ...", server.address());

    let start = Instant::now();
    wstest.run(dir, &dir.join("wstest.log"), options.time_limit)?;
    let took = start.elapsed();
    server.still_there()?;
    gate(expected, took, dir)
}

/// A directory without what an earlier run has left.
fn make_empty(dir: &Path) -> Result<(), Failure> {
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    Ok(fs::create_dir_all(dir)?)
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

/// What the suite is told to do. Its paths are relative to where it runs, so that a container can use them.
fn spec(address: &str, cases: &[String]) -> String {
    let spec = serde_json::json!({
        "outdir": "./reports",
        "servers": [{"agent": "TinyWs", "url": format!("ws://{address}")}],
        "cases": cases,
        "exclude-cases": [],
        "exclude-agent-cases": {},
    });
    format!("{spec:#}\n")
}
