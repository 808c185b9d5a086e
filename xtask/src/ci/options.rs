//! The flags of `cargo xtask ci`.

use super::steps::STEPS;
use crate::failure::Failure;
use crate::flags::{self, Flag, Flags};

const HELP: &str = "\
usage: cargo xtask ci [FLAGS]

Runs every step, also after one has failed, and ends with a table of what each took.

  --only STEP  this step and no other; may be given again
  --skip STEP  not this step, which is told loudly; may be given again

The steps, in order:
";

/// Which steps to run.
#[derive(Debug, Default)]
pub(super) struct Options {
    only: Vec<&'static str>,
    skip: Vec<&'static str>,
}

impl Options {
    /// Reads the command line; `None` if it asked for help and got it.
    pub(super) fn read(args: &[String]) -> Result<Option<Self>, Failure> {
        let mut options = Self::default();
        let mut flags = Flags::new(args, &["--only", "--skip"]);
        while let Some(flag) = flags.next()? {
            match flag {
                Flag::Help => {
                    print_help();
                    return Ok(None);
                }
                Flag::Named("--only") => options.only.push(step(&flags.value::<String>()?)?),
                Flag::Named(_) => options.skip.push(step(&flags.value::<String>()?)?),
            }
        }
        Ok(Some(options))
    }

    /// Whether the step is part of this run, be it as a skipped one.
    pub(super) fn wants(&self, step: &str) -> bool {
        self.only.is_empty() || self.only.contains(&step)
    }

    /// Whether the step was asked to be skipped.
    pub(super) fn skips(&self, step: &str) -> bool {
        self.skip.contains(&step)
    }
}

fn step(name: &str) -> Result<&'static str, Failure> {
    let names: Vec<&'static str> = STEPS.iter().map(|step| step.name).collect();
    let found = names.iter().find(|known| **known == name);
    found
        .copied()
        .ok_or_else(|| flags::unknown("step", name, &names))
}

fn print_help() {
    print!("{HELP}");
    for step in STEPS {
        println!("  {:10} {}", step.name, step.what);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Option<Options>, Failure> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Options::read(&args)
    }

    #[test]
    fn without_flags_every_step_runs() {
        let options = read(&[])
            .expect("it is right")
            .expect("it asks for no help");
        assert!(
            STEPS
                .iter()
                .all(|step| options.wants(step.name) && !options.skips(step.name))
        );
    }

    #[test]
    fn only_and_skip_may_be_given_again() {
        let options = read(&["--only", "tidy", "--only=fmt", "--skip", "fmt"]);
        let options = options.expect("it is right").expect("it asks for no help");
        assert!(options.wants("tidy") && options.wants("fmt") && !options.wants("test"));
        assert!(options.skips("fmt") && !options.skips("tidy"));
    }

    #[test]
    fn an_unknown_step_is_a_usage_error_that_names_the_nearest() {
        let failure = read(&["--only", "clipy"]).expect_err("there is no such step");
        assert!(matches!(failure, Failure::Usage(_)));
        assert!(
            failure.to_string().contains("did you mean `clippy`?"),
            "{failure}"
        );
    }
}
