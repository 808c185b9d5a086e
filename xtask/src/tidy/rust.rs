//! Rules for Rust files.

use std::path::Path;

use crate::finding::Finding;
use crate::source::{Kind, Source};

const MAX_LINES: usize = 400;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc"];

/// Macros of work in progress.
const UNFINISHED: &[&str] = &["dbg", "todo", "unimplemented"];

/// A rule: its name, and what it finds.
type Rule = (&'static str, fn(&Source, &mut dyn FnMut(usize, String)));

const RULES: &[Rule] = &[
    ("long-file", long_file),
    ("empty-name", empty_name),
    ("lib-function", lib_function),
    ("bool-parameter", bool_parameter),
    ("unwrap", unwrap),
    ("unfinished", unfinished),
    ("unsafe", no_unsafe),
];

/// Checks one file.
pub(super) fn check(source: &Source, findings: &mut Vec<Finding>) {
    for (name, rule) in RULES {
        rule(source, &mut |line, message| {
            findings.push(Finding::at(&source.path, line, name, message));
        });
    }
}

fn long_file(source: &Source, found: &mut dyn FnMut(usize, String)) {
    let lines = source.lines - source.test_lines;
    if !source.is_test && lines > MAX_LINES {
        found(
            1,
            format!("{lines} lines without tests, {MAX_LINES} at most: one noun a file"),
        );
    }
}

fn empty_name(source: &Source, found: &mut dyn FnMut(usize, String)) {
    let path = source.path.with_extension("");
    let parts = path
        .components()
        .filter_map(|part| part.as_os_str().to_str());
    for name in parts.filter(|part| EMPTY_NAMES.contains(part)) {
        found(
            1,
            format!(
                "a file or directory called `{name}` says nothing: name the noun that is inside"
            ),
        );
    }
    for (name, line) in &source.facts.modules {
        if EMPTY_NAMES.contains(&name.as_str()) {
            found(
                *line,
                format!("a module called `{name}` says nothing: name the noun that is inside"),
            );
        }
    }
}

fn lib_function(source: &Source, found: &mut dyn FnMut(usize, String)) {
    if !in_crates(&source.path) || !source.path.ends_with("src/lib.rs") {
        return;
    }
    for function in source.functions() {
        let message = format!(
            "lib.rs has docs, mod and pub use, no function: `{}` belongs into a module",
            function.name
        );
        found(function.line, message);
    }
}

fn bool_parameter(source: &Source, found: &mut dyn FnMut(usize, String)) {
    if !in_crates(&source.path) {
        return;
    }
    for function in source
        .functions()
        .filter(|function| function.is_pub && function.takes_bool)
    {
        let message = format!(
            "`{}` takes a bool: write two functions, an enum, or a config field",
            function.name
        );
        found(function.line, message);
    }
}

fn unwrap(source: &Source, found: &mut dyn FnMut(usize, String)) {
    for mention in source.mentions() {
        if mention.kind == Kind::Method && mention.segments == ["unwrap"] {
            found(
                mention.line(),
                "no unwrap: return the error, or `expect` the reason why it holds".to_owned(),
            );
        }
    }
}

fn unfinished(source: &Source, found: &mut dyn FnMut(usize, String)) {
    for mention in &source.facts.mentions {
        if mention.kind == Kind::Macro && UNFINISHED.contains(&mention.segments[0].as_str()) {
            found(
                mention.line(),
                format!("{}! does not stay", mention.segments[0]),
            );
        }
    }
}

fn no_unsafe(source: &Source, found: &mut dyn FnMut(usize, String)) {
    if !in_crates(&source.path) {
        return;
    }
    for mention in &source.facts.mentions {
        if mention.kind == Kind::Identifier && mention.segments == ["unsafe"] {
            found(
                mention.line(),
                "no unsafe in the crates: safe code was measured to be as fast".to_owned(),
            );
        }
    }
}

fn in_crates(path: &Path) -> bool {
    path.starts_with("crates")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(path: &str, text: &str) -> Vec<(&'static str, usize)> {
        let source = Source::parse(Path::new(path), text).expect("the sample parses");
        let mut findings = Vec::new();
        check(&source, &mut findings);
        findings
            .iter()
            .map(|finding| (finding.rule(), finding.line().unwrap_or(0)))
            .collect()
    }

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let long = "const A: u8 = 1;\n".repeat(MAX_LINES + 1);
        assert_eq!(breaches("crates/x/src/a.rs", &long), [("long-file", 1)]);
        assert_eq!(breaches("crates/x/tests/a.rs", &long), []);
        let tested = format!("#[cfg(test)]\nmod tests {{\n{long}}}\n");
        assert_eq!(breaches("crates/x/src/a.rs", &tested), []);
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        for name in EMPTY_NAMES {
            assert_eq!(
                breaches(&format!("crates/x/src/{name}.rs"), ""),
                [("empty-name", 1)]
            );
            assert_eq!(
                breaches(&format!("crates/x/tests/{name}/mod.rs"), ""),
                [("empty-name", 1)]
            );
            assert_eq!(
                breaches("xtask/src/a.rs", &format!("\nmod {name} {{}}")),
                [("empty-name", 2)]
            );
        }
    }

    #[test]
    fn a_function_in_lib_rs_is_found() {
        let text = "mod a;\nimpl A { fn f() {} }\n#[cfg(test)]\nmod tests { fn g() {} }\n";
        assert_eq!(breaches("crates/x/src/lib.rs", text), [("lib-function", 2)]);
        assert_eq!(breaches("crates/x/src/a.rs", text), []);
        assert_eq!(breaches("fuzz/src/lib.rs", text), []);
    }

    #[test]
    fn a_public_bool_parameter_is_found() {
        let text = "pub fn f(on: bool) {}\npub(crate) fn g(on: bool) {}\nfn h(on: bool) {}\n";
        assert_eq!(breaches("crates/x/src/a.rs", text), [("bool-parameter", 1)]);
        assert_eq!(breaches("xtask/src/a.rs", text), []);
    }

    #[test]
    fn unwrap_is_found_outside_of_tests() {
        let text = "fn f() { a.unwrap(); }\nfn g() { assert!(a.unwrap()); a.unwrap_or(b); }\n#[test]\nfn h() { a.unwrap(); }\n";
        assert_eq!(
            breaches("xtask/src/a.rs", text),
            [("unwrap", 1), ("unwrap", 2)]
        );
        assert_eq!(breaches("crates/x/tests/a.rs", text), []);
    }

    #[test]
    fn macros_of_unfinished_work_are_found_in_tests_too() {
        for name in UNFINISHED {
            let text = format!("#[test]\nfn f() {{ {name}!(a) }}\n");
            assert_eq!(
                breaches("crates/x/src/a.rs", &text),
                [("unfinished", 2)],
                "{name}"
            );
        }
    }

    #[test]
    fn unsafe_is_found_in_every_form() {
        for text in [
            "fn f() { unsafe { g() } }",
            "unsafe fn f() {}",
            "unsafe impl A for B {}",
            "fn f() { m!(unsafe { g() }) }",
        ] {
            assert_eq!(
                breaches("crates/x/src/a.rs", text),
                [("unsafe", 1)],
                "{text}"
            );
        }
        assert_eq!(
            breaches("crates/x/src/a.rs", "#![forbid(unsafe_code)] // unsafe\n"),
            []
        );
    }
}
