//! The virtual environment that the suite lives in, made once.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::python::Python;
use crate::failure::Failure;
use crate::installation::{self, Installation};
use crate::pip;
use crate::process;

/// What makes an environment of Python 2.7; later ones cannot.
const VIRTUALENV: &str = "virtualenv<20.16";

/// What installs under Python 2.7, in this order. Python 2.7 is frozen, and so is this list.
const PINNED: &[&[&str]] = &[
    &["pip==20.3.4", "setuptools==44.0.0", "wheel==0.36.2"],
    &["--no-build-isolation", "incremental==16.10.1"],
    &[
        "--no-build-isolation",
        "cffi==1.15.1",
        "cryptography==3.3.2",
        "pyOpenSSL==19.1.0",
    ],
    &["--no-build-isolation", "Twisted==19.10.0"],
    &[
        "--no-build-isolation",
        "txaio==2.1.0",
        "zope.interface==4.6.0",
        "jinja2==2.11.3",
        "markupsafe==1.1.1",
        "Werkzeug==1.0.1",
        "klein==17.10.0",
        "service_identity==18.1.0",
        "unittest2==1.1.0",
        "six==1.16.0",
    ],
    &["--no-build-isolation", "--no-deps", "autobahn==0.10.9"],
    &["--no-build-isolation", "wsaccel==0.6.2", "ujson==2.0.3"],
    &[
        "--no-build-isolation",
        "--no-deps",
        "autobahntestsuite==25.10.1",
    ],
];

/// A directory that holds the suite, or shall hold it.
#[derive(Debug)]
pub(super) struct Environment {
    installation: Installation,
}

impl Environment {
    /// The environment under `dir`, made or not.
    pub(super) fn at(dir: PathBuf) -> Self {
        Self {
            installation: Installation::at(dir, list()),
        }
    }

    /// The suite's program, if the environment was made to its end, of today's list, and still runs.
    pub(super) fn ready(&self) -> Option<PathBuf> {
        let program = self.env().join("bin/wstest");
        (self.installation.is_made() && runs(&program)).then_some(program)
    }

    /// Makes the environment, unless it is ready.
    pub(super) fn make(&self, python: &Python) -> Result<PathBuf, Failure> {
        let install = || {
            self.install(python)
                .map_err(|failure| explained(&failure, python))
        };
        self.installation.make(|| self.ready().is_some(), install)?;
        let broken = || {
            Failure::failed("the suite was installed, but `wstest --autobahnversion` does not run")
        };
        self.ready().ok_or_else(broken)
    }

    fn install(&self, python: &Python) -> Result<(), Failure> {
        self.make_empty(python)?;
        for packages in PINNED {
            let mut pip = Command::new(self.env().join("bin/python"));
            pip.args(["-m", "pip", "install", "--no-input"])
                .args(*packages);
            let names: Vec<&str> = packages
                .iter()
                .filter(|word| !word.starts_with("--"))
                .copied()
                .collect();
            self.step(&names.join(" "), &mut pip)?;
        }
        Ok(())
    }

    /// Makes an environment without the suite, by a virtualenv that lives in a directory of its own.
    fn make_empty(&self, python: &Python) -> Result<(), Failure> {
        let tool = self.installation.path("tool");
        let mut virtualenv = Command::new(tool.join("bin/python"));
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv"]).arg(&tool);
        let by_python3 = self
            .step("a place for virtualenv", &mut venv)
            .and_then(|()| {
                let mut pip = Command::new(tool.join("bin/python"));
                self.step(VIRTUALENV, pip.args(["-m", "pip", "install", VIRTUALENV]))
            });
        if by_python3.is_err() {
            process::stop_if_interrupted()?;
            installation::remove(&tool)?;
            let mut pip = Command::new(&python.program);
            pip.args(["-m", "pip", "install", "--target"])
                .arg(&tool)
                .arg(VIRTUALENV);
            self.step(&format!("{VIRTUALENV} by Python 2.7"), &mut pip)?;
            virtualenv = Command::new(&python.program);
            virtualenv.env("PYTHONPATH", &tool);
        }
        virtualenv
            .args(["-m", "virtualenv", "--python"])
            .arg(&python.program)
            .arg(self.env());
        self.step("an empty environment", &mut virtualenv)
    }

    fn step(&self, what: &str, command: &mut Command) -> Result<(), Failure> {
        pip::keep_here(command);
        self.installation.step(what, command)
    }

    fn env(&self) -> PathBuf {
        self.installation.path("env")
    }
}

/// Whether a program is the suite and runs.
pub(super) fn runs(wstest: &Path) -> bool {
    let told = process::output(Command::new(wstest).arg("--autobahnversion"));
    told.is_ok_and(|told| told.contains("AutobahnTestSuite"))
}

/// The list as the marker keeps it, so that another list makes another environment.
fn list() -> String {
    let mut list = format!("{VIRTUALENV}\n");
    for packages in PINNED {
        list.push_str(&packages.join(" "));
        list.push('\n');
    }
    list
}

fn explained(failure: &Failure, python: &Python) -> Failure {
    let mut told = failure.to_string();
    if !python.has_headers {
        told.push_str("\nthe headers of this Python 2.7 are missing (on Debian: apt-get install python2.7-dev)");
    }
    if process::output(Command::new("cc").arg("--version")).is_err() {
        told.push_str("\nthere is no C compiler (on Debian: apt-get install build-essential)");
    }
    told.push_str(
        "\nwsaccel is always compiled; cffi, cryptography and ujson are where there are no ready wheels, and then need \
         the headers of libffi and OpenSSL too (on Debian: apt-get install build-essential python2.7-dev libffi-dev \
         libssl-dev)",
    );
    Failure::failed(told)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn environment(name: &str) -> Environment {
        let dir =
            std::env::temp_dir().join(format!("xtask-environment-{}-{name}", std::process::id()));
        Environment::at(dir)
    }

    fn make(environment: &Environment, install: impl FnOnce()) {
        let made = environment.installation.make(
            || false,
            || {
                install();
                Ok(())
            },
        );
        made.expect("it can be written");
    }

    /// A stand-in for the suite's program.
    fn put_wstest(environment: &Environment) {
        use std::os::unix::fs::PermissionsExt;
        let program = environment.env().join("bin/wstest");
        fs::create_dir_all(environment.env().join("bin")).expect("it can be made");
        fs::write(&program, "#!/bin/sh\necho AutobahnTestSuite 25.10.1\n")
            .expect("it can be written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))
            .expect("it can be changed");
    }

    #[test]
    fn an_environment_is_ready_once_it_is_made() {
        let environment = environment("whole");
        assert_eq!(environment.ready(), None);
        make(&environment, || put_wstest(&environment));
        assert!(environment.ready().is_some());
        installation::remove(&environment.installation.path("")).expect("it can be removed");
    }

    #[test]
    fn an_environment_that_does_not_run_is_not_ready() {
        let environment = environment("broken");
        make(&environment, || {});
        assert_eq!(environment.ready(), None);
        installation::remove(&environment.installation.path("")).expect("it can be removed");
    }

    #[test]
    fn the_list_names_every_pin() {
        for packages in PINNED {
            assert!(list().contains(&packages.join(" ")));
        }
    }
}
