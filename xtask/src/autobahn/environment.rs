//! The virtual environment that the suite lives in, made once.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::python::Python;
use super::server::last_lines;
use crate::failure::Failure;
use crate::process::{self, Running};

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

/// Variables that would lead an installation elsewhere, into the user's own Python for one.
const MISLEADING: &[&str] = &[
    "PYTHONPATH",
    "PYTHONHOME",
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_REQUIRE_VIRTUALENV",
    "VIRTUALENV_PYTHON",
];

const STEP_LIMIT: Duration = Duration::from_secs(600);

/// A directory that holds the suite, or shall hold it.
#[derive(Debug)]
pub(super) struct Environment {
    dir: PathBuf,
}

impl Environment {
    /// The environment under `dir`, made or not.
    pub(super) fn at(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// The suite's program, if the environment was made to its end, of today's list, and still runs.
    pub(super) fn ready(&self) -> Option<PathBuf> {
        let marked = fs::read_to_string(self.marker()).ok()?;
        if marked != list() {
            return None;
        }
        let program = self.env().join("bin/wstest");
        runs(&program).then_some(program)
    }

    /// Makes the environment, unless it is ready. Whoever else does so at the same time is waited for.
    pub(super) fn make(&self, python: &Python) -> Result<PathBuf, Failure> {
        fs::create_dir_all(&self.dir)?;
        let lock = File::create(self.dir.join("lock"))?;
        lock.lock()?;
        if let Some(program) = self.ready() {
            return Ok(program);
        }
        println!(
            "autobahn: making an environment in {} (once)",
            self.dir.display()
        );
        self.remove_remains()?;
        self.install(python)
            .map_err(|failure| explained(&failure, python))?;
        self.mark()?;
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
        let tool = self.dir.join("tool");
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
            remove(&tool)?;
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

    /// Runs one step, with its output in the log.
    fn step(&self, what: &str, command: &mut Command) -> Result<(), Failure> {
        println!("  {what}");
        let path = self.dir.join("install.log");
        let mut log = File::options().create(true).append(true).open(&path)?;
        writeln!(log, "\n== {what}")?;
        let own_path = command.get_envs().any(|(name, _)| name == "PYTHONPATH");
        for name in MISLEADING
            .iter()
            .filter(|name| !(own_path && **name == "PYTHONPATH"))
        {
            command.env_remove(name);
        }
        command
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .env("PIP_NO_PYTHON_VERSION_WARNING", "1");
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let status = Running::start(command)?.wait(STEP_LIMIT)?;
        if status.success() {
            return Ok(());
        }
        Err(Failure::failed(format!(
            "installing {what} ended with {status}{}",
            last_lines(&path)
        )))
    }

    /// What an earlier attempt has left. The marker goes first, so that the rest is never taken for good.
    fn remove_remains(&self) -> Result<(), Failure> {
        remove(&self.marker())?;
        remove(&self.env())?;
        remove(&self.dir.join("tool"))?;
        remove(&self.dir.join("install.log"))
    }

    /// The last thing that is written, and at once or not at all.
    fn mark(&self) -> Result<(), Failure> {
        let draft = self.dir.join("made.draft");
        fs::write(&draft, list())?;
        fs::rename(draft, self.marker())?;
        Ok(())
    }

    fn marker(&self) -> PathBuf {
        self.dir.join("made")
    }

    fn env(&self) -> PathBuf {
        self.dir.join("env")
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

fn remove(path: &Path) -> Result<(), Failure> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::failed(format!("{}: {error}", path.display())))
        }
        _ => Ok(()),
    }
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
    use super::*;

    fn environment(name: &str) -> Environment {
        let dir =
            std::env::temp_dir().join(format!("xtask-environment-{}-{name}", std::process::id()));
        let environment = Environment::at(dir);
        fs::create_dir_all(environment.env().join("bin")).expect("the directory can be made");
        environment
    }

    /// A stand-in for the suite's program.
    fn put_wstest(environment: &Environment) {
        use std::os::unix::fs::PermissionsExt;
        let program = environment.env().join("bin/wstest");
        fs::write(&program, "#!/bin/sh\necho AutobahnTestSuite 25.10.1\n")
            .expect("it can be written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))
            .expect("it can be changed");
    }

    #[test]
    fn an_environment_without_its_marker_is_not_ready() {
        let environment = environment("half");
        put_wstest(&environment);
        assert_eq!(environment.ready(), None);
        environment.mark().expect("it can be written");
        assert!(environment.ready().is_some());
        fs::remove_dir_all(&environment.dir).expect("it can be removed");
    }

    #[test]
    fn an_environment_of_another_list_is_not_ready() {
        let environment = environment("old");
        put_wstest(&environment);
        fs::write(environment.marker(), list().replace("25.10.1", "25.9.9"))
            .expect("it can be written");
        assert_eq!(environment.ready(), None);
        fs::remove_dir_all(&environment.dir).expect("it can be removed");
    }

    #[test]
    fn an_environment_that_does_not_run_is_not_ready() {
        let environment = environment("broken");
        environment.mark().expect("it can be written");
        assert_eq!(environment.ready(), None);
        fs::remove_dir_all(&environment.dir).expect("it can be removed");
    }

    #[test]
    fn remains_are_removed_and_what_is_not_there_is_no_error() {
        let environment = environment("remains");
        environment.mark().expect("it can be written");
        environment.remove_remains().expect("they can be removed");
        environment.remove_remains().expect("there are none");
        assert!(!environment.env().exists() && !environment.marker().exists());
        fs::remove_dir_all(&environment.dir).expect("it can be removed");
    }
}
