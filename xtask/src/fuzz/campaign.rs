//! Several targets at a time, until each has had its time.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::options::Options;
use super::outcome::Outcome;
use super::program::Programs;
use crate::failure::Failure;
use crate::process::{self, Running};
use crate::workspace::Workspace;

const POLL: Duration = Duration::from_millis(50);

/// For running the inputs that are there already, and for one that hangs.
const GRACE: Duration = Duration::from_secs(600);

const MERGE_LIMIT: Duration = Duration::from_secs(600);

/// A run of targets.
#[derive(Debug)]
pub(super) struct Campaign<'a> {
    programs: Programs,
    options: &'a Options,
    /// The corpora that git tracks.
    corpora: PathBuf,
    /// Where everything goes that a run finds.
    scratch: PathBuf,
}

/// A target that is being fuzzed.
#[derive(Debug)]
struct Fuzzing {
    name: String,
    log: PathBuf,
    running: Running,
    start: Instant,
}

impl<'a> Campaign<'a> {
    /// A run, with the directories that it needs.
    pub(super) fn new(
        programs: Programs,
        workspace: &Workspace,
        options: &'a Options,
    ) -> Result<Self, Failure> {
        let campaign = Self {
            programs,
            options,
            corpora: workspace.root.join("fuzz/corpus"),
            scratch: workspace.target.join("fuzz"),
        };
        fs::create_dir_all(campaign.scratch.join("logs"))?;
        for name in &options.targets {
            fs::create_dir_all(campaign.artifacts(name))?;
            fs::create_dir_all(campaign.found(name))?;
        }
        Ok(campaign)
    }

    /// Runs all targets; how each of them ended, in their order.
    pub(super) fn run(&mut self) -> Result<Vec<Outcome>, Failure> {
        let (count, seconds, jobs) = (
            self.options.targets.len(),
            self.options.seconds,
            self.options.jobs,
        );
        println!("fuzz: {count} targets, {seconds} s each, {jobs} at a time ...");
        let mut waiting: VecDeque<&String> = self.options.targets.iter().collect();
        let mut running: Vec<Fuzzing> = Vec::new();
        let mut outcomes = Vec::new();
        while !waiting.is_empty() || !running.is_empty() {
            process::stop_if_interrupted()?;
            while running.len() < jobs.get()
                && let Some(name) = waiting.pop_front()
            {
                running.push(self.start(name)?);
            }
            for fuzzing in std::mem::take(&mut running) {
                match self.look(fuzzing)? {
                    Ok(outcome) => outcomes.push(outcome),
                    Err(fuzzing) => running.push(fuzzing),
                }
            }
            thread::sleep(POLL);
        }
        outcomes.sort_by(|a: &Outcome, b| a.name.cmp(&b.name));
        Ok(outcomes)
    }

    fn start(&self, name: &str) -> Result<Fuzzing, Failure> {
        let log = self.scratch.join("logs").join(format!("{name}.log"));
        let artifacts = self.artifacts(name);
        let corpora = [self.found(name), self.corpora.join(name)];
        let mut command = self
            .programs
            .fuzz(name, self.options.seconds, &artifacts, &corpora);
        Ok(Fuzzing {
            name: name.to_owned(),
            running: start_logged(&mut command, &log)?,
            log,
            start: Instant::now(),
        })
    }

    /// How it ended, or the same again while it runs.
    fn look(&self, mut fuzzing: Fuzzing) -> Result<Result<Outcome, Fuzzing>, Failure> {
        if let Some(status) = fuzzing.running.ended()? {
            let outcome = Outcome::read(&fuzzing.name, status, &fuzzing.log)?;
            println!("  {}", outcome.line());
            return Ok(Ok(outcome));
        }
        let limit = Duration::from_secs(self.options.seconds.into()) + GRACE;
        if fuzzing.start.elapsed() > limit {
            return Err(Failure::failed(format!(
                "{} was still running after {} s; its log is {}",
                fuzzing.name,
                limit.as_secs(),
                fuzzing.log.display()
            )));
        }
        Ok(Err(fuzzing))
    }

    /// Adds to the corpora that git tracks what reaches more than they do.
    pub(super) fn keep(&self) -> Result<(), Failure> {
        for name in &self.options.targets {
            let kept = self.corpora.join(name);
            let before = fs::read_dir(&kept)?.count();
            let log = self.scratch.join("logs").join(format!("{name}.merge.log"));
            let mut merge = self.programs.merge(name, &[kept.clone(), self.found(name)]);
            let status = start_logged(&mut merge, &log)?.wait(MERGE_LIMIT)?;
            if !status.success() {
                return Err(Failure::failed(format!(
                    "the corpus of {name} was not merged: {status}, see {}",
                    log.display()
                )));
            }
            let more = fs::read_dir(&kept)?.count() - before;
            println!("  {name}: {more} inputs were added to {}", kept.display());
        }
        Ok(())
    }

    fn artifacts(&self, name: &str) -> PathBuf {
        self.scratch.join("artifacts").join(name)
    }

    fn found(&self, name: &str) -> PathBuf {
        self.scratch.join("corpus").join(name)
    }
}

fn start_logged(command: &mut Command, log: &PathBuf) -> Result<Running, Failure> {
    let file = File::create(log)?;
    command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file);
    Running::start(command)
}
