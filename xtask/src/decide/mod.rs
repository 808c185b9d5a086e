//! `cargo xtask decide`: every test that goes through all inputs of a kind, in release, and how many there were.

mod tally;

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use tally::Tally;

use crate::failure::Failure;
use crate::flags::{Flag, Flags};
use crate::logged::{Logged, Next};
use crate::process;
use crate::workspace::{self, Workspace};

const HELP: &str = "\
usage: cargo xtask decide

Runs the tests that go through all inputs of a kind and not a sample of them, in release, one after another, and
prints how many inputs each has decided and how long it took. Without optimisation, in `cargo test`, the largest of
them decide a part that their comments name.";

/// Longer than the slowest test takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(1800);

/// The tests of one kind, which cargo builds and runs with one command.
#[derive(Debug)]
struct Suite {
    packages: &'static [&'static str],
    test: &'static str,
    /// A `--cfg` for everything that is built, in a target directory of its own.
    cfg: Option<&'static str>,
}

const SUITES: &[Suite] = &[
    Suite {
        packages: &["ws-frame", "ws-connection", "ws-handshake"],
        test: "decided",
        cfg: None,
    },
    Suite {
        packages: &["ws-handler"],
        test: "loom",
        cfg: Some("loom"),
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
    for suite in SUITES {
        process::run(suite.command(&workspace).arg("--no-run"))?;
        suite.run(&workspace, &mut tally)?;
    }
    println!("\n{tally}");
    Ok(())
}

impl Suite {
    fn command(&self, workspace: &Workspace) -> Command {
        let mut cargo = workspace::cargo();
        cargo.args(["test", "--release", "--locked"]);
        for package in self.packages {
            cargo.args(["--package", package]);
        }
        cargo
            .args(["--test", self.test])
            .current_dir(&workspace.root);
        if let Some(cfg) = self.cfg {
            cargo.env("RUSTFLAGS", format!("--cfg {cfg}"));
            cargo.arg("--target-dir").arg(workspace.target.join(cfg));
        }
        cargo
    }

    /// One test at a time, so that the time between two lines is that of one test.
    fn run(&self, workspace: &Workspace, tally: &mut Tally) -> Result<(), Failure> {
        let log = workspace.target.join(format!("decide-{}.log", self.test));
        fs::create_dir_all(&workspace.target)?;
        let mut command = self.command(workspace);
        command.args(["--", "--nocapture", "--test-threads", "1"]);
        let mut logged = Logged::start(&mut command, &log)?;
        let before = tally.len();
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
                "the tests called `{}` ended with {status}{}",
                self.test,
                logged.last_lines()
            )));
        }
        if tally.len() == before {
            return Err(Failure::failed(format!(
                "the tests called `{}` have told of nothing that they decided",
                self.test
            )));
        }
        Ok(())
    }
}
