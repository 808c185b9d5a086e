//! `cargo xtask decide`: every test that goes through all inputs of a kind, in release, and how many there were; and
//! those whose figures are of optimised code.

mod tally;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tally::Tally;

use crate::failure::Failure;
use crate::flags::{Flag, Flags};
use crate::logged::{Logged, Next};
use crate::lower_crates::LOWER_CRATES;
use crate::process;
use crate::test_program;
use crate::workspace::{self, Workspace};

const HELP: &str = "\
usage: cargo xtask decide

Runs the tests that go through all inputs of a kind and not a sample of them, in release, one after another, and
prints how many inputs each has decided and how long it took. Without optimisation, in `cargo test`, the largest of
them decide a part that their comments name. Behind them come those that measure:
a bomb, and thousands of connections that come and go.";

/// Longer than the slowest test takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(1800);

/// The tests of one kind in one package: a program.
#[derive(Debug)]
struct Suite {
    package: &'static str,
    test: &'static str,
    /// A `--cfg` for everything that is built, in a target directory of its own.
    cfg: Option<&'static str>,
}

/// Behind the tests called `decided`.
const OTHERS: [Suite; 3] = [
    Suite::new("ws-deflate", "bomb"),
    Suite::new("ws-server", "memory"),
    Suite {
        cfg: Some("loom"),
        ..Suite::new("ws-handler", "loom")
    },
];

/// The task.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    if let Some(Flag::Help | Flag::Named(_)) = Flags::new(args, &[]).next()? {
        println!("{HELP}");
        return Ok(());
    }
    let workspace = Workspace::load()?;
    let mut tally = Tally::default();
    let decided = LOWER_CRATES.iter().map(|name| Suite::new(name, "decided"));
    for suite in decided.chain(OTHERS) {
        let program = suite.build(&workspace)?;
        suite.run(&program, &workspace, &mut tally)?;
    }
    println!("\n{tally}");
    Ok(())
}

impl Suite {
    const fn new(package: &'static str, test: &'static str) -> Self {
        Self {
            package,
            test,
            cfg: None,
        }
    }

    /// The program itself is started, not cargo: one that hangs ends with us.
    fn build(&self, workspace: &Workspace) -> Result<PathBuf, Failure> {
        println!("decide: building `{}` of {} ...", self.test, self.package);
        let mut cargo = workspace::cargo();
        cargo.args(["test", "--release", "--locked", "--no-run"]);
        cargo.args(["--message-format", "json"]);
        cargo.args(["--package", self.package, "--test", self.test]);
        cargo.current_dir(&workspace.root);
        if let Some(cfg) = self.cfg {
            cargo
                .env_remove("CARGO_ENCODED_RUSTFLAGS")
                .env("RUSTFLAGS", format!("--cfg {cfg}"));
            cargo.arg("--target-dir").arg(workspace.target.join(cfg));
        }
        let told = process::output(&mut cargo)?;
        let program = told.lines().find_map(test_program::named_in);
        program.ok_or_else(|| {
            Failure::failed(format!(
                "cargo names no program of the tests called `{}` of {}",
                self.test, self.package
            ))
        })
    }

    /// One test at a time, so that the time between two lines is that of one test.
    fn run(&self, program: &Path, workspace: &Workspace, tally: &mut Tally) -> Result<(), Failure> {
        let log = workspace
            .target
            .join(format!("decide-{}-{}.log", self.package, self.test));
        let mut command = Command::new(program);
        command
            .args(["--nocapture", "--test-threads", "1"])
            .current_dir(workspace.root.join("crates").join(self.package));
        let mut logged = Logged::start(&mut command, &log)?;
        let before = tally.decided();
        let mut start = Instant::now();
        loop {
            match logged.next_line(start + LIMIT)? {
                Next::Line(line) => {
                    if let Some(row) = tally.read(&line, start.elapsed()) {
                        println!("{row}");
                    }
                    start = Instant::now();
                }
                Next::End => break,
                Next::Late => {
                    let end = logged.last_lines();
                    let limit = LIMIT.as_secs();
                    return Err(Failure::failed(format!("no test ended in {limit} s{end}")));
                }
            }
        }
        let status = logged.running().wait(LIMIT)?;
        if !status.success() {
            return Err(Failure::failed(format!(
                "the tests called `{}` of {} ended with {status}{}",
                self.test,
                self.package,
                logged.last_lines()
            )));
        }
        if tally.decided() == before {
            return Err(Failure::failed(format!(
                "the tests called `{}` of {} have told of nothing that they decided",
                self.test, self.package
            )));
        }
        Ok(())
    }
}
