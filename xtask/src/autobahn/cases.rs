//! The cases of the suite by number.

use std::fmt;
use std::str::FromStr;

use crate::failure::Failure;

/// `7.13.1` and its like, in the order of the suite.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CaseId(Vec<u32>);

/// Every group of the suite with the number of its cases, 517 in all; inside a group they count from 1.
const GROUPS: &[(&str, u32)] = &[
    ("1.1", 8),
    ("1.2", 8),
    ("2", 11),
    ("3", 7),
    ("4.1", 5),
    ("4.2", 5),
    ("5", 20),
    ("6.1", 3),
    ("6.2", 4),
    ("6.3", 2),
    ("6.4", 4),
    ("6.5", 5),
    ("6.6", 11),
    ("6.7", 4),
    ("6.8", 2),
    ("6.9", 4),
    ("6.10", 3),
    ("6.11", 5),
    ("6.12", 8),
    ("6.13", 5),
    ("6.14", 10),
    ("6.15", 1),
    ("6.16", 3),
    ("6.17", 5),
    ("6.18", 5),
    ("6.19", 5),
    ("6.20", 7),
    ("6.21", 8),
    ("6.22", 34),
    ("6.23", 7),
    ("7.1", 6),
    ("7.3", 6),
    ("7.5", 1),
    ("7.7", 13),
    ("7.9", 9),
    ("7.13", 2),
    ("9.1", 6),
    ("9.2", 6),
    ("9.3", 9),
    ("9.4", 9),
    ("9.5", 6),
    ("9.6", 6),
    ("9.7", 6),
    ("9.8", 6),
    ("10.1", 1),
    ("12.1", 18),
    ("12.2", 18),
    ("12.3", 18),
    ("12.4", 18),
    ("12.5", 18),
    ("13.1", 18),
    ("13.2", 18),
    ("13.3", 18),
    ("13.4", 18),
    ("13.5", 18),
    ("13.6", 18),
    ("13.7", 18),
];

impl CaseId {
    /// Whether the suite's own pattern means this case: `*` stands for anything, as in `7.*`.
    pub(super) fn matches(&self, pattern: &str) -> bool {
        matches(&self.to_string(), pattern)
    }
}

impl FromStr for CaseId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split('.')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&parts.join("."))
    }
}

/// Every case that one of `patterns` means and none of `excluded`; none at all is a usage error.
pub(crate) fn expected(patterns: &[String], excluded: &[&str]) -> Result<Vec<CaseId>, Failure> {
    let mut cases = selected(patterns);
    cases.retain(|case| !excluded.iter().any(|pattern| case.matches(pattern)));
    if cases.is_empty() {
        let patterns = patterns.join(",");
        return Err(Failure::usage(format!("no case is called {patterns}")));
    }
    Ok(cases)
}

/// Every case that one of `patterns` means.
pub(super) fn selected(patterns: &[String]) -> Vec<CaseId> {
    let all = GROUPS
        .iter()
        .flat_map(|(group, count)| (1..=*count).map(move |n| format!("{group}.{n}")));
    let mut cases: Vec<CaseId> = all
        .filter(|case| patterns.iter().any(|pattern| matches(case, pattern)))
        .filter_map(|case| case.parse().ok())
        .collect();
    cases.sort();
    cases
}

fn matches(text: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => text == pattern,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            let tails = text.char_indices().map(|(at, _)| &text[at..]).chain([""]);
            tails.into_iter().any(|tail| matches(tail, rest))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(pattern: &str) -> usize {
        selected(&[pattern.to_owned()]).len()
    }

    #[test]
    fn the_suite_has_517_cases() {
        assert_eq!(count("*"), 517);
        assert_eq!(count("12.*") + count("13.*"), 216);
    }

    #[test]
    fn a_pattern_means_what_it_means_to_the_suite() {
        assert_eq!(count("1.*"), 16);
        assert_eq!(count("7.1.*"), 6);
        assert_eq!(count("7.13.2"), 1);
        assert_eq!(count("7.*.1"), 6);
        assert_eq!(count("8.*"), 0);
    }

    #[test]
    fn two_patterns_do_not_count_a_case_twice() {
        assert_eq!(selected(&["1.*".to_owned(), "1.1.*".to_owned()]).len(), 16);
    }

    #[test]
    fn cases_are_in_the_order_of_numbers() {
        let cases = selected(&["6.2*".to_owned()]);
        let sorted: Vec<String> = cases.iter().map(CaseId::to_string).collect();
        assert_eq!(sorted[3..6], ["6.2.4", "6.20.1", "6.20.2"]);
    }
}
