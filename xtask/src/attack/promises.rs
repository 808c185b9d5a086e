//! The rows of docs/reliability.md: which tests hold what.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// The document, from the root.
const DOCUMENT: &str = "docs/reliability.md";

/// Names of tests by the number of their row.
#[derive(Debug, Default)]
pub(super) struct Promises {
    rows: BTreeMap<String, Vec<String>>,
}

impl Promises {
    pub(super) fn read(root: &Path) -> Result<Self, Failure> {
        let path = root.join(DOCUMENT);
        let text = fs::read_to_string(&path)
            .map_err(|error| Failure::failed(format!("cannot read {DOCUMENT}: {error}")))?;
        Ok(Self::parse(&text))
    }

    /// The tests of a row, as the document writes them.
    pub(super) fn tests(&self, number: &str) -> &[String] {
        self.rows.get(number).map_or(&[], Vec::as_slice)
    }

    /// A row begins with its number, and what stands between backticks and has `::` in it is the name of a test.
    fn parse(text: &str) -> Self {
        let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in text.lines() {
            let mut cells = line.split('|').map(str::trim);
            let (Some(""), Some(number)) = (cells.next(), cells.next()) else {
                continue;
            };
            let tests = line
                .split('`')
                .skip(1)
                .step_by(2)
                .filter(|name| name.contains(".rs::"))
                .map(str::to_owned);
            rows.entry(number.to_owned()).or_default().extend(tests);
        }
        Self { rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::table::{Held, ROWS};

    #[test]
    fn the_tests_of_a_row_are_found_in_all_its_lines() {
        let promises = Promises::parse(
            "text about `a/b.rs::no_row`\n| A26 | x | `RSS` | `a/b.rs::first`<br>`a/b.rs::second` |\n\
             | A26 | y | z | `c.rs::third` |\n| A48 | none | |\n",
        );
        assert_eq!(
            promises.tests("A26"),
            ["a/b.rs::first", "a/b.rs::second", "c.rs::third"]
        );
        assert!(promises.tests("A48").is_empty() && promises.tests("A1").is_empty());
    }

    #[test]
    fn every_row_that_is_said_to_be_held_by_tests_has_one() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let promises = Promises::read(root).unwrap();
        for row in ROWS {
            let is_held = !promises.tests(row.number).is_empty();
            match row.held {
                Held::Tests => assert!(is_held, "{}", row.number),
                Held::Nowhere(_) => assert!(!is_held, "{} is held", row.number),
                Held::Here(..) => {}
            }
        }
    }
}
