//! A nightly compiler and cargo-fuzz, which libFuzzer's instrumentation needs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo_tool::CargoTool;
use crate::failure::Failure;
use crate::process;

const CARGO_FUZZ: CargoTool = CargoTool {
    name: "cargo-fuzz",
    version: "0.13.2",
    ask: &["--version"],
};

/// What fuzzing needs beside the sources.
#[derive(Debug)]
pub(super) struct Toolchain {
    cargo_fuzz: PathBuf,
    /// The platform that the compiler runs on.
    pub(super) host: String,
}

impl Toolchain {
    /// Why there is none.
    pub(super) const MISSING: &str =
        "fuzzing needs a nightly compiler: `rustup toolchain install nightly --profile minimal`";

    /// Finds both, and installs cargo-fuzz if only that is missing; `None` without a nightly compiler.
    pub(super) fn find(root: &Path) -> Result<Option<Self>, Failure> {
        let Some(host) = nightly_host() else {
            return Ok(None);
        };
        let on_path = PathBuf::from("cargo-fuzz");
        let cargo_fuzz = match runs(&on_path) {
            true => on_path,
            false => CARGO_FUZZ.install(root)?,
        };
        Ok(Some(Self { cargo_fuzz, host }))
    }

    /// `cargo fuzz` with the nightly compiler.
    pub(super) fn cargo_fuzz(&self) -> Command {
        let mut command = Command::new(&self.cargo_fuzz);
        use_nightly(&mut command);
        command
    }
}

/// The compiler that started us is forgotten, too.
fn use_nightly(command: &mut Command) {
    for stable in ["CARGO", "RUSTC", "RUSTDOC"] {
        command.env_remove(stable);
    }
    command
        .env("RUSTUP_TOOLCHAIN", "nightly")
        .env("RUSTUP_AUTO_INSTALL", "0");
}

fn nightly_host() -> Option<String> {
    let mut rustc = Command::new("rustc");
    use_nightly(&mut rustc);
    host_in(&process::output(rustc.arg("-vV")).ok()?)
}

/// The host in the answer of a nightly compiler to `-vV`; `None` for another compiler.
fn host_in(told: &str) -> Option<String> {
    let value = |key: &str| told.lines().find_map(|line| line.strip_prefix(key));
    value("release: ").filter(|release| release.contains("nightly"))?;
    value("host: ").map(str::to_owned)
}

fn runs(cargo_fuzz: &Path) -> bool {
    process::output(Command::new(cargo_fuzz).arg("--version")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_nightly_compiler_will_do() {
        let told = |release: &str| {
            host_in(&format!(
                "rustc 1\nhost: x86_64-linux\nrelease: {release}\n"
            ))
        };
        assert_eq!(told("1.97.0-nightly").as_deref(), Some("x86_64-linux"));
        assert_eq!(told("1.95.0"), None);
        assert_eq!(told("1.96.0-beta.2"), None);
    }
}
