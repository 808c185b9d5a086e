//! A program that `cargo install` makes, in the version that we know.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::failure::Failure;
use crate::installation::{self, Installation};
use crate::process;
use crate::workspace;

/// A busy machine compiles a large program for many minutes.
const BUILD_LIMIT: Duration = Duration::from_secs(1800);

/// A subcommand of cargo, such as `cargo-fuzz`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CargoTool {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// What makes it tell its version.
    pub(crate) ask: &'static [&'static str],
}

impl CargoTool {
    /// The program of this version in `.cache`, installed if it is not there.
    pub(crate) fn install(self, root: &Path) -> Result<PathBuf, Failure> {
        let list = format!("{} {}\n", self.name, self.version);
        let installation = Installation::at(root.join(".cache").join(self.name), list);
        let program = installation.path("bin").join(self.name);
        let is_ready = || installation.is_made() && self.is(&program);
        if !is_ready() {
            installation.make(is_ready, || self.make(&installation))?;
        }
        Ok(program)
    }

    fn make(self, installation: &Installation) -> Result<(), Failure> {
        let mut cargo = workspace::cargo();
        cargo.args(["install", self.name, "--locked", "--version"]);
        cargo.arg(format!("={}", self.version));
        cargo.arg("--root").arg(installation.path(""));
        cargo.arg("--target-dir").arg(installation.path("target"));
        let what = format!("{} {}", self.name, self.version);
        installation.long_step(&what, BUILD_LIMIT, &mut cargo)?;
        installation::remove(&installation.path("target"))
    }

    /// Whether `program` is this one, of this version.
    fn is(self, program: &Path) -> bool {
        let told = process::output(Command::new(program).args(self.ask));
        told.is_ok_and(|told| told.split_whitespace().any(|word| word == self.version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_of_another_version_is_not_the_one() {
        let tool = |version| CargoTool {
            name: "cargo-x",
            version,
            ask: &["cargo-x", "27.1.0"],
        };
        assert!(tool("27.1.0").is(Path::new("echo")));
        assert!(!tool("27.1").is(Path::new("echo")));
        assert!(!tool("27.1.0").is(Path::new("no-such-program")));
    }
}
