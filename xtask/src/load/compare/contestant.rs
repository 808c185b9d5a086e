//! Who is measured: our echo and the rivals, built in release.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command as Cargo, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::failure::Failure;
use crate::load::generator::{Coding, Command};
use crate::process::Running;
use crate::workspace::{Workspace, cargo};

/// One server, and how it is started.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    /// How its client sends.
    pub(crate) coding: Coding,
    /// The name of its target.
    target: &'static str,
    home: Home,
    flags: &'static [&'static str],
}

/// Where its sources are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Home {
    Examples,
    Peers,
}

/// Ours first; the order in which they take turns.
pub(crate) const CONTESTANTS: &[Contestant] = &[
    Contestant::ours(OURS, Coding::Plain, &[]),
    Contestant::ours(OURS_DEFLATE, Coding::NoTakeover, &["--deflate"]),
    Contestant::ours(OURS_DEFLATE_6, Coding::NoTakeover, &["--level", "6"]),
    Contestant::ours("echo-takeover", Coding::Takeover, &["--takeover", "15"]),
    Contestant::ours("echo-takeover-12", Coding::Takeover, &["--takeover", "12"]),
    Contestant::peer(FASTWEBSOCKETS, Coding::Plain, "fastwebsockets-echo", &[]),
    Contestant::peer(TUNGSTENITE, Coding::Plain, "tungstenite-echo", &[]),
    Contestant::peer(FLOOR, Coding::Plain, "floor-echo", &[]),
    Contestant::peer(SOCKUDO, Coding::NoTakeover, "sockudo-echo", &["--deflate"]),
    Contestant::peer(YAWC, Coding::NoTakeover, "yawc-echo", &["--deflate"]),
    Contestant::peer(
        SOCKUDO_1,
        Coding::NoTakeover,
        "sockudo-echo",
        &["--deflate", "--level", "1"],
    ),
    Contestant::peer(
        YAWC_1,
        Coding::NoTakeover,
        "yawc-echo",
        &["--deflate", "--level", "1"],
    ),
];

pub(crate) const OURS: &str = "echo";
pub(crate) const OURS_DEFLATE: &str = "echo-deflate";
pub(crate) const OURS_DEFLATE_6: &str = "echo-deflate-6";
pub(crate) const FASTWEBSOCKETS: &str = "fastwebsockets";
pub(crate) const TUNGSTENITE: &str = "tungstenite";
pub(crate) const FLOOR: &str = "floor";
pub(crate) const SOCKUDO: &str = "sockudo-deflate";
pub(crate) const YAWC: &str = "yawc-deflate";
pub(crate) const SOCKUDO_1: &str = "sockudo-deflate-1";
pub(crate) const YAWC_1: &str = "yawc-deflate-1";

impl Contestant {
    const fn ours(name: &'static str, coding: Coding, flags: &'static [&'static str]) -> Self {
        Self {
            name,
            coding,
            target: "echo",
            home: Home::Examples,
            flags,
        }
    }

    const fn peer(
        name: &'static str,
        coding: Coding,
        target: &'static str,
        flags: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            coding,
            target,
            home: Home::Peers,
            flags,
        }
    }

    /// Builds it and gives back the command that starts it on a free port.
    pub(crate) fn build(&self, workspace: &Workspace) -> Result<Command, Failure> {
        let mut build = cargo();
        build.args([
            "build",
            "--release",
            "--message-format=json-render-diagnostics",
        ]);
        match self.home {
            Home::Examples => build
                .args(["--package", "examples", "--example", self.target])
                .current_dir(&workspace.root),
            Home::Peers => build
                .args(["--locked", "--bin", self.target])
                .current_dir(workspace.root.join("benches").join("peers")),
        };
        let program = executable(&mut build, self.target)?;
        Ok(Command::new(&program, &self.arguments()))
    }

    fn arguments(&self) -> Vec<&'static str> {
        let mut arguments = vec!["--addr", "127.0.0.1:0"];
        if self.home == Home::Examples {
            arguments.extend(["--workers", "1"]);
        }
        arguments.extend(self.flags);
        arguments
    }
}

/// Runs a cargo that tells what it builds, and finds the program in it.
fn executable(build: &mut Cargo, target: &str) -> Result<PathBuf, Failure> {
    let mut running = Running::start(build.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let mut program = None;
    if let Some(output) = running.child().stdout.take() {
        for line in BufReader::new(output).lines() {
            program = built(&line?, target).or(program);
        }
    }
    if !running.wait(Duration::from_secs(60))?.success() {
        return Err(Failure::failed(format!("{target} could not be built")));
    }
    program.ok_or_else(|| Failure::failed(format!("cargo did not say where {target} is")))
}

/// The program, if this line of cargo's tells that it has been built.
fn built(line: &str, target: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    if message["target"]["name"].as_str() != Some(target) {
        return None;
    }
    message["executable"]
        .as_str()
        .map(|path| Path::new(path).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_in_the_words_of_cargo() {
        let line =
            r#"{"reason":"compiler-artifact","target":{"name":"echo"},"executable":"/t/echo"}"#;
        assert_eq!(built(line, "echo"), Some(PathBuf::from("/t/echo")));
        assert_eq!(built(line, "floor-echo"), None);
        let library =
            r#"{"reason":"compiler-artifact","target":{"name":"echo"},"executable":null}"#;
        assert_eq!(built(library, "echo"), None);
        assert_eq!(built("not json", "echo"), None);
    }
}
