//! Rust sources as the checks see them: what is named where, and what is only a test.

mod facts;
mod gate;
mod import;
mod mention;
mod region;
mod test_name;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use facts::{Facts, Function};
pub(crate) use mention::{Kind, Mention};

use crate::failure::Failure;

/// A parsed file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the root of the workspace.
    pub(crate) path: PathBuf,
    /// How many lines there are, and how many of them are tests.
    pub(crate) lines: usize,
    pub(crate) test_lines: usize,
    pub(crate) facts: Facts,
    /// Nothing but tests: under `tests/`, or behind a `#[cfg(test)] mod`.
    pub(crate) is_test: bool,
}

impl Source {
    /// Parses the text of the file at `path`.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        let facts = Facts::read(text)
            .map_err(|error| Failure::failed(format!("{}: not Rust: {error}", path.display())))?;
        let in_tests = path.components().any(|part| part.as_os_str() == "tests");
        Ok(Self {
            path: path.to_owned(),
            lines: text.lines().count(),
            test_lines: facts.test_lines(),
            is_test: in_tests || facts.is_test_file(),
            facts,
        })
    }

    /// Every mention outside of tests.
    pub(crate) fn mentions(&self) -> impl Iterator<Item = &Mention> {
        let whole = !self.is_test;
        self.facts
            .mentions
            .iter()
            .filter(move |mention| whole && !mention.in_test)
    }

    /// Every function outside of tests.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &Function> {
        let whole = !self.is_test;
        self.facts
            .functions
            .iter()
            .filter(move |function| whole && !function.in_test)
    }
}

/// Parses `paths`, which are relative to `root`, and marks the files that only a test module holds.
pub(crate) fn parse_all(root: &Path, paths: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for path in paths {
        let text = fs::read_to_string(root.join(path))
            .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?;
        sources.push(Source::parse(path, &text)?);
    }
    let tests: BTreeSet<PathBuf> = sources.iter().flat_map(test_modules).collect();
    for source in &mut sources {
        let file = source.path.with_extension("");
        source.is_test |= tests.iter().any(|test| file.starts_with(test));
    }
    Ok(sources)
}

/// Every `.rs` file under `dir`, relative to `root`, sorted.
pub(crate) fn files_under(root: &Path, dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join(dir))? {
        let entry = entry?;
        let path = dir.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            files.extend(files_under(root, &path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The modules in files of their own that this file declares for tests, as paths without extension.
fn test_modules(source: &Source) -> Vec<PathBuf> {
    let stem = source.path.file_stem().unwrap_or_default();
    let dir = source.path.parent().unwrap_or(Path::new(""));
    let dir = match stem.to_str() {
        Some("mod" | "lib" | "main") => dir.to_owned(),
        _ => dir.join(stem),
    };
    source
        .facts
        .test_modules
        .iter()
        .map(|name| dir.join(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_under_tests_is_a_test() {
        let source = Source::parse(Path::new("crates/a/tests/b.rs"), "fn f() { a.unwrap() }")
            .expect("parses");
        assert!(source.is_test);
        assert_eq!(source.mentions().count(), 0);
    }

    #[test]
    fn a_test_module_in_a_file_of_its_own_is_found() {
        let lib = Source::parse(
            Path::new("src/lib.rs"),
            "#[cfg(test)] mod tests;\nmod code;",
        )
        .expect("parses");
        assert_eq!(test_modules(&lib), [Path::new("src/tests")]);
        let code =
            Source::parse(Path::new("src/code.rs"), "#[cfg(test)] mod tests;").expect("parses");
        assert_eq!(test_modules(&code), [Path::new("src/code/tests")]);
    }

    #[test]
    fn what_is_not_rust_is_an_error_that_names_the_file() {
        let failure = Source::parse(Path::new("src/a.rs"), "fn (").expect_err("it does not parse");
        assert!(
            failure.to_string().starts_with("src/a.rs: not Rust: "),
            "{failure}"
        );
    }
}
