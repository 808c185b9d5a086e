//! `cargo xtask tidy`: the rules of style that a tool can check.

mod manifest;
mod markdown;
mod rust;
mod test_name;
mod text;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::finding;
use crate::flags::{Flag, Flags};
use crate::process;
use crate::source;
use crate::workspace::Workspace;

const HELP: &str = "\
usage: cargo xtask tidy

Checks every file that git tracks, or would track: white space, marks of unfinished work, private paths and
words, the shape of Rust files, manifests, READMEs, the change log, the links between Markdown files, and that
each test that a document under docs/ names is there.";

/// What is not ours to change: bytes that only look like text, and the words of licences.
const AS_THEY_ARE: &[&str] = &[
    "fuzz/corpus",
    "fuzz/artifacts",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

/// The task.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    if let Some(Flag::Help | Flag::Named(_)) = Flags::new(args, &[]).next()? {
        println!("{HELP}");
        return Ok(());
    }
    let workspace = Workspace::load()?;
    let paths = tracked(&workspace.root)?;
    let texts = read(&workspace.root, &paths)?;
    let rust: Vec<PathBuf> = paths
        .iter()
        .filter(|path| has_extension(path, "rs"))
        .cloned()
        .collect();

    let sources = source::parse_all(&workspace.root, &rust)?;
    let tests = test_name::collect(&sources);

    let mut findings = Vec::new();
    for (path, text) in &texts {
        text::check(path, text, &mut findings);
        if has_extension(path, "md") {
            markdown::check(path, text, &texts, &paths, &mut findings);
            test_name::check(path, text, &tests, &mut findings);
        }
    }
    for source in &sources {
        rust::check(source, &mut findings);
    }
    manifest::check(&workspace, &texts, &mut findings);
    finding::report(
        findings,
        &format!("tidy: {} files are in order", paths.len()),
    )
}

/// The text files by path, in order.
type Texts = std::collections::BTreeMap<PathBuf, String>;

/// What git tracks and what it would: new files too, ignored ones not.
fn tracked(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut git = Command::new("git");
    git.arg("-C").arg(root);
    git.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let list = process::output(&mut git)?;
    let mut paths: Vec<PathBuf> = list
        .split_terminator('\0')
        .map(PathBuf::from)
        .filter(|path| root.join(path).is_file())
        .collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

fn read(root: &Path, paths: &[PathBuf]) -> Result<Texts, Failure> {
    let mut texts = Texts::new();
    for path in paths {
        if AS_THEY_ARE.iter().any(|dir| path.starts_with(dir)) {
            continue;
        }
        let bytes = fs::read(root.join(path))?;
        if let Ok(text) = String::from_utf8(bytes)
            && !text.contains('\0')
        {
            texts.insert(path.clone(), text);
        }
    }
    Ok(texts)
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}
