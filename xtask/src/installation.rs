//! Something that is installed once, in a directory that git ignores.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::failure::Failure;
use crate::logged::last_lines;
use crate::process::Running;

const STEP_LIMIT: Duration = Duration::from_secs(600);

const LOCK: &str = "lock";
const LOG: &str = "install.log";
const MARKER: &str = "made";

/// A directory that holds what a list names, or shall hold it. The list, written last, marks it as made to the end.
#[derive(Debug)]
pub(crate) struct Installation {
    dir: PathBuf,
    list: String,
}

impl Installation {
    /// The installation of `list` in `dir`, made or not.
    pub(crate) fn at(dir: PathBuf, list: String) -> Self {
        Self { dir, list }
    }

    /// A place in the directory; `lock`, `install.log`, `made` and `made.draft` are taken.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Whether it was made to its end, of today's list.
    pub(crate) fn is_made(&self) -> bool {
        fs::read_to_string(self.path(MARKER)).is_ok_and(|marked| marked == self.list)
    }

    /// Makes it by `install`, unless it `is_ready`. Whoever else does so at the same time is waited for.
    pub(crate) fn make(
        &self,
        is_ready: impl FnOnce() -> bool,
        install: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        fs::create_dir_all(&self.dir)?;
        let lock = File::create(self.path(LOCK))?;
        lock.lock()?;
        if is_ready() {
            return Ok(());
        }
        println!("installing in {} (once)", self.dir.display());
        self.remove_remains()?;
        install()?;
        self.mark()
    }

    /// Runs one step of an installation, with its output in the log.
    pub(crate) fn step(&self, what: &str, command: &mut Command) -> Result<(), Failure> {
        self.long_step(what, STEP_LIMIT, command)
    }

    /// The same for what takes longer than a download.
    pub(crate) fn long_step(
        &self,
        what: &str,
        limit: Duration,
        command: &mut Command,
    ) -> Result<(), Failure> {
        println!("  {what}");
        let path = self.path(LOG);
        let mut log = File::options().create(true).append(true).open(&path)?;
        writeln!(log, "\n== {what}")?;
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let status = Running::start(command)?.wait(limit)?;
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
        remove(&self.path(MARKER))?;
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            if entry.file_name() != LOCK {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }

    /// The last thing that is written, and at once or not at all.
    fn mark(&self) -> Result<(), Failure> {
        let draft = self.path("made.draft");
        fs::write(&draft, &self.list)?;
        fs::rename(draft, self.path(MARKER))?;
        Ok(())
    }
}

/// Removes a file or a directory; what is not there is no error.
pub(crate) fn remove(path: &Path) -> Result<(), Failure> {
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

/// Makes `dir` an empty directory.
pub(crate) fn clear(dir: &Path) -> Result<(), Failure> {
    remove(dir)?;
    Ok(fs::create_dir_all(dir)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installation(name: &str, list: &str) -> Installation {
        let dir =
            std::env::temp_dir().join(format!("xtask-installation-{}-{name}", std::process::id()));
        Installation::at(dir, list.to_owned())
    }

    fn make(installation: &Installation) -> Result<(), Failure> {
        let install = || Ok(fs::write(installation.path("thing"), "")?);
        installation.make(|| installation.is_made(), install)
    }

    #[test]
    fn it_is_made_once() {
        let installation = installation("once", "a 1\n");
        assert!(!installation.is_made());
        make(&installation).expect("it can be written");
        assert!(installation.is_made());
        let again = || -> Result<(), Failure> { panic!("it was made twice") };
        installation
            .make(|| installation.is_made(), again)
            .expect("there is nothing to do");
        remove(&installation.dir).expect("it can be removed");
    }

    #[test]
    fn one_that_broke_off_is_not_made_and_leaves_nothing_to_the_next() {
        let installation = installation("half", "a 1\n");
        let broken = || {
            fs::write(installation.path("half"), "")?;
            Err(Failure::failed("no network"))
        };
        assert!(installation.make(|| false, broken).is_err());
        assert!(!installation.is_made());
        make(&installation).expect("it can be written");
        assert!(installation.is_made() && !installation.path("half").exists());
        remove(&installation.dir).expect("it can be removed");
    }

    #[test]
    fn one_of_another_list_is_not_made_and_is_replaced() {
        let old = installation("old", "a 1\n");
        make(&old).expect("it can be written");
        let new = installation("old", "a 2\n");
        assert!(!new.is_made());
        make(&new).expect("it can be written");
        assert!(new.is_made() && !old.is_made());
        remove(&new.dir).expect("it can be removed");
        remove(&new.dir).expect("what is not there is no error");
    }

    #[test]
    fn a_step_that_fails_tells_its_last_words() {
        let installation = installation("step", "a 1\n");
        let mut bad = Command::new("sh");
        bad.args(["-c", "echo no network >&2; exit 1"]);
        let failure = installation
            .make(|| false, || installation.step("a", &mut bad))
            .expect_err("it exits with 1");
        let told = failure.to_string();
        assert!(
            told.starts_with("installing a ended with exit status: 1"),
            "{told}"
        );
        assert!(told.ends_with("| no network"), "{told}");
        remove(&installation.dir).expect("it can be removed");
    }
}
