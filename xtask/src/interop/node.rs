//! A directory with the pinned packages of npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::runtime::{self, Launcher};
use crate::failure::Failure;
use crate::installation::Installation;

const MANIFEST: &str = include_str!("../../interop/node/package.json");
const LOCK: &str = include_str!("../../interop/node/package-lock.json");

/// What `undici` asks for.
pub(super) const OLDEST: [u32; 3] = [20, 18, 1];
pub(super) const OLDEST_NPM: [u32; 3] = [8, 0, 0];

/// The version of a package, which the manifest gives exactly.
pub(super) fn pinned(package: &str) -> Option<String> {
    let manifest: Value = serde_json::from_str(MANIFEST).ok()?;
    Some(manifest["dependencies"][package].as_str()?.to_owned())
}

/// The packages in `dir`, installed if they are not there; `None` if there is no Node that could use them.
pub(super) fn prepare(dir: &Path) -> Result<Option<Launcher>, Failure> {
    let installation = Installation::at(dir.to_owned(), format!("{MANIFEST}{LOCK}"));
    let modules = installation.path("node_modules");
    let is_ready = || installation.is_made() && modules.is_dir();
    if !runtime::is_at_least("node", OLDEST) {
        return Ok(None);
    }
    if !is_ready() {
        if !runtime::is_at_least("npm", OLDEST_NPM) {
            return Ok(None);
        }
        installation.make(is_ready, || install(&installation, MANIFEST, LOCK))?;
    }
    Ok(Some(launcher("NODE_PATH", modules)))
}

/// What this manifest asks for, in the versions that were locked, into `node_modules`.
pub(super) fn install(
    installation: &Installation,
    manifest: &str,
    lock: &str,
) -> Result<(), Failure> {
    fs::write(installation.path("package.json"), manifest)?;
    fs::write(installation.path("package-lock.json"), lock)?;
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(installation.path(""));
    installation.step("what package-lock.json names", &mut npm)
}

/// Runs a script, which finds in this variable where something is.
pub(super) fn launcher(variable: &'static str, path: PathBuf) -> Launcher {
    Box::new(move |script| {
        let mut node = Command::new("node");
        node.env_remove("NODE_OPTIONS")
            .env(variable, &path)
            .arg(script);
        node
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_names_no_registry() {
        assert!(!LOCK.contains("://") && !LOCK.contains("\"resolved\""));
        assert!(LOCK.contains("\"integrity\""));
    }

    #[test]
    fn the_lock_is_that_of_the_manifest() {
        let read = |text| serde_json::from_str::<Value>(text).expect("it is JSON");
        let (manifest, lock) = (read(MANIFEST), read(LOCK));
        let pins = manifest["dependencies"]
            .as_object()
            .expect("there are some");
        for (package, version) in pins {
            let locked = &lock["packages"][format!("node_modules/{package}")]["version"];
            assert_eq!(locked, version, "{package}");
        }
    }
}
