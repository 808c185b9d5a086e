//! Links between the files of the repository.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::Texts;
use crate::finding::Finding;

const RULE: &str = "broken-link";

/// Checks every link of one Markdown file that stays in the repository; `paths` are all its files.
pub(super) fn check(
    path: &Path,
    text: &str,
    texts: &Texts,
    paths: &[PathBuf],
    findings: &mut Vec<Finding>,
) {
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let Event::Start(Tag::Link { dest_url: to, .. } | Tag::Image { dest_url: to, .. }) = event
        else {
            continue;
        };
        if is_elsewhere(&to) {
            continue;
        }
        if let Some(message) = broken(path, &to, texts, paths) {
            let line = text[..range.start].matches('\n').count() + 1;
            findings.push(Finding::at(path, line, RULE, message));
        }
    }
}

/// Whether the link has a scheme, so that it leaves the repository. A path of Rust has none.
fn is_elsewhere(to: &str) -> bool {
    if to.contains("::") {
        return false;
    }
    let scheme = to.split_once(':').map(|(scheme, _)| scheme);
    to.starts_with("//")
        || scheme.is_some_and(|scheme| {
            scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '+')
        })
}

fn broken(from: &Path, to: &str, texts: &Texts, paths: &[PathBuf]) -> Option<String> {
    let (file, anchor) = to
        .split_once('#')
        .map_or((to, None), |(file, anchor)| (file, Some(anchor)));
    let target = if file.is_empty() {
        from.to_owned()
    } else {
        match resolve(from, file) {
            Some(target) => target,
            None => return Some(format!("`{to}` leaves the repository")),
        }
    };
    if !paths.iter().any(|path| path.starts_with(&target)) {
        return Some(format!("`{to}`: there is no {}", target.display()));
    }
    let anchor = anchor.filter(|anchor| !anchor.is_empty())?;
    let text = texts
        .get(&target)
        .filter(|_| target.extension().is_some_and(|found| found == "md"))?;
    if anchors(text).iter().any(|found| found == anchor) {
        return None;
    }
    Some(format!(
        "`{to}`: {} has no heading for it",
        target.display()
    ))
}

/// The file that `to` means, seen from the file `from`; a link that begins with `/` starts at the root.
fn resolve(from: &Path, to: &str) -> Option<PathBuf> {
    let (mut path, to) = match to.strip_prefix('/') {
        Some(to) => (PathBuf::new(), to),
        None => (from.parent()?.to_owned(), to),
    };
    for part in Path::new(to).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if path.pop() => {}
            Component::Normal(name) => path.push(name),
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// The anchors that code hosts make of the headings: small letters, spaces as hyphens, no punctuation.
fn anchors(text: &str) -> Vec<String> {
    let mut anchors = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let slug = slug(&heading.take().unwrap_or_default());
                let count = seen.entry(slug.clone()).or_default();
                anchors.push(if *count == 0 {
                    slug
                } else {
                    format!("{slug}-{count}")
                });
                *count += 1;
            }
            _ => {}
        }
    }
    anchors
}

fn slug(heading: &str) -> String {
    let kept = heading
        .trim()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase)
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(text: &str) -> Vec<usize> {
        let paths: Vec<PathBuf> = ["README.md", "docs/a.md", "docs/b.md", "crates/x/src/lib.rs"]
            .map(PathBuf::from)
            .into();
        let b = "# The B\n\n## `code` & more, twice\n\n## The B\n".to_owned();
        let texts = Texts::from([
            (PathBuf::from("docs/a.md"), text.to_owned()),
            (PathBuf::from("docs/b.md"), b),
        ]);
        let mut findings = Vec::new();
        check(Path::new("docs/a.md"), text, &texts, &paths, &mut findings);
        findings.iter().filter_map(Finding::line).collect()
    }

    #[test]
    fn a_link_to_a_file_or_a_directory_resolves() {
        assert_eq!(
            breaches(
                "[a](b.md) [b](../README.md) [c](../crates/x) [d](/docs/b.md) [e](../crates/x/src/lib.rs#L3)\n"
            ),
            [0_usize; 0]
        );
    }

    #[test]
    fn a_link_to_nothing_is_found_with_its_line() {
        assert_eq!(breaches("text\n\n[a](c.md)\n"), [3]);
        assert_eq!(breaches("![picture](picture.png)\n"), [1]);
        assert_eq!(breaches("[a][1]\n\n[1]: missing.md\n"), [1]);
        assert_eq!(breaches("[a](../../outside.md)\n"), [1]);
        assert_eq!(breaches("[`Type`](crate::Type)\n"), [1]);
    }

    #[test]
    fn a_link_to_a_heading_needs_the_heading() {
        assert_eq!(
            breaches(
                "# Here\n[a](b.md#the-b) [b](b.md#the-b-1) [c](#here) [d](b.md#code--more-twice)\n"
            ),
            [0_usize; 0]
        );
        assert_eq!(breaches("[a](b.md#gone)\n[b](#gone)\n"), [1, 2]);
    }

    #[test]
    fn a_link_to_the_world_is_left_alone_and_so_is_code() {
        assert_eq!(
            breaches("[a](https://example.org/x) <mailto:a@example.org> `[b](c.md)`\n"),
            [0_usize; 0]
        );
    }
}
