//! The flags of `cargo xtask attack`.

use super::table::{Held, Pace, ROWS, Row};
use crate::failure::Failure;
use crate::flags::{self, Flag, Flags};

const HELP: &str = "\
usage: cargo xtask attack [ROW..] [FLAGS]

Runs rows of docs/reliability.md against release servers in processes of their own, `echo` above all, and holds
what the kernel says about their memory and processor time, what they answer and how long bystanders wait against
bounds. Fails if one does not hold. Without ROWs the quick ones run, which `ci` runs too, in less than three minutes.

  ROW     A1, A21 and so on
  --all   every row that can run, also the long ones
  --list  tell of each row what holds it: this task, or which tests
  --json  print one JSON object instead of lines";

const FLAGS: &[&str] = &["--all", "--list", "--json"];

/// What to do.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) rows: Vec<&'static Row>,
    pub(super) shape: Shape,
    pub(super) only_list: bool,
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Json,
}

impl Options {
    /// Reads the command line; `None` if it asked for help and got it.
    pub(super) fn read(args: &[String]) -> Result<Option<Self>, Failure> {
        // No flag of this task takes a value.
        let (given, named): (Vec<String>, Vec<String>) =
            args.iter().cloned().partition(|arg| arg.starts_with('-'));
        let mut flags = Flags::new(&given, FLAGS);
        let (mut all, mut only_list, mut shape) = (false, false, Shape::Text);
        while let Some(flag) = flags.next()? {
            match flag {
                Flag::Help => {
                    println!("{HELP}");
                    return Ok(None);
                }
                Flag::Named("--all") => all = true,
                Flag::Named("--list") => only_list = true,
                Flag::Named(_) => shape = Shape::Json,
            }
        }
        if all && !named.is_empty() {
            return Err(Failure::usage("--all runs every row: name none"));
        }
        let rows = match (all, named.is_empty()) {
            (true, _) => ROWS.iter().filter(|row| row.runs()).collect(),
            (false, true) => Self::short(),
            (false, false) => named
                .iter()
                .map(|name| row(name))
                .collect::<Result<_, _>>()?,
        };
        Ok(Some(Self {
            rows,
            shape,
            only_list,
        }))
    }

    /// The rows of `ci`.
    pub(super) fn short() -> Vec<&'static Row> {
        let is_quick = |row: &&Row| matches!(row.held, Held::Here(Pace::Quick, _));
        ROWS.iter().filter(is_quick).collect()
    }
}

/// The row of this number, which has to be one that runs.
fn row(number: &str) -> Result<&'static Row, Failure> {
    let number = number.to_ascii_uppercase();
    let Some(row) = ROWS.iter().find(|row| row.number == number) else {
        let names: Vec<&str> = ROWS.iter().map(|row| row.number).collect();
        return Err(flags::unknown("row", &number, &names));
    };
    if row.runs() {
        return Ok(row);
    }
    Err(Failure::usage(format!(
        "{number} is not run here: `cargo xtask attack --list` tells what holds it"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, String> {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let read = Options::read(&args).map_err(|error| error.to_string())?;
        read.ok_or_else(|| "help".to_owned())
    }

    fn numbers(line: &str) -> Vec<&'static str> {
        read(line)
            .unwrap()
            .rows
            .iter()
            .map(|row| row.number)
            .collect()
    }

    #[test]
    fn rows_are_named_in_any_case_and_with_flags_between() {
        assert_eq!(numbers("A2 --json a3"), ["A2", "A3"]);
        assert_eq!(read("A2 --json").unwrap().shape, Shape::Json);
    }

    #[test]
    fn the_quick_rows_are_fewer_than_all() {
        let (quick, all) = (numbers(""), numbers("--all"));
        assert!(!quick.is_empty() && quick.len() < all.len());
        assert!(quick.iter().all(|number| all.contains(number)));
    }

    #[test]
    fn what_is_no_row_or_does_not_run_is_refused() {
        assert!(read("A99").unwrap_err().contains("`A99`"));
        assert!(read("A4").unwrap_err().contains("--list"));
        assert!(read("--all A2").unwrap_err().contains("--all"));
        assert!(read("--al").unwrap_err().contains("--all"));
    }
}
