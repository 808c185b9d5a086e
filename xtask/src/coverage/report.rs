//! Which lines were run, by llvm-cov's account in the format of lcov.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::source::Source;

/// How often each line with code was run, by the file's path from the root of the workspace.
#[derive(Debug, Default)]
pub(super) struct Counts(BTreeMap<PathBuf, BTreeMap<usize, u64>>);

impl Counts {
    /// Reads llvm-cov's account.
    pub(super) fn read(lcov: &str, root: &Path) -> Result<Self, Failure> {
        let mut counts = Self::default();
        let mut lines = None;
        for record in lcov.lines() {
            if let Some(path) = record.strip_prefix("SF:") {
                let path = Path::new(path);
                let path = path.strip_prefix(root).unwrap_or(path);
                lines = Some(counts.0.entry(path.to_owned()).or_default());
            } else if let Some(line) = record.strip_prefix("DA:") {
                let wrong = || Failure::failed(format!("llvm-cov says `{record}`"));
                let (line, count) = line_count(line).ok_or_else(wrong)?;
                lines.as_mut().ok_or_else(wrong)?.insert(line, count);
            }
        }
        Ok(counts)
    }
}

/// `12,3`: line 12 was run three times.
fn line_count(text: &str) -> Option<(usize, u64)> {
    let (line, count) = text.split_once(',')?;
    Some((line.parse().ok()?, count.parse().ok()?))
}

/// One crate.
#[derive(Debug)]
pub(super) struct Report {
    name: String,
    files: Vec<FileReport>,
}

/// One file of it, without its unit tests.
#[derive(Debug)]
struct FileReport {
    path: PathBuf,
    lines: usize,
    /// The lines that were not run, by number and text.
    missed: Vec<(usize, String)>,
}

impl Report {
    /// The lines of `sources` with the counts that belong to them.
    pub(super) fn new(
        name: &str,
        root: &Path,
        sources: &[Source],
        counts: &Counts,
    ) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for source in sources.iter().filter(|source| !source.is_test) {
            // A file of nothing but types and names has no line that runs.
            if let Some(counts) = counts.0.get(&source.path) {
                let text = fs::read_to_string(root.join(&source.path))?;
                files.push(FileReport::new(source, &text, counts));
            }
        }
        Ok(Self {
            name: name.to_owned(),
            files,
        })
    }

    /// Prints a line for each file, and each line that was not run.
    pub(super) fn print(&self) {
        for file in &self.files {
            println!(
                "  {:>4} of {:>4}  {}",
                file.run(),
                file.lines,
                file.path.display()
            );
        }
        for file in &self.files {
            for (line, text) in &file.missed {
                println!("{}:{line}: not run: {}", file.path.display(), text.trim());
            }
        }
    }

    /// `ws-frame: 653 of 653 lines (100.00 %)`.
    pub(super) fn total(&self) -> String {
        let (run, lines) = self.sums();
        let percent = 100.0 * run as f64 / lines.max(1) as f64;
        format!("{}: {run} of {lines} lines ({percent:.2} %)", self.name)
    }

    /// Fails unless every line was run, and unless there are any.
    pub(super) fn judge(&self) -> Result<(), Failure> {
        match self.sums() {
            (_, 0) => Err(Failure::failed(format!(
                "{}: no line was counted: is llvm-cov of another version than the compiler?",
                self.name
            ))),
            (run, lines) if run < lines => Err(Failure::failed(format!(
                "{}: its own tests do not run {} of its lines, and must run all",
                self.name,
                lines - run
            ))),
            _ => Ok(()),
        }
    }

    fn sums(&self) -> (usize, usize) {
        let run = self.files.iter().map(FileReport::run).sum();
        let lines = self.files.iter().map(|file| file.lines).sum();
        (run, lines)
    }
}

impl FileReport {
    fn new(source: &Source, text: &str, counts: &BTreeMap<usize, u64>) -> Self {
        let texts: Vec<&str> = text.lines().collect();
        let own: Vec<(usize, u64)> = counts
            .iter()
            .map(|(line, count)| (*line, *count))
            .filter(|(line, _)| !source.facts.is_test_line(*line))
            .collect();
        let missed = own.iter().filter(|(_, count)| *count == 0);
        let text_of = |line: usize| texts.get(line - 1).copied().unwrap_or_default().to_owned();
        Self {
            path: source.path.clone(),
            lines: own.len(),
            missed: missed.map(|(line, _)| (*line, text_of(*line))).collect(),
        }
    }

    fn run(&self) -> usize {
        self.lines - self.missed.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "fn f() {\n    g();\n}\n#[cfg(test)]\nmod tests {\n    fn h() {}\n}\n";

    fn report(lcov: &str) -> Report {
        let counts = Counts::read(lcov, Path::new("/r")).expect("it is lcov");
        let source = Source::parse(Path::new("src/a.rs"), TEXT).expect("it is Rust");
        let counted = counts.0.get(Path::new("src/a.rs"));
        Report {
            name: "a".to_owned(),
            files: counted
                .map(|counts| FileReport::new(&source, TEXT, counts))
                .into_iter()
                .collect(),
        }
    }

    #[test]
    fn a_line_that_was_not_run_is_told_and_fails() {
        let report = report("SF:/r/src/a.rs\nDA:1,7\nDA:2,0\nDA:3,7\nend_of_record\n");
        assert_eq!(report.files[0].missed, [(2, "    g();".to_owned())]);
        assert_eq!(report.total(), "a: 2 of 3 lines (66.67 %)");
        let told = report.judge().expect_err("a line is missing").to_string();
        assert_eq!(
            told,
            "a: its own tests do not run 1 of its lines, and must run all"
        );
    }

    #[test]
    fn the_lines_of_unit_tests_do_not_count() {
        let report = report("SF:/r/src/a.rs\nDA:1,1\nDA:2,1\nDA:3,1\nDA:6,0\nend_of_record\n");
        assert_eq!(report.total(), "a: 3 of 3 lines (100.00 %)");
        report.judge().expect("all lines were run");
    }

    #[test]
    fn an_account_of_nothing_fails() {
        let report = report("SF:/r/src/other.rs\nDA:1,1\nend_of_record\n");
        let told = report.judge().expect_err("nothing was counted").to_string();
        assert!(told.starts_with("a: no line was counted"), "{told}");
    }

    #[test]
    fn what_is_not_lcov_is_an_error() {
        for lcov in ["DA:1,1\n", "SF:/r/a.rs\nDA:1\n", "SF:/r/a.rs\nDA:x,1\n"] {
            assert!(Counts::read(lcov, Path::new("/r")).is_err(), "{lcov}");
        }
    }
}
