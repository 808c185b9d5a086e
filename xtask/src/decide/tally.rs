//! What was decided: the lines `decided: COUNT WHAT` of the tests.

use std::fmt;
use std::time::Duration;

const MARK: &str = "decided: ";

/// All that was told so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    rows: Vec<Row>,
}

/// One line of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    count: u64,
    what: String,
    took: Duration,
}

impl Tally {
    /// How many inputs, of whatever kind.
    pub(super) fn decided(&self) -> u64 {
        self.rows.iter().map(|row| row.count).sum()
    }

    /// Notes what a line of a test tells, which may stand behind the name of the test.
    pub(super) fn read(&mut self, line: &str, took: Duration) -> Option<&Row> {
        let (_, told) = line.split_once(MARK)?;
        let (count, what) = told.split_once(' ')?;
        self.rows.push(Row {
            count: count.parse().ok().filter(|count| *count > 0)?,
            what: what.to_owned(),
            took,
        });
        self.rows.last()
    }
}

/// `  65536     0.1 s  status codes`.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.took.as_secs_f64();
        write!(f, "{:>12} {seconds:7.1} s  {}", self.count, self.what)
    }
}

/// Every row, and the sum of the last.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>12} {:>9}  of what", "inputs", "took")?;
        for row in &self.rows {
            writeln!(f, "{row}")?;
        }
        let all = Row {
            count: self.decided(),
            what: "in all".to_owned(),
            took: self.rows.iter().map(|row| row.took).sum(),
        };
        write!(f, "{all}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_line_is_read_wherever_the_mark_stands() {
        let mut tally = Tally::default();
        let lines = [
            "test codes::all ... decided: 65536 status codes",
            "decided: 7 other things",
        ];
        for line in lines {
            assert!(tally.read(line, SECOND).is_some(), "{line}");
        }
        assert_eq!(
            tally.to_string().lines().collect::<Vec<_>>()[1..],
            [
                "       65536     1.0 s  status codes",
                "           7     1.0 s  other things",
                "       65543     2.0 s  in all",
            ]
        );
    }

    #[test]
    fn other_lines_are_passed_over() {
        let mut tally = Tally::default();
        for line in [
            "ok",
            "running 6 tests",
            "decided: many things",
            "decided: 0 things",
            "decided: 7",
        ] {
            assert_eq!(tally.read(line, SECOND), None, "{line}");
        }
        assert_eq!(tally.decided(), 0);
    }
}
