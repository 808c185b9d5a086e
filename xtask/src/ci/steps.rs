//! The steps of `ci`. Every call of cargo keeps to Cargo.lock.

use std::fs;
use std::process::Command;

use super::no_std;
#[cfg(target_os = "linux")]
use crate::attack;
use crate::autobahn;
use crate::coverage;
use crate::decide;
use crate::failure::Failure;
use crate::fuzz;
use crate::interop;
use crate::layers;
use crate::process;
use crate::tidy;
use crate::workspace::{self, Member, Workspace};

/// One step.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) run: fn(&Workspace) -> Result<Outcome, Failure>,
}

/// How a step that did not fail has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    /// Not done, and why.
    Skipped(&'static str),
}

/// All of them, in their order. A further task of xtask becomes a step by a line here.
pub(super) const STEPS: &[Step] = &[
    Step {
        name: "lock",
        what: "Cargo.lock is up to date",
        run: lock,
    },
    Step {
        name: "fmt",
        what: "the format",
        run: fmt,
    },
    Step {
        name: "clippy",
        what: "clippy, warnings are errors, each package alone",
        run: clippy,
    },
    Step {
        name: "check",
        what: "each crate builds alone",
        run: check,
    },
    Step {
        name: "layers",
        what: "who may know whom",
        run: |_| layers::run(&[]).map(passed),
    },
    Step {
        name: "tidy",
        what: "the rules of style",
        run: |_| tidy::run(&[]).map(passed),
    },
    Step {
        name: "test",
        what: "all tests, those in the documentation too, by the README's command",
        run: test,
    },
    Step {
        name: "decided",
        what: "the tests that go through all inputs of a kind, in release",
        run: |_| decide::run(&[]).map(passed),
    },
    Step {
        name: "replay",
        what: "the fuzz targets: format, clippy, every input of every corpus",
        run: replay,
    },
    Step {
        name: "coverage",
        what: "every line of the lower crates is run by their own tests",
        run: coverage,
    },
    Step {
        name: "doc",
        what: "the documentation, warnings are errors",
        run: doc,
    },
    Step {
        name: "no-std",
        what: "ws-frame links without std",
        run: |workspace| no_std::run(workspace).map(passed),
    },
    Step {
        name: "autobahn",
        what: "the Autobahn Testsuite, against the server and against the client",
        run: autobahn,
    },
    Step {
        name: "attack",
        what: "the quick attacks against the release echo, each within its bounds",
        run: attack,
    },
    Step {
        name: "fuzz",
        what: "ten seconds of each fuzz target",
        run: fuzz,
    },
    Step {
        name: "interop",
        what: "clients and oracles that other people wrote",
        run: interop,
    },
];

/// What the README promises to work.
const TEST: &[&str] = &["test", "--workspace"];

fn lock(_: &Workspace) -> Result<Outcome, Failure> {
    process::output(workspace::cargo().args(["metadata", "--locked", "--format-version", "1"]))?;
    Ok(Outcome::Passed)
}

fn fmt(_: &Workspace) -> Result<Outcome, Failure> {
    process::run(workspace::cargo().args(["fmt", "--all", "--check"])).map(passed)
}

fn clippy(workspace: &Workspace) -> Result<Outcome, Failure> {
    let lint = |member: &Member, more: &[&str]| {
        let mut cargo = workspace::cargo();
        cargo.args([
            "clippy",
            "--locked",
            "--all-targets",
            "--package",
            &member.name,
        ]);
        cargo
            .arg("--no-deps")
            .args(more)
            .args(["--", "--deny", "warnings"]);
        cargo
    };
    run_all(
        workspace
            .members
            .iter()
            .flat_map(|member| variants(member, lint)),
    )
}

fn check(workspace: &Workspace) -> Result<Outcome, Failure> {
    let build = |member: &Member, more: &[&str]| {
        let mut cargo = workspace::cargo();
        cargo
            .args(["check", "--locked", "--package", &member.name])
            .args(more);
        cargo
    };
    let crates = workspace
        .members
        .iter()
        .filter(|member| member.dir.starts_with("crates"));
    run_all(crates.flat_map(|member| variants(member, build)))
}

fn test(workspace: &Workspace) -> Result<Outcome, Failure> {
    let promised = format!("cargo {}", TEST.join(" "));
    let readme = fs::read_to_string(workspace.root.join("README.md")).unwrap_or_default();
    let told = if readme.contains(&promised) {
        Ok(())
    } else {
        Err(Failure::failed(format!(
            "README.md does not name the command `{promised}`"
        )))
    };
    process::run(workspace::cargo().args(TEST).current_dir(&workspace.root))?;
    told.map(passed)
}

/// `fuzz` is a workspace of its own, so none of the other steps sees it.
fn replay(workspace: &Workspace) -> Result<Outcome, Failure> {
    let manifest = workspace.root.join("fuzz/Cargo.toml");
    let cargo = |args: &[&str], more: &[&str]| {
        let mut cargo = workspace::cargo();
        cargo
            .args(args)
            .arg("--manifest-path")
            .arg(&manifest)
            .args(more);
        cargo
    };
    run_all(
        [
            cargo(&["fmt", "--check"], &[]),
            cargo(
                &["clippy", "--locked", "--all-targets", "--no-deps"],
                &["--", "--deny", "warnings"],
            ),
            cargo(&["test", "--locked"], &[]),
        ]
        .into_iter(),
    )
}

fn doc(_: &Workspace) -> Result<Outcome, Failure> {
    let mut cargo = workspace::cargo();
    cargo
        .args(["doc", "--locked", "--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings");
    process::run(&mut cargo).map(passed)
}

fn autobahn(_: &Workspace) -> Result<Outcome, Failure> {
    Ok(match autobahn::run_or_skip()? {
        autobahn::Outcome::Passed => Outcome::Passed,
        autobahn::Outcome::Skipped => {
            Outcome::Skipped("there is no way to run the suite here, see above")
        }
    })
}

#[cfg(target_os = "linux")]
fn attack(_: &Workspace) -> Result<Outcome, Failure> {
    attack::run_short().map(passed)
}

#[cfg(not(target_os = "linux"))]
fn attack(_: &Workspace) -> Result<Outcome, Failure> {
    Ok(Outcome::Skipped("it needs Linux"))
}

fn fuzz(_: &Workspace) -> Result<Outcome, Failure> {
    Ok(match fuzz::run_or_skip()? {
        fuzz::Outcome::Passed => Outcome::Passed,
        fuzz::Outcome::Skipped => Outcome::Skipped("there is no way to fuzz here, see above"),
    })
}

fn coverage(workspace: &Workspace) -> Result<Outcome, Failure> {
    Ok(match coverage::run_or_skip(workspace)? {
        coverage::Outcome::Passed => Outcome::Passed,
        coverage::Outcome::Skipped => {
            Outcome::Skipped("there is nothing to measure with here, see above")
        }
    })
}

fn interop(_: &Workspace) -> Result<Outcome, Failure> {
    Ok(match interop::run_or_skip()? {
        interop::Outcome::Passed => Outcome::Passed,
        interop::Outcome::Skipped => Outcome::Skipped("something cannot run here, see above"),
    })
}

fn passed((): ()) -> Outcome {
    Outcome::Passed
}

/// The command for a package, and where features are on by default the one without them.
fn variants(member: &Member, command: impl Fn(&Member, &[&str]) -> Command) -> Vec<Command> {
    let mut commands = vec![command(member, &[])];
    if member.has_default_features {
        commands.push(command(member, &["--no-default-features"]));
    }
    commands
}

/// Runs every command, also after one has failed.
fn run_all(commands: impl Iterator<Item = Command>) -> Result<Outcome, Failure> {
    let mut failures = Vec::new();
    for mut command in commands {
        if let Err(failure) = process::run(&mut command) {
            process::stop_if_interrupted()?;
            failures.push(failure.to_string());
        }
    }
    if failures.is_empty() {
        return Ok(Outcome::Passed);
    }
    Err(Failure::failed(failures.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failing_command_does_not_stop_the_others() {
        let sh = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        let commands = [sh("exit 1"), sh("exit 0"), sh("exit 2")];
        let failure = run_all(commands.into_iter()).expect_err("two of them fail");
        let told: Vec<String> = failure.to_string().lines().map(str::to_owned).collect();
        assert_eq!(told.len(), 2);
        assert!(told[1].contains("exit 2"), "{failure}");
    }
}
