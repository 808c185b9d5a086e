//! Rules for every text file. The forbidden words are put together from parts, so that this file keeps them too.

use std::path::Path;

use crate::finding::Finding;

const WHITE_SPACE: &str = "white-space";
const UNFINISHED: &str = "unfinished";
const PRIVATE: &str = "private";
const REGISTRY: &str = "registry";

/// What belongs into the issue tracker.
const MARKS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];

/// Directories of one machine.
const PLACES: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("C:\\Us", "ers\\"),
];

/// Last labels of host names that mean something in one network only.
const NETWORKS: &[&str] = &["internal", "intranet", "corp", "lan", "local"];

/// Words about the making of a text, which say nothing about the thing; as whole words, in small letters.
const MAKING: &[&str] = &[
    concat!("cla", "ude"),
    concat!("anthro", "pic"),
    concat!("open", "ai"),
    concat!("chat", "gpt"),
    concat!("co", "pilot"),
    concat!("l", "lm"),
    concat!("l", "lms"),
    concat!("language ", "model"),
    concat!("ai ", "agent"),
    concat!("ai ", "assistant"),
    concat!("ai-", "generated"),
    concat!("coding ", "agent"),
    concat!("sub", "agent"),
    concat!("agent ", "session"),
    concat!("ai ", "session"),
];

/// The same as `MAKING`, but only in capitals.
const CAPITALS: &[&str] = &[concat!("A", "I")];

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Checks one text file.
pub(super) fn check(path: &Path, text: &str, findings: &mut Vec<Finding>) {
    for (index, line) in text.split('\n').enumerate() {
        let mut found =
            |rule, message: String| findings.push(Finding::at(path, index + 1, rule, message));
        if line.ends_with([' ', '\t', '\r']) {
            found(WHITE_SPACE, "white space at the end of the line".to_owned());
        }
        if line.trim_end().contains('\t') {
            found(
                WHITE_SPACE,
                "a tab: indent with spaces, and write \\t where one is meant".to_owned(),
            );
        }
        for mark in MARKS.iter().filter(|mark| has_word(line, mark)) {
            found(UNFINISHED, format!("{mark}: finish it, or write an issue"));
        }
        if let Some(message) = private(line) {
            found(PRIVATE, message);
        }
    }
    check_end(path, text, findings);
    if path.file_name().is_some_and(|name| name == "Cargo.lock") {
        check_sources(path, text, findings);
    }
}

fn check_end(path: &Path, text: &str, findings: &mut Vec<Finding>) {
    let message = if text.is_empty() {
        return;
    } else if !text.ends_with('\n') {
        "the last line has no end"
    } else if text.ends_with("\n\n") {
        "an empty line at the end"
    } else {
        return;
    };
    findings.push(Finding::at(
        path,
        text.lines().count(),
        WHITE_SPACE,
        message,
    ));
}

fn check_sources(path: &Path, text: &str, findings: &mut Vec<Finding>) {
    for (index, line) in text.lines().enumerate() {
        if let Some(source) = line.strip_prefix("source = ")
            && source.trim_matches('"') != CRATES_IO
        {
            let message = format!("{source} is not crates.io: others cannot build this");
            findings.push(Finding::at(path, index + 1, REGISTRY, message));
        }
    }
}

/// What in the line belongs to one machine, one network, or to the making of the text.
fn private(line: &str) -> Option<String> {
    if let Some(place) = PLACES.iter().find(|place| has_place(line, place)) {
        return Some(format!("`{place}` is a place on one machine"));
    }
    if let Some(host) = hosts(line).find(|host| is_private(host)) {
        return Some(format!("`{host}` is a host of one network"));
    }
    let small = line.to_lowercase();
    let made = MAKING.iter().find(|word| has_word(&small, word));
    let made = made.or_else(|| CAPITALS.iter().find(|word| has_word(line, word)));
    made.map(|word| format!("`{word}` tells of the making, not of the thing"))
}

/// Whether a path begins with `place`; a part of a longer path or of a URL is not meant.
fn has_place(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let joined =
            |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '~' | '}' | '*');
        !before.is_some_and(joined)
    })
}

fn hosts(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("://").filter_map(|(at, sign)| {
        let rest = &line[at + sign.len()..];
        let authority = rest.split(|c: char| c == '/' || c.is_whitespace()).next()?;
        let host = authority.rsplit('@').next()?;
        host.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')))
            .next()
    })
}

fn is_private(host: &str) -> bool {
    let last = host.rsplit_once('.').map(|(_, last)| last);
    last.is_some_and(|last| NETWORKS.contains(&last))
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let joined = |c: char| c.is_alphanumeric() || c == '_';
        !before.is_some_and(joined) && !after.is_some_and(joined)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(name: &str, text: &str) -> Vec<(&'static str, usize)> {
        let mut findings = Vec::new();
        check(Path::new(name), text, &mut findings);
        findings
            .iter()
            .map(|finding| (finding.rule(), finding.line().unwrap_or(0)))
            .collect()
    }

    #[test]
    fn white_space_at_the_end_of_a_line_is_found() {
        assert_eq!(
            breaches("a.md", "a\nb \nc\r\n"),
            [(WHITE_SPACE, 2), (WHITE_SPACE, 3)]
        );
    }

    #[test]
    fn a_tab_is_found() {
        assert_eq!(breaches("a.rs", "\tb\n"), [(WHITE_SPACE, 1)]);
    }

    #[test]
    fn a_file_ends_with_one_end_of_line() {
        assert_eq!(breaches("a.rs", "a\nb"), [(WHITE_SPACE, 2)]);
        assert_eq!(breaches("a.rs", "a\n\n"), [(WHITE_SPACE, 2)]);
        assert_eq!(breaches("a.rs", "a\n"), []);
        assert_eq!(breaches("a.rs", ""), []);
    }

    #[test]
    fn marks_of_unfinished_work_are_found() {
        for mark in MARKS {
            assert_eq!(
                breaches("a.rs", &format!("// {mark}: later\n")),
                [(UNFINISHED, 1)]
            );
        }
        assert_eq!(breaches("a.rs", &format!("let {}S = 1;\n", MARKS[0])), []);
    }

    #[test]
    fn places_on_one_machine_are_found() {
        for place in PLACES {
            assert_eq!(
                breaches("a.md", &format!("see `{place}x`\n")),
                [(PRIVATE, 1)],
                "{place}"
            );
            assert_eq!(
                breaches("a.md", &format!("file://{place}x\n")),
                [(PRIVATE, 1)],
                "{place}"
            );
        }
        assert_eq!(
            breaches("a.md", &format!("https://example.org{}x\n", PLACES[0])),
            []
        );
    }

    #[test]
    fn hosts_of_one_network_are_found() {
        for network in NETWORKS {
            let text = format!("see https://user@mirror.{network}:8080/simple, or a@b\n");
            assert_eq!(breaches("a.toml", &text), [(PRIVATE, 1)], "{network}");
        }
        assert_eq!(
            breaches(
                "a.rs",
                "self.internal.lan; // https://example.com/x.local\n"
            ),
            []
        );
    }

    #[test]
    fn words_about_the_making_are_found() {
        for word in MAKING.iter().chain(CAPITALS) {
            assert_eq!(
                breaches("a.md", &format!("Made by {word}.\n")),
                [(PRIVATE, 1)],
                "{word}"
            );
        }
        assert_eq!(
            breaches(
                "a.md",
                "The User-Agent header; wait; aid; a session holds state.\n"
            ),
            []
        );
    }

    #[test]
    fn a_lock_file_names_crates_io_only() {
        let good = format!("source = \"{CRATES_IO}\"\n");
        assert_eq!(breaches("Cargo.lock", &good), []);
        let bad = "source = \"registry+https://mirror.example/index\"\n";
        assert_eq!(breaches("Cargo.lock", bad), [(REGISTRY, 1)]);
    }
}
