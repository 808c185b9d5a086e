//! What the clients run on, and the environments with their libraries.

use std::path::Path;
use std::process::Command;

use super::{chromium, node, python};
use crate::failure::Failure;
use crate::process;

/// An interpreter with its packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runtime {
    Python,
    Node,
    /// A browser, which a script of Node drives.
    Chromium,
}

/// Makes the command that runs a script with the pinned libraries.
pub(super) type Launcher = Box<dyn Fn(&Path) -> Command>;

impl Runtime {
    /// The pinned version of a package.
    pub(super) fn pinned(self, package: &str) -> Option<String> {
        match self {
            Self::Python => python::pinned(package),
            Self::Node => node::pinned(package),
            Self::Chromium => Some(chromium::VERSION.to_owned()),
        }
    }

    /// Installs the pinned libraries under `cache`, once. `None` if the runtime is not there.
    pub(super) fn prepare(self, cache: &Path) -> Result<Option<Launcher>, Failure> {
        match self {
            Self::Python => python::prepare(&cache.join("python")),
            Self::Node => node::prepare(&cache.join("node")),
            Self::Chromium => chromium::prepare(&cache.join("chromium")),
        }
    }

    /// What has to be there, for whoever reads that something is not.
    pub(super) fn needs(self) -> &'static str {
        match self {
            Self::Python => {
                "Python 3.11 or later on PATH (on Debian: apt-get install python3-venv)"
            }
            Self::Node => "Node 20.18.1 or later and npm on PATH (nodejs.org)",
            Self::Chromium => {
                "Linux on x86-64, Node 20.18.1 or later and npm on PATH, and the libraries of NSS and expat (on \
                 Debian: apt-get install libnss3 libexpat1)"
            }
        }
    }
}

/// Whether `PROGRAM --version` tells this version or a later one.
pub(super) fn is_at_least(program: &str, oldest: [u32; 3]) -> bool {
    let told = process::output(Command::new(program).arg("--version"));
    told.is_ok_and(|told| version_in(&told).is_some_and(|version| version >= oldest))
}

/// The numbers of `Python 3.11.7` or `v20.18.1`.
fn version_in(text: &str) -> Option<[u32; 3]> {
    let digits = text
        .trim()
        .trim_start_matches(|c: char| !c.is_ascii_digit());
    let mut numbers = digits.split('.').map(|part| {
        let end = part.find(|c: char| !c.is_ascii_digit());
        part[..end.unwrap_or(part.len())].parse().ok()
    });
    Some([
        numbers.next()??,
        numbers.next()??,
        numbers.next().flatten().unwrap_or(0),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::client::CLIENTS;
    use super::*;

    #[test]
    fn a_version_is_read_and_compared_by_its_numbers() {
        assert_eq!(version_in("Python 3.11.7\n"), Some([3, 11, 7]));
        assert_eq!(version_in("v20.18.1"), Some([20, 18, 1]));
        assert_eq!(version_in("Python 3.15.0rc1"), Some([3, 15, 0]));
        assert_eq!(version_in("3.9"), Some([3, 9, 0]));
        assert_eq!(version_in("none"), None);
        assert!(version_in("3.9.20") < version_in("3.11.0"));
    }

    #[test]
    fn every_client_is_pinned() {
        for client in CLIENTS {
            let pinned = client.runtime.pinned(client.name);
            let pinned = pinned.expect("there is a pin");
            assert!(version_in(&pinned).is_some(), "{pinned}");
        }
    }
}
