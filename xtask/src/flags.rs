//! The command line of a task: flags by `lexopt`, mistakes answered with the nearest name.

use std::str::FromStr;

use lexopt::{Arg, Parser, ValueExt};

use crate::failure::Failure;

/// Below this likeness a suggestion would be a guess.
const LIKENESS: f64 = 0.6;

/// One step through a command line.
#[derive(Debug)]
pub(crate) enum Flag {
    Help,
    /// A known long flag, with its dashes.
    Named(&'static str),
}

/// The flags of one task.
#[derive(Debug)]
pub(crate) struct Flags {
    parser: Parser,
    known: &'static [&'static str],
}

impl Flags {
    /// Reads `args`; `known` are the long flags of the task, with their dashes.
    pub(crate) fn new(args: &[String], known: &'static [&'static str]) -> Self {
        Self {
            parser: Parser::from_args(args),
            known,
        }
    }

    /// The next flag, or `None` at the end; what is not known is a usage error.
    pub(crate) fn next(&mut self) -> Result<Option<Flag>, Failure> {
        let given = match self.parser.next().map_err(|error| wrong(&error))? {
            None => return Ok(None),
            Some(Arg::Long("help") | Arg::Short('h')) => return Ok(Some(Flag::Help)),
            Some(Arg::Long(name)) => format!("--{name}"),
            Some(Arg::Short(letter)) => format!("-{letter}"),
            Some(Arg::Value(value)) => return Err(stray(&value.to_string_lossy())),
        };
        match self.known.iter().find(|known| **known == given) {
            Some(known) => Ok(Some(Flag::Named(known))),
            None => Err(unknown("flag", &given, self.known)),
        }
    }

    /// The value of the flag just read.
    pub(crate) fn value<T>(&mut self) -> Result<T, Failure>
    where
        T: FromStr,
        T::Err: Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
    {
        let value = self.parser.value().map_err(|error| wrong(&error))?;
        value.parse().map_err(|error| wrong(&error))
    }

    /// Everything that is left, whatever it looks like: a program and its arguments.
    pub(crate) fn rest(&mut self) -> Result<Vec<String>, Failure> {
        let rest = self.parser.raw_args().map_err(|error| wrong(&error))?;
        rest.map(|arg| arg.string().map_err(|error| wrong(&error)))
            .collect()
    }
}

/// The usage error for a name that nobody knows.
pub(crate) fn unknown(kind: &str, given: &str, known: &[&str]) -> Failure {
    let hint = match nearest(given, known) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => String::new(),
    };
    let all = if known.is_empty() {
        "there are none".to_owned()
    } else {
        known.join(", ")
    };
    Failure::usage(format!("no {kind} is called `{given}`{hint} ({all})"))
}

/// The usage error for a word that no flag asked for.
fn stray(given: &str) -> Failure {
    Failure::usage(format!(
        "`{given}` is too much: there is no flag before it that takes a value"
    ))
}

fn nearest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|name| (strsim::jaro_winkler(given, name), *name))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

fn wrong(error: &lexopt::Error) -> Failure {
    Failure::usage(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &["--only", "--skip", "--server"];

    fn flags(args: &[&str]) -> Flags {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Flags::new(&args, KNOWN)
    }

    #[test]
    fn a_known_flag_is_named_and_has_a_value() {
        let mut flags = flags(&["--only", "tidy"]);
        assert!(matches!(flags.next(), Ok(Some(Flag::Named("--only")))));
        assert_eq!(flags.value::<String>().expect("it has one"), "tidy");
        assert!(matches!(flags.next(), Ok(None)));
    }

    #[test]
    fn an_unknown_flag_names_the_nearest() {
        let failure = flags(&["--skpi"])
            .next()
            .expect_err("there is no such flag");
        assert!(matches!(failure, Failure::Usage(_)));
        assert!(
            failure.to_string().contains("did you mean `--skip`?"),
            "{failure}"
        );
    }

    #[test]
    fn a_word_without_a_flag_is_a_usage_error() {
        let failure = flags(&["only"]).next().expect_err("no flag asks for it");
        assert!(
            failure.to_string().starts_with("`only` is too much"),
            "{failure}"
        );
    }

    #[test]
    fn a_name_like_nothing_gets_no_suggestion() {
        let failure = flags(&["--zzz"]).next().expect_err("there is no such flag");
        assert!(!failure.to_string().contains("did you mean"), "{failure}");
    }

    #[test]
    fn a_missing_value_is_a_usage_error() {
        let mut flags = flags(&["--only"]);
        flags.next().expect("the flag is known");
        assert!(matches!(flags.value::<String>(), Err(Failure::Usage(_))));
    }

    #[test]
    fn a_program_keeps_its_own_flags() {
        let mut flags = flags(&["--server", "python3", "--only", "x"]);
        flags.next().expect("the flag is known");
        assert_eq!(
            flags.rest().expect("it is text"),
            ["python3", "--only", "x"]
        );
    }
}
