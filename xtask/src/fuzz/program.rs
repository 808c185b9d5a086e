//! The programs of the targets.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::toolchain::Toolchain;
use crate::failure::Failure;
use crate::process;

/// An input may be so long, in bytes. What needs more is found by the tests of the crates.
const MAX_LEN: u32 = 4096;

/// One input may take so long, in seconds: far more than any does on a machine that is busy with other things.
const TIMEOUT: u32 = 60;

/// A target may take so much memory, in MiB, the sanitizer's own included.
const MEMORY: u32 = 2048;

/// The names of the targets, in order: those of their programs.
pub(super) fn names(root: &Path) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join("fuzz/fuzz_targets"))? {
        let path = entry?.path();
        if let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// All programs, built.
#[derive(Debug)]
pub(super) struct Programs {
    dir: PathBuf,
}

impl Programs {
    /// Builds them.
    pub(super) fn build(toolchain: &Toolchain, root: &Path) -> Result<Self, Failure> {
        let target = root.join("fuzz/target");
        let mut build = toolchain.cargo_fuzz();
        build
            .args(["build", "--target", &toolchain.host, "--target-dir"])
            .arg(&target)
            .current_dir(root);
        process::run(&mut build)?;
        Ok(Self {
            dir: target.join(&toolchain.host).join("release"),
        })
    }

    /// libFuzzer for so long, beginning with what is in `corpora`; new inputs go to the first of them.
    pub(super) fn fuzz(
        &self,
        name: &str,
        seconds: u32,
        artifacts: &Path,
        corpora: &[PathBuf],
    ) -> Command {
        let mut command = self.command(name);
        command
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-timeout={TIMEOUT}"))
            .arg(format!("-rss_limit_mb={MEMORY}"))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .arg("-print_final_stats=1")
            .args(corpora);
        command
    }

    /// Adds to the first corpus the fewest inputs of the others that reach what it does not.
    pub(super) fn merge(&self, name: &str, corpora: &[PathBuf]) -> Command {
        let mut command = self.command(name);
        command
            .args(["-set_cover_merge=1", "-use_counters=0"])
            .args(corpora);
        command
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.dir.join(name));
        command
            .arg(format!("-max_len={MAX_LEN}"))
            // One crate with two versions of itself is no fault of the code.
            .env("ASAN_OPTIONS", "detect_odr_violation=0");
        command
    }
}
