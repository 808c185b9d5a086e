//! Names of tests in the documents under `docs/`: what is promised there is shown by a test that exists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser};

use crate::finding::Finding;
use crate::source::Source;

const RULE: &str = "no-such-test";

/// The names of the tests of each file.
pub(super) type Tests = BTreeMap<PathBuf, BTreeSet<String>>;

/// The tests of these files.
pub(super) fn collect(sources: &[Source]) -> Tests {
    let names = |source: &Source| source.facts.test_names.iter().cloned().collect();
    sources
        .iter()
        .map(|source| (source.path.clone(), names(source)))
        .collect()
}

/// Checks every `path/to/file.rs::name` in the code spans of one document.
pub(super) fn check(path: &Path, text: &str, tests: &Tests, findings: &mut Vec<Finding>) {
    if !path.starts_with("docs") {
        return;
    }
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let Event::Code(code) = event else { continue };
        let Some((file, name)) = code.split_once(".rs::") else {
            continue;
        };
        let file = PathBuf::from(format!("{file}.rs"));
        if let Some(message) = missing(&file, name, tests) {
            let line = text[..range.start].matches('\n').count() + 1;
            findings.push(Finding::at(path, line, RULE, message));
        }
    }
}

fn missing(file: &Path, name: &str, tests: &Tests) -> Option<String> {
    let Some(names) = tests.get(file) else {
        return Some(format!(
            "`{}` is no file of the repository: the path begins at its root",
            file.display()
        ));
    };
    if names.contains(name) {
        return None;
    }
    let mut elsewhere = tests.iter().filter(|(_, names)| names.contains(name));
    let hint = elsewhere
        .next()
        .map(|(file, _)| format!("; it is in {}", file.display()))
        .unwrap_or_default();
    Some(format!("{} has no test `{name}`{hint}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        let sources = [
            (
                "crates/a/tests/b.rs",
                "#[test] fn it_holds() {} fn sample() {}",
            ),
            (
                "crates/a/tests/c.rs",
                "proptest! { #[test] fn it_always_holds(x: u8) {} }",
            ),
        ];
        let sources: Vec<Source> = sources
            .iter()
            .map(|(path, text)| Source::parse(Path::new(path), text).expect("parses"))
            .collect();
        let mut findings = Vec::new();
        check(Path::new(path), text, &collect(&sources), &mut findings);
        findings.iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_test_that_exists_is_fine_and_so_is_other_code() {
        let text = "| a | `crates/a/tests/b.rs::it_holds`, `crates/a/tests/c.rs::it_always_holds` |\n\
            `std::io::Error` `crates/a/tests/gone.rs` crates/a/tests/b.rs::prose\n";
        assert_eq!(findings("docs/a.md", text), [""; 0]);
    }

    #[test]
    fn a_test_that_does_not_exist_is_found_with_its_line() {
        let text = "# A\n\n| clause | test |\n|---|---|\n| x | `crates/a/tests/b.rs::it_held` |\n";
        assert_eq!(
            findings("docs/a.md", text),
            ["docs/a.md:5: [no-such-test] crates/a/tests/b.rs has no test `it_held`"]
        );
    }

    #[test]
    fn a_function_that_is_no_test_is_none() {
        assert_eq!(
            findings("docs/a.md", "`crates/a/tests/b.rs::sample`").len(),
            1
        );
    }

    #[test]
    fn a_test_in_another_file_is_told_with_its_file() {
        assert_eq!(
            findings("docs/a.md", "`crates/a/tests/c.rs::it_holds`"),
            [
                "docs/a.md:1: [no-such-test] crates/a/tests/c.rs has no test `it_holds`; it is in crates/a/tests/b.rs"
            ]
        );
    }

    #[test]
    fn a_file_that_does_not_exist_is_found() {
        assert_eq!(
            findings("docs/a.md", "`a/tests/b.rs::it_holds`"),
            [
                "docs/a.md:1: [no-such-test] `a/tests/b.rs` is no file of the repository: the path begins at its root"
            ]
        );
    }

    #[test]
    fn only_documents_under_docs_promise_tests() {
        assert_eq!(findings("README.md", "`src/gone.rs::f`"), [""; 0]);
    }
}
