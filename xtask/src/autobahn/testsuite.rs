//! The suite, found and ready to be let loose on an address.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::wstest::{self, Wstest};
use crate::failure::Failure;
use crate::workspace::Workspace;

const HOW_TO_GET_IT: &str = "\
SKIPPED: the Autobahn Testsuite cannot run here. It needs one of
  - `wstest` on PATH, or --wstest PATH
  - Python 2.7 (python2.7 on PATH; or `pyenv install 2.7.18`; on Debian 11: apt-get install python2.7-dev) and a C
    compiler: the environment is then made by itself
  - a container engine that runs: docker or podman";

/// The suite as this machine has it.
#[derive(Debug)]
pub(crate) struct Testsuite {
    pub(super) wstest: Wstest,
}

impl Testsuite {
    /// The program that the caller names, or what can be found or made. `None`, and it was told what it needs, if
    /// there is no way.
    pub(crate) fn find(
        workspace: &Workspace,
        program: Option<&Path>,
    ) -> Result<Option<Self>, Failure> {
        let found = match program {
            Some(path) => Some(wstest::named(path)?),
            None => wstest::find(workspace.root.join(".cache/autobahn"))?,
        };
        if found.is_none() {
            println!("{HOW_TO_GET_IT}");
        }
        Ok(found.map(|wstest| Self { wstest }))
    }

    /// Runs the cases against a server, with everything in `dir`: `spec.json`, `wstest.log`, `reports`.
    pub(crate) fn run(
        &self,
        address: &str,
        cases: Cases<'_>,
        dir: &Path,
        limit: Duration,
    ) -> Result<(), Failure> {
        fs::write(dir.join("spec.json"), spec(address, cases))?;
        self.wstest.run(dir, &dir.join("wstest.log"), limit)
    }
}

/// Cases in the suite's own patterns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cases<'a> {
    pub(crate) patterns: &'a [String],
    pub(crate) excluded: &'a [&'a str],
}

/// What the suite is told to do. Its paths are relative to where it runs, so that a container can use them.
fn spec(address: &str, cases: Cases<'_>) -> String {
    let spec = serde_json::json!({
        "outdir": "./reports",
        "servers": [{"agent": "TinyWs", "url": format!("ws://{address}")}],
        "cases": cases.patterns,
        "exclude-cases": cases.excluded,
        "exclude-agent-cases": {},
    });
    format!("{spec:#}\n")
}
