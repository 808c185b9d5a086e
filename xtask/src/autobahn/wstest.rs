//! The suite's program, from wherever it comes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::environment::{self, Environment};
use super::python;
use crate::failure::Failure;
use crate::logged;
use crate::process::{self, Running};

const IMAGE: &str = "crossbario/autobahn-testsuite";
const ENGINES: &[&str] = &["docker", "podman"];

/// How long an engine may take to say whether it runs.
const ENGINE_LIMIT: Duration = Duration::from_secs(20);

/// Something that runs the suite.
#[derive(Debug)]
pub(super) enum Wstest {
    Program(PathBuf),
    /// A container of this engine.
    Container(&'static str),
}

/// Finds the suite: on PATH, in our environment, which is made if Python 2.7 is there, in a container.
/// `None` if there is no way; an error if there is one and it failed.
pub(super) fn find(cache: PathBuf) -> Result<Option<Wstest>, Failure> {
    let on_path = Path::new("wstest");
    if environment::runs(on_path) {
        return Ok(Some(Wstest::Program(on_path.to_owned())));
    }
    let environment = Environment::at(cache);
    if let Some(program) = environment.ready() {
        return Ok(Some(Wstest::Program(program)));
    }
    let made = python::find().map(|python| environment.make(&python));
    if let Some(Ok(program)) = made {
        return Ok(Some(Wstest::Program(program)));
    }
    process::stop_if_interrupted()?;
    match (engine(), made) {
        (Some(engine), _) => Ok(Some(Wstest::Container(engine))),
        (None, Some(Err(failure))) => Err(failure),
        (None, _) => Ok(None),
    }
}

/// The program that the caller names.
pub(super) fn named(path: &Path) -> Result<Wstest, Failure> {
    let path = &match path.components().count() {
        1 => path.to_owned(),
        // It will run in another directory.
        _ => path
            .canonicalize()
            .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?,
    };
    if environment::runs(path) {
        return Ok(Wstest::Program(path.clone()));
    }
    Err(Failure::failed(format!(
        "`{} --autobahnversion` does not run",
        path.display()
    )))
}

impl Wstest {
    /// Runs the suite in `dir`, which holds `spec.json` and gets the rest; its output goes to `log`.
    pub(super) fn run(&self, dir: &Path, log: &Path, limit: Duration) -> Result<(), Failure> {
        let mut started = self.start(&["--mode", "fuzzingclient"], dir, log)?;
        let status = started.running.wait(limit)?;
        if status.success() {
            return Ok(());
        }
        let end = logged::last_lines(log);
        Err(Failure::failed(format!("wstest ended with {status}{end}")))
    }

    /// Starts the suite in `dir`, which holds `spec.json`; its output goes to `log`.
    pub(super) fn start(&self, mode: &[&str], dir: &Path, log: &Path) -> Result<Started, Failure> {
        let file = fs::File::create(log)?;
        let name = format!("tinyws-autobahn-{}", std::process::id());
        let mut command = match self {
            Self::Program(program) => Command::new(program),
            Self::Container(engine) => container(engine, &name, dir),
        };
        command
            .args(mode)
            .args(["--spec", "spec.json"])
            .current_dir(dir);
        command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        let container = match self {
            Self::Program(_) => None,
            Self::Container(engine) => Some(Container { engine, name }),
        };
        Ok(Started {
            running: Running::start(&mut command)?,
            _container: container,
        })
    }
}

/// The suite at work. It is killed when this value goes.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) running: Running,
    _container: Option<Container>,
}

/// Killing the engine's client does not end the container.
#[derive(Debug)]
struct Container {
    engine: &'static str,
    name: String,
}

impl Drop for Container {
    fn drop(&mut self) {
        // It is gone already after a good run.
        let _ = process::output(Command::new(self.engine).args(["rm", "--force", &self.name]));
    }
}

fn container(engine: &str, name: &str, dir: &Path) -> Command {
    let mut command = Command::new(engine);
    command.args([
        "run",
        "--rm",
        "--name",
        name,
        "--network",
        "host",
        "--workdir",
        "/suite",
    ]);
    command
        .arg("--volume")
        .arg(format!("{}:/suite", dir.display()));
    // Without root, podman's root is the user; docker's is root, and its files would be root's.
    if engine == "docker"
        && let Some(user) = user()
    {
        command.args(["--user", &user]);
    }
    command.args([IMAGE, "wstest"]);
    command
}

fn user() -> Option<String> {
    let id = |flag| process::output(Command::new("id").arg(flag)).ok();
    Some(format!("{}:{}", id("-u")?.trim(), id("-g")?.trim()))
}

/// The first engine that answers; one that is installed may have no daemon.
fn engine() -> Option<&'static str> {
    let answers = |engine: &&&str| {
        let mut info = Command::new(engine);
        info.arg("info").stdout(Stdio::null()).stderr(Stdio::null());
        let ended = Running::start(&mut info).and_then(|mut running| running.wait(ENGINE_LIMIT));
        ended.is_ok_and(|status| status.success())
    };
    ENGINES.iter().find(answers).copied()
}
