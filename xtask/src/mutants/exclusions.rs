//! The changes that are left out, by patterns in `.cargo/mutants.toml`.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::failure::Failure;
use crate::lower_crates::LOWER_CRATES;
use crate::process;

const FILE: &str = ".cargo/mutants.toml";

/// To read the sources, which takes a tenth of a second.
const LIST_LIMIT: Duration = Duration::from_secs(60);

/// Fails if a pattern leaves out nothing: the code whose reason it tells is gone, and it may hide another change one day.
pub(super) fn check(program: &Path, root: &Path) -> Result<(), Failure> {
    let text = fs::read_to_string(root.join(FILE))
        .map_err(|error| Failure::failed(format!("{FILE}: {error}")))?;
    let without = |pattern: Option<&str>| count(program, root, pattern);
    judge(&patterns(&text)?, without)
}

fn judge(
    patterns: &[&str],
    without: impl Fn(Option<&str>) -> Result<usize, Failure>,
) -> Result<(), Failure> {
    let all = without(None)?;
    let mut idle = Vec::new();
    for &pattern in patterns {
        if without(Some(pattern))? == all {
            idle.push(format!(
                "{FILE}: `{pattern}` matches no change any more: take it out, or correct it"
            ));
        }
    }
    match idle.is_empty() {
        true => Ok(()),
        false => Err(Failure::failed(idle.join("\n"))),
    }
}

/// How many changes there are, but for those that one pattern leaves out.
fn count(program: &Path, root: &Path, pattern: Option<&str>) -> Result<usize, Failure> {
    let mut list = Command::new(program);
    list.args(["mutants", "--list", "--no-config"])
        .current_dir(root);
    for name in LOWER_CRATES {
        list.args(["--package", name]);
    }
    list.args(pattern.map(|pattern| format!("--exclude-re={pattern}")));
    Ok(process::output_within(LIST_LIMIT, &mut list)?
        .lines()
        .count())
}

/// The patterns of the file, which has each on a line of its own: `'key\.rs.* replace / with \* in is_key',`.
fn patterns(text: &str) -> Result<Vec<&str>, Failure> {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let patterns = lines.filter(|line| !["exclude_re = [", "]"].contains(line));
    patterns
        .map(|line| {
            let quoted = line.strip_suffix(',').unwrap_or(line);
            let pattern = quoted
                .strip_prefix('\'')
                .and_then(|rest| rest.strip_suffix('\''));
            pattern
                .filter(|pattern| !pattern.contains('\''))
                .ok_or_else(|| {
                    Failure::failed(format!(
                        "{FILE}: `{line}` is no pattern in single quotes on a line of its own"
                    ))
                })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../../.cargo/mutants.toml");

    #[test]
    fn every_pattern_of_the_file_is_read() {
        let patterns = patterns(TEXT).expect("it is as it should be");
        assert_eq!(patterns.len(), TEXT.matches("\n    '").count());
        assert!(patterns.contains(&r"key\.rs.* replace / with \* in is_key"));
    }

    #[test]
    fn what_is_no_pattern_is_an_error() {
        for line in ["timeout = 3", "\"a\",", "'a', 'b',", "exclude_re = ['a']"] {
            let failure = patterns(line).expect_err("it is another thing");
            assert!(failure.to_string().contains(line), "{failure}");
        }
    }

    #[test]
    fn a_pattern_that_leaves_out_nothing_is_named() {
        let without = |pattern: Option<&str>| match pattern {
            None | Some("gone") => Ok(9),
            Some(_) => Ok(8),
        };
        assert!(judge(&["a", "b"], without).is_ok());
        let failure = judge(&["a", "gone", "b"], without).expect_err("one is idle");
        let told = failure.to_string();
        assert!(told.contains("`gone` matches no change any more"), "{told}");
        assert_eq!(told.lines().count(), 1);
    }
}
