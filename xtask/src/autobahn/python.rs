//! A Python 2.7 that really runs: the suite needs one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;

/// Asks for the modules that the suite cannot do without, and tells where the C headers would be.
const PROBE: &str = "import ctypes, ssl, sys, sysconfig, zlib; assert sys.version_info[:2] == (2, 7); \
                     sys.stdout.write(sysconfig.get_config_var('INCLUDEPY'))";

/// An interpreter.
#[derive(Debug)]
pub(super) struct Python {
    pub(super) program: PathBuf,
    /// Two packages of the suite are compiled against these.
    pub(super) has_headers: bool,
}

/// The first that runs: on PATH, then pyenv's. What pyenv puts on PATH may refuse to run, so each is tried.
pub(super) fn find() -> Option<Python> {
    let on_path = ["python2.7", "python2"].map(PathBuf::from);
    on_path.into_iter().chain(of_pyenv()).find_map(probe)
}

fn probe(program: PathBuf) -> Option<Python> {
    let headers = process::output(Command::new(&program).args(["-c", PROBE])).ok()?;
    Some(Python {
        has_headers: Path::new(headers.trim()).join("Python.h").is_file(),
        program,
    })
}

fn of_pyenv() -> Vec<PathBuf> {
    let Some(root) = pyenv_root() else {
        return Vec::new();
    };
    let Ok(versions) = root.join("versions").read_dir() else {
        return Vec::new();
    };
    let mut names: Vec<OsString> = versions
        .flatten()
        .map(|version| version.file_name())
        .collect();
    names.retain(|name| name.to_string_lossy().starts_with("2.7"));
    names.sort();
    let versions = names
        .iter()
        .rev()
        .map(|name| root.join("versions").join(name));
    versions
        .map(|version| version.join("bin/python2.7"))
        .collect()
}

fn pyenv_root() -> Option<PathBuf> {
    let told = process::output(Command::new("pyenv").arg("root")).ok()?;
    Some(PathBuf::from(told.trim()))
}
