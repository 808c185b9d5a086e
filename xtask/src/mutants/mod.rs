//! `cargo xtask mutants`: does a test notice, when the code of the lower crates is changed?
//!
//! cargo-mutants changes one thing at a time and runs the crate's own tests. A change that none of them notices is a
//! line that is run and not looked at. Changes that cannot be noticed, because the code means the same with them,
//! stand in `.cargo/mutants.toml`, each with its reason, and for as long as there is such a change.

mod exclusions;
mod options;
mod outcome;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use options::Options;
use outcome::Outcome;

use crate::cargo_tool::CargoTool;
use crate::failure::Failure;
use crate::installation;
use crate::process::{self, Running};
use crate::workspace::Workspace;

const CARGO_MUTANTS: CargoTool = CargoTool {
    name: "cargo-mutants",
    version: "27.1.0",
    ask: &["mutants", "--version"],
};

/// Less than the shortest that a crowded machine may need for the tests of a crate.
const SHORTEST_TIMEOUT: &str = "30";

/// Strategies are deep, and not every frame of theirs is optimised away.
const STACK: &str = "16777216";

/// For it to end its tests when we are interrupted.
const GRACE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(20);

/// What it exits with when all went well, when a change was not noticed, and when one made a test endless.
const DONE: [i32; 3] = [0, 2, 3];

/// The task.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let Some(options) = Options::read(args)? else {
        return Ok(());
    };
    let workspace = Workspace::load()?;
    let program = CARGO_MUTANTS.install(&workspace.root)?;
    exclusions::check(&program, &workspace.root)?;
    let mut outcomes = Vec::new();
    for name in options.crates.names() {
        let dir = workspace.target.join("mutants").join(name);
        if !options.goes_on {
            installation::remove(&dir)?;
        }
        std::fs::create_dir_all(&dir)?;
        println!("\nmutants: {name}, by its own tests ...");
        change(&program, name, &dir, &options, &workspace.root)?;
        outcomes.push(Outcome::read(name, &dir.join("mutants.out"))?);
    }
    outcome::report(&outcomes)
}

/// Makes every change, in copies of the sources.
fn change(
    program: &PathBuf,
    name: &str,
    dir: &Path,
    options: &Options,
    root: &Path,
) -> Result<(), Failure> {
    let mut mutants = Command::new(program);
    mutants.args(["mutants", "--package", name, "--profile", "mutants"]);
    mutants.args(["--minimum-test-timeout", SHORTEST_TIMEOUT]);
    mutants.arg("--jobs").arg(options.jobs.to_string());
    mutants.arg("--output").arg(dir);
    if options.goes_on {
        mutants.arg("--iterate");
    }
    mutants.args(["--", "--lib", "--tests"]);
    mutants
        .current_dir(root)
        .env("RUST_MIN_STACK", STACK)
        // To know that there is a counterexample is enough.
        .env("PROPTEST_MAX_SHRINK_ITERS", "0")
        .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1");
    let status = finish(&mut Running::start(&mut mutants)?)?;
    process::stop_if_interrupted()?;
    match status.code() {
        Some(code) if DONE.contains(&code) => Ok(()),
        _ => Err(Failure::failed(format!(
            "cargo-mutants ended with {status} before it had changed all of {name}"
        ))),
    }
}

/// Waits for its end. It alone knows the tests that it has started, so it is asked to end before it is killed.
fn finish(mutants: &mut Running) -> Result<ExitStatus, Failure> {
    mutants.wait(Duration::MAX).inspect_err(|_| {
        // An error means that it has ended.
        let _ = mutants.terminate();
        let asked = Instant::now();
        while matches!(mutants.ended(), Ok(None)) && asked.elapsed() < GRACE {
            thread::sleep(POLL);
        }
    })
}
