//! A virtual environment with the pinned packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::runtime::{self, Launcher};
use crate::failure::Failure;
use crate::installation::Installation;
use crate::pip;
use crate::process;

const REQUIREMENTS: &str = include_str!("../../interop/python/requirements.txt");

/// What `websockets` asks for; `wsproto` is content with less.
const OLDEST: [u32; 3] = [3, 11, 0];
const PROGRAMS: &[&str] = &[
    "python3",
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
];

/// Imports of our own files only, and no files left beside them.
const ISOLATED: &[&str] = &["-E", "-s", "-B"];

/// The version of a `package==version`.
pub(super) fn pinned(package: &str) -> Option<String> {
    REQUIREMENTS
        .lines()
        .filter_map(|line| line.split_once("=="))
        .find(|(name, _)| *name == package)
        .map(|(_, version)| version.trim().to_owned())
}

/// The environment in `dir`, made if it is not there; `None` if there is no Python that could.
pub(super) fn prepare(dir: &Path) -> Result<Option<Launcher>, Failure> {
    let installation = Installation::at(dir.to_owned(), REQUIREMENTS.to_owned());
    let program = installation.path("env/bin/python");
    if !is_ready(&installation, &program) {
        let Some(python) = PROGRAMS
            .iter()
            .find(|python| runtime::is_at_least(python, OLDEST))
        else {
            return Ok(None);
        };
        installation.make(
            || is_ready(&installation, &program),
            || install(&installation, python, &program),
        )?;
    }
    Ok(Some(launcher(program)))
}

fn is_ready(installation: &Installation, program: &Path) -> bool {
    let mut import = Command::new(program);
    import
        .args(ISOLATED)
        .args(["-c", "import websockets, wsproto"]);
    installation.is_made() && process::output(&mut import).is_ok()
}

fn install(installation: &Installation, python: &str, program: &Path) -> Result<(), Failure> {
    let mut venv = Command::new(python);
    venv.args(["-m", "venv"]).arg(installation.path("env"));
    pip::keep_here(&mut venv);
    installation.step("a virtual environment", &mut venv)?;
    let mut install = Command::new(program);
    install
        .args(["-m", "pip", "install", "--no-input", "--no-deps"])
        .args(REQUIREMENTS.split_whitespace());
    pip::keep_here(&mut install);
    let packages: Vec<&str> = REQUIREMENTS.split_whitespace().collect();
    installation.step(&packages.join(" "), &mut install)
}

fn launcher(program: PathBuf) -> Launcher {
    Box::new(move |script| {
        let mut python = Command::new(&program);
        python.args(ISOLATED).arg(script);
        python
    })
}
