//! LLVM from Debian's archive, unpacked into a directory: the system stays as it is, and nobody need be root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tools::Tools;
use crate::failure::Failure;
use crate::installation::Installation;
use crate::process;

/// The tools of this version under `dir`, fetched if they are not there; `None` without apt.
pub(super) fn tools(version: u32, dir: PathBuf) -> Result<Option<Tools>, Failure> {
    let package = format!("llvm-{version}");
    let installation = Installation::at(dir, format!("{package}\n"));
    if !installation.is_made() {
        let has = |program: &str| process::output(Command::new(program).arg("--version")).is_ok();
        if !(has("apt-get") && has("dpkg-deb")) {
            return Ok(None);
        }
        installation.make(
            || installation.is_made(),
            || install(&installation, &package),
        )?;
    }
    let root = installation.path("root");
    let llvm = root.join("usr/lib").join(&package);
    let mut libraries = vec![llvm.join("lib")];
    libraries.extend(multiarch(&root.join("usr/lib")));
    Ok(Some(Tools {
        cov: llvm.join("bin/llvm-cov"),
        profdata: llvm.join("bin/llvm-profdata"),
        libraries,
    }))
}

fn install(installation: &Installation, package: &str) -> Result<(), Failure> {
    let archives = installation.path("archives");
    for dir in [installation.path("lists/partial"), archives.join("partial")] {
        fs::create_dir_all(dir)?;
    }
    let mut update = apt(installation);
    installation.step("the list of Debian's packages", update.arg("update"))?;
    let mut download = apt(installation);
    download.args(["--yes", "--no-install-recommends", "--download-only"]);
    download.args(["install", package]);
    installation.step(package, &mut download)?;
    for entry in fs::read_dir(&archives)? {
        let archive = entry?.path();
        if archive
            .extension()
            .is_some_and(|extension| extension == "deb")
        {
            let mut unpack = Command::new("dpkg-deb");
            unpack.arg("--extract").arg(&archive);
            unpack.arg(installation.path("root"));
            let name = archive.file_name().unwrap_or_default();
            installation.step(&name.to_string_lossy(), &mut unpack)?;
        }
    }
    crate::installation::remove(&archives)?;
    crate::installation::remove(&installation.path("lists"))
}

/// `apt-get` that keeps its lists and its archives here, so that it needs no rights.
fn apt(installation: &Installation) -> Command {
    let mut apt = Command::new("apt-get");
    let mut set = |name: &str, path: &Path| {
        apt.arg("--option")
            .arg(format!("{name}={}", path.display()));
    };
    set("Dir::State::lists", &installation.path("lists"));
    set("Dir::Cache", &installation.path(""));
    set("Dir::Cache::archives", &installation.path("archives"));
    apt.args(["--option", "Debug::NoLocking=1"]);
    apt
}

/// `usr/lib/x86_64-linux-gnu`, whatever the machine.
fn multiarch(lib: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(lib).into_iter().flatten().flatten();
    let dirs = entries.map(|entry| entry.path());
    dirs.filter(|dir| dir.to_string_lossy().ends_with("-linux-gnu"))
        .collect()
}
