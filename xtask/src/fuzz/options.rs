//! The flags of `cargo xtask fuzz`.

use std::num::NonZeroUsize;
use std::thread;

use crate::failure::Failure;
use crate::flags::{self, Flag, Flags};

const HELP: &str = "\
usage: cargo xtask fuzz [FLAGS]

Builds the fuzz targets with a nightly compiler, a C++ compiler for libFuzzer, and cargo-fuzz, which is installed once in
.cache/cargo-fuzz if it is not on PATH, and lets libFuzzer run each of them. Ends with a table, and with an error if there
is a finding. New inputs are gathered in target/fuzz/corpus, from run to run; findings are in target/fuzz/artifacts, logs
in target/fuzz/logs.

  --seconds N    for each target (default: 60)
  --only TARGET  this target and no other; may be given again
  --jobs N       so many targets at a time (default: one for each processor)
  --keep         without a finding, add to fuzz/corpus the fewest new inputs that reach what is not reached yet
  --allow-skip   succeed if there is no nightly compiler

The targets:
";

const KNOWN: &[&str] = &["--seconds", "--only", "--jobs", "--keep", "--allow-skip"];

/// Enough to run the seeds of a target and to look around them.
const SECONDS_IN_CI: u32 = 10;

/// What to run.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) seconds: u32,
    /// The names of the targets to run.
    pub(super) targets: Vec<String>,
    pub(super) jobs: NonZeroUsize,
    pub(super) keep: bool,
    pub(super) allow_skip: bool,
}

impl Options {
    fn new(targets: Vec<String>) -> Self {
        Self {
            seconds: 60,
            targets,
            jobs: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            keep: false,
            allow_skip: false,
        }
    }

    /// Every target for a short time, two at a time; without a nightly compiler, none.
    pub(super) fn for_ci(targets: Vec<String>) -> Self {
        Self {
            seconds: SECONDS_IN_CI,
            jobs: NonZeroUsize::MIN.saturating_add(1),
            allow_skip: true,
            ..Self::new(targets)
        }
    }

    /// Reads the command line; `None` if it asked for help and got it.
    pub(super) fn read(args: &[String], targets: &[String]) -> Result<Option<Self>, Failure> {
        let mut options = Self::new(Vec::new());
        let mut flags = Flags::new(args, KNOWN);
        while let Some(flag) = flags.next()? {
            match flag {
                Flag::Help => {
                    print!("{HELP}");
                    targets.iter().for_each(|name| println!("  {name}"));
                    return Ok(None);
                }
                Flag::Named("--seconds") => options.seconds = seconds(flags.value()?)?,
                Flag::Named("--only") => options.targets.push(target(flags.value()?, targets)?),
                Flag::Named("--jobs") => options.jobs = flags.value()?,
                Flag::Named("--keep") => options.keep = true,
                Flag::Named(_) => options.allow_skip = true,
            }
        }
        if options.targets.is_empty() {
            options.targets = targets.to_vec();
        }
        Ok(Some(options))
    }
}

/// libFuzzer takes 0 for no end.
fn seconds(given: u32) -> Result<u32, Failure> {
    match given {
        0 => Err(Failure::usage("`--seconds 0` is too short: 1 at least")),
        given => Ok(given),
    }
}

fn target(name: String, targets: &[String]) -> Result<String, Failure> {
    if targets.contains(&name) {
        return Ok(name);
    }
    let known: Vec<&str> = targets.iter().map(String::as_str).collect();
    Err(flags::unknown("target", &name, &known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Option<Options>, Failure> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Options::read(&args, &["frame_header".to_owned(), "mask".to_owned()])
    }

    fn right(args: &[&str]) -> Options {
        let options = read(args).expect("it is right");
        options.expect("it asks for no help")
    }

    #[test]
    fn every_target_is_run_unless_some_are_named() {
        assert_eq!(right(&[]).targets, ["frame_header", "mask"]);
        assert_eq!(right(&["--only", "mask"]).targets, ["mask"]);
    }

    #[test]
    fn the_time_and_the_jobs_are_numbers_above_0() {
        let options = right(&["--seconds", "5", "--jobs=3"]);
        assert_eq!((options.seconds, options.jobs.get()), (5, 3));
        for args in [
            &["--seconds", "0"][..],
            &["--seconds", "soon"],
            &["--jobs", "0"],
            &["--only", "frame"],
            &["mask"],
            &["--second", "1"],
        ] {
            assert!(matches!(read(args), Err(Failure::Usage(_))), "{args:?}");
        }
    }

    #[test]
    fn an_unknown_target_is_answered_with_the_nearest() {
        let failure = read(&["--only", "frame_headers"]).expect_err("there is no such target");
        let told = failure.to_string();
        assert!(told.contains("did you mean `frame_header`?"), "{told}");
    }
}
