//! The tests of one crate, built so that they count what they run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::report::Counts;
use super::tools::Tools;
use crate::failure::Failure;
use crate::installation;
use crate::process;
use crate::test_program;
use crate::workspace::{self, Workspace};

/// Programs that write down, when they end, how often each part of them was run.
#[derive(Debug)]
pub(super) struct Instrumented {
    name: String,
    root: PathBuf,
    /// The directory of a build of its own, so that no other one has to be repeated.
    target: PathBuf,
    profiles: PathBuf,
    programs: Vec<PathBuf>,
}

impl Instrumented {
    /// Builds the unit tests and the files of `tests/`.
    pub(super) fn build(name: &str, workspace: &Workspace) -> Result<Self, Failure> {
        let target = workspace.target.join("coverage");
        let mut instrumented = Self {
            name: name.to_owned(),
            root: workspace.root.clone(),
            profiles: target.join("profiles").join(name),
            target,
            programs: Vec::new(),
        };
        let mut build = instrumented.cargo_test();
        build.args(["--no-run", "--message-format", "json"]);
        let told = process::output(&mut build)?;
        instrumented.programs = told.lines().filter_map(test_program::named_in).collect();
        Ok(instrumented)
    }

    /// Runs them, and gives the counts of every line of the crate.
    pub(super) fn run(&self, tools: &Tools) -> Result<Counts, Failure> {
        // Build scripts have counted, too.
        installation::remove(&self.profiles)?;
        fs::create_dir_all(&self.profiles)?;
        process::run(self.cargo_test().args(["--", "--quiet"]))?;
        let merged = self.profiles.join("all.profdata");
        let mut merge = tools.profdata();
        merge.args(["merge", "--sparse"]).arg(&self.profiles);
        process::output(merge.arg("--output").arg(&merged))?;
        let mut export = tools.cov();
        export.args(["export", "--format", "lcov", "--instr-profile"]);
        export.arg(&merged);
        for program in &self.programs {
            export.arg("--object").arg(program);
        }
        let sources = Path::new("crates").join(&self.name).join("src");
        export.arg("--sources").arg(self.root.join(sources));
        Counts::read(&process::output(&mut export)?, &self.root)
    }

    fn cargo_test(&self) -> Command {
        let mut cargo = workspace::cargo();
        cargo.args(["test", "--locked", "--lib", "--tests", "--package"]);
        cargo.arg(&self.name);
        cargo.arg("--target-dir").arg(&self.target);
        cargo
            .current_dir(&self.root)
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", "-C instrument-coverage")
            .env("CARGO_INCREMENTAL", "0")
            .env("LLVM_PROFILE_FILE", self.profiles.join("%p-%m.profraw"));
        cargo
    }
}
