//! Rules for packages and for the change log.

use std::path::PathBuf;

use super::Texts;
use crate::finding::Finding;
use crate::workspace::{Member, Workspace};

const MANIFEST: &str = "manifest";
const README: &str = "readme";
const CRATE_DOCS: &str = "crate-docs";
const CHANGE_LOG: &str = "change-log";

/// Fewer words cannot say what a crate is.
const MIN_WORDS: usize = 3;

/// Checks every member, and the change log.
pub(super) fn check(workspace: &Workspace, texts: &Texts, findings: &mut Vec<Finding>) {
    for member in &workspace.members {
        check_manifest(member, texts, findings);
        check_docs(member, texts, findings);
        if member.dir.starts_with("crates") {
            check_crate(member, texts, findings);
        }
    }
    check_change_log(texts, findings);
}

fn check_manifest(member: &Member, texts: &Texts, findings: &mut Vec<Finding>) {
    let path = member.dir.join("Cargo.toml");
    if member.license.is_none() {
        findings.push(Finding::of(
            &path,
            MANIFEST,
            "no licence: `license.workspace = true`",
        ));
    }
    if !texts.get(&path).is_some_and(|text| follows_lints(text)) {
        findings.push(Finding::of(
            &path,
            MANIFEST,
            "no lints: `[lints]` with `workspace = true`",
        ));
    }
}

fn check_crate(member: &Member, texts: &Texts, findings: &mut Vec<Finding>) {
    if member
        .description
        .as_deref()
        .is_none_or(|text| text.trim().is_empty())
    {
        findings.push(Finding::of(
            &member.dir.join("Cargo.toml"),
            MANIFEST,
            "no description",
        ));
    }
    let readme = member.dir.join("README.md");
    if texts.get(&readme).is_none_or(|text| text.trim().is_empty()) {
        findings.push(Finding::of(
            &readme,
            README,
            "a crate has a README.md that says what it is",
        ));
    }
}

fn check_docs(member: &Member, texts: &Texts, findings: &mut Vec<Finding>) {
    for root in &member.roots {
        let text = texts.get(root).map_or("", String::as_str);
        if !says_what_it_is(text) {
            let message =
                "the file begins with `//!` and what the crate or program is, in a sentence";
            findings.push(Finding::at(root, 1, CRATE_DOCS, message));
        }
    }
}

fn check_change_log(texts: &Texts, findings: &mut Vec<Finding>) {
    let path = PathBuf::from("CHANGELOG.md");
    let Some(text) = texts.get(&path) else {
        findings.push(Finding::of(&path, CHANGE_LOG, "there is none"));
        return;
    };
    if !text.lines().any(is_release) {
        findings.push(Finding::of(
            &path,
            CHANGE_LOG,
            "no section `## [Unreleased]` or `## 1.2.3`",
        ));
    }
}

fn is_release(line: &str) -> bool {
    let Some(title) = line.strip_prefix("## ") else {
        return false;
    };
    let title = title.trim_start_matches('[');
    title.starts_with("Unreleased") || title.starts_with(|c: char| c.is_ascii_digit())
}

fn follows_lints(manifest: &str) -> bool {
    let mut lines = manifest.lines().map(str::trim);
    lines.by_ref().any(|line| line == "[lints]")
        && lines
            .take_while(|line| !line.starts_with('['))
            .any(|line| line.replace(' ', "") == "workspace=true")
}

fn says_what_it_is(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    if first.starts_with("#![doc = include_str!(") {
        return true;
    }
    let Some(docs) = first.strip_prefix("//! ") else {
        return false;
    };
    !docs.starts_with('#') && docs.split_whitespace().count() >= MIN_WORDS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(files: &[(&str, &str)]) -> Texts {
        files
            .iter()
            .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()))
            .collect()
    }

    fn member() -> Member {
        Member {
            name: "ws-x".to_owned(),
            dir: PathBuf::from("crates/ws-x"),
            description: Some("A thing".to_owned()),
            license: Some("MIT".to_owned()),
            dependencies: Vec::new(),
            roots: vec![PathBuf::from("crates/ws-x/src/lib.rs")],
            has_default_features: false,
        }
    }

    fn rules(member: Member, files: &[(&str, &str)]) -> Vec<&'static str> {
        let workspace = Workspace {
            root: PathBuf::from("r"),
            target: PathBuf::from("t"),
            members: vec![member],
        };
        let mut findings = Vec::new();
        check(&workspace, &texts(files), &mut findings);
        findings.iter().map(Finding::rule).collect()
    }

    const GOOD: &[(&str, &str)] = &[
        ("CHANGELOG.md", "# Changes\n\n## [Unreleased]\n"),
        (
            "crates/ws-x/Cargo.toml",
            "[package]\n\n[lints]\nworkspace = true\n",
        ),
        ("crates/ws-x/README.md", "# ws-x\n\nA thing.\n"),
        ("crates/ws-x/src/lib.rs", "//! A thing for tests.\n"),
    ];

    fn without(path: &str, text: &'static str) -> Vec<(&'static str, &'static str)> {
        GOOD.iter()
            .map(|file| {
                if file.0 == path {
                    (file.0, text)
                } else {
                    *file
                }
            })
            .collect()
    }

    #[test]
    fn a_member_in_order_has_no_findings() {
        assert_eq!(rules(member(), GOOD), [""; 0]);
    }

    #[test]
    fn a_missing_licence_or_description_is_found() {
        let unlicensed = Member {
            license: None,
            ..member()
        };
        assert_eq!(rules(unlicensed, GOOD), [MANIFEST]);
        let undescribed = Member {
            description: Some(" ".to_owned()),
            ..member()
        };
        assert_eq!(rules(undescribed, GOOD), [MANIFEST]);
    }

    #[test]
    fn missing_lints_are_found() {
        for manifest in [
            "[package]\n",
            "[lints]\n[dependencies]\nworkspace = true\n",
            "[lints.rust]\nworkspace = true\n",
        ] {
            assert_eq!(
                rules(member(), &without("crates/ws-x/Cargo.toml", manifest)),
                [MANIFEST],
                "{manifest}"
            );
        }
    }

    #[test]
    fn an_empty_readme_is_found() {
        assert_eq!(
            rules(member(), &without("crates/ws-x/README.md", "\n")),
            [README]
        );
    }

    #[test]
    fn a_crate_that_does_not_say_what_it_is_is_found() {
        for docs in [
            "mod a;\n",
            "//! # Title of it all\n",
            "//! Things.\n",
            "// A thing for tests.\n",
        ] {
            assert_eq!(
                rules(member(), &without("crates/ws-x/src/lib.rs", docs)),
                [CRATE_DOCS],
                "{docs}"
            );
        }
    }

    #[test]
    fn a_change_log_without_a_release_is_found() {
        assert_eq!(
            rules(member(), &without("CHANGELOG.md", "# Changes\n")),
            [CHANGE_LOG]
        );
        assert_eq!(rules(member(), &GOOD[1..]), [CHANGE_LOG]);
        assert!(is_release("## 0.1.0 (2026-01-01)"));
    }
}
