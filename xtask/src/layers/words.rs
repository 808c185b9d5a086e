//! What the sources of a crate name.

use crate::finding::Finding;
use crate::source::{Kind, Mention, Source};

use super::rules::{Layer, Pattern, Word};

const RULE: &str = "forbidden-word";
const TEST_KIT: &str = "test-kit";

/// Checks one file of the crate that `layer` is about.
pub(super) fn check(layer: &Layer, source: &Source, findings: &mut Vec<Finding>) {
    for mention in source.mentions() {
        let broken = layer.never_names.iter().flat_map(|words| words.iter());
        for word in broken.filter(|word| word.pattern.matches(mention)) {
            findings.push(breach(layer, source, mention, word));
        }
    }
    check_test_kit(layer, source, findings);
}

/// A crate's own modules would meet a second version of their crate through the test kit.
fn check_test_kit(layer: &Layer, source: &Source, findings: &mut Vec<Finding>) {
    if layer.name == "ws-testing" {
        return;
    }
    for mention in &source.facts.mentions {
        if mention.is_path()
            && mention
                .segments
                .first()
                .is_some_and(|first| first == "ws_testing")
        {
            let message = "a crate's own modules must not name ws_testing, tests in them neither: \
                           it brings a second version of this crate; such tests live in tests/";
            findings.push(Finding::at(&source.path, mention.line(), TEST_KIT, message));
        }
    }
}

fn breach(layer: &Layer, source: &Source, mention: &Mention, word: &Word) -> Finding {
    let named = mention.segments.join("::");
    let message = format!("{} must not name `{named}`: {}", layer.name, word.because);
    Finding::at(&source.path, mention.line(), RULE, message)
}

impl Pattern {
    /// Whether `mention` is what the pattern forbids.
    fn matches(&self, mention: &Mention) -> bool {
        match self {
            Self::Path(start, but) => begins(mention, start) && !is_excepted(mention, start, but),
            Self::PathWithoutStd(start) => !mention.behind_std && begins(mention, start),
            Self::Ending(end) => mention.is_path() && mention.segments.ends_with(&parts(end)),
            Self::Method(name) => mention.kind == Kind::Method && mention.segments == [*name],
            Self::Macro(name) => mention.kind == Kind::Macro && mention.segments == [*name],
            Self::InIdentifier(word) => mention.kind == Kind::Identifier && has_word(mention, word),
            Self::Anywhere(word) => {
                matches!(mention.kind, Kind::Identifier | Kind::Text) && has_word(mention, word)
            }
        }
    }
}

/// Whether the mention is the path `start` or one below it, or everything beside it (`std::*`).
/// A lone word is a path only in an import: elsewhere `log` may be a variable.
fn begins(mention: &Mention, start: &str) -> bool {
    if !mention.is_path() || (mention.kind == Kind::Path && mention.segments.len() < 2) {
        return false;
    }
    let start = parts(start);
    if mention.segments.starts_with(&start) {
        return true;
    }
    match mention.segments.split_last() {
        Some((last, before)) => last == "*" && !before.is_empty() && start.starts_with(before),
        None => false,
    }
}

/// Whether the mention is one of the paths in `but`. Where there are any, the import of the module itself is
/// fine too: what is named through it is resolved and checked.
fn is_excepted(mention: &Mention, start: &str, but: &[&str]) -> bool {
    let is_module = mention.kind == Kind::Import && mention.segments == parts(start);
    (is_module && !but.is_empty())
        || but
            .iter()
            .any(|but| mention.segments.starts_with(&parts(but)))
}

fn parts(path: &str) -> Vec<String> {
    path.split("::").map(str::to_owned).collect()
}

fn has_word(mention: &Mention, word: &str) -> bool {
    mention
        .segments
        .iter()
        .any(|text| words(text).iter().any(|found| found == word))
}

/// The words of an identifier in snake or camel case, or of a text, in lower case.
fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut words = vec![String::new()];
    for (at, &c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1);
        let after_small =
            before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit());
        let ends_acronym = before.is_some_and(char::is_uppercase)
            && after.is_some_and(|after| after.is_lowercase());
        if !c.is_alphanumeric() || (c.is_uppercase() && (after_small || ends_acronym)) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::rules::LAYERS;
    use super::*;

    fn lines(layer: &str, text: &str) -> Vec<usize> {
        let layer = LAYERS
            .iter()
            .find(|row| row.name == layer)
            .expect("it has a row");
        let source =
            Source::parse(Path::new("crates/x/src/x.rs"), text).expect("the sample parses");
        let mut findings = Vec::new();
        check(layer, &source, &mut findings);
        let mut lines: Vec<usize> = findings.iter().filter_map(Finding::line).collect();
        lines.dedup();
        lines
    }

    #[test]
    fn the_clock_is_found_however_it_is_spelled() {
        for sample in [
            "fn f() { std::time::Instant::now(); }",
            "use std::time::Instant; fn f() { let _ = Instant::now(); }",
            "use std::time::Instant as I; fn f() { let _ = I::now(); }",
            "use std::time; fn f() { let _ = time::Instant::now; }",
            "fn f(start: Instant) { start.elapsed(); }",
            "use std::time::SystemTime;",
            "fn f() { std::thread::sleep(d); }",
        ] {
            assert_eq!(lines("ws-connection", sample), [1], "{sample}");
        }
        assert_eq!(
            lines(
                "ws-connection",
                "use std::time::Instant; fn f(now: Instant) {}"
            ),
            [0_usize; 0]
        );
    }

    #[test]
    fn below_the_server_there_is_no_socket_runtime_log_or_randomness() {
        for layer in [
            "ws-frame",
            "ws-handshake",
            "ws-connection",
            "ws-deflate",
            "ws-handler",
        ] {
            for sample in [
                "use std::net::TcpStream;",
                "use std::{net, fmt}; fn f(a: net::TcpStream) {}",
                "fn f() { tokio::spawn(g()); }",
                "#[tokio::main] async fn f() {}",
                "fn f() { tracing::debug!(\"x\"); }",
                "use log::info;",
                "fn f() { eprintln!(\"x\"); }",
                "fn f() -> u32 { rand::random() }",
            ] {
                assert_eq!(lines(layer, sample), [1], "{layer}: {sample}");
            }
        }
        assert_eq!(
            lines("ws-handler", "fn f(log: u8) -> u8 { log + rand(log) }"),
            [0_usize; 0]
        );
    }

    #[test]
    fn a_handler_may_hold_an_address_but_no_socket() {
        assert_eq!(
            lines("ws-handler", "use std::net::{IpAddr, SocketAddr};"),
            [0_usize; 0]
        );
        assert_eq!(
            lines("ws-handler", "use std::net::{IpAddr, UdpSocket};"),
            [1]
        );
        assert_eq!(lines("ws-handler", "use std::net::*;"), [1]);
    }

    #[test]
    fn a_connection_names_no_io_but_slices() {
        assert_eq!(
            lines("ws-connection", "use std::io::IoSlice;"),
            [0_usize; 0]
        );
        assert_eq!(
            lines(
                "ws-connection",
                "use std::io; fn f(a: io::IoSlice, b: io::Error) {}"
            ),
            [1]
        );
        assert_eq!(
            lines("ws-connection", "fn f() -> std::io::Result<()> { Ok(()) }"),
            [1]
        );
    }

    #[test]
    fn frames_name_std_only_behind_its_feature() {
        assert_eq!(
            lines("ws-frame", "use core::fmt;\nuse std::fmt::Debug;"),
            [2]
        );
        assert_eq!(lines("ws-frame", "extern crate std;"), [1]);
        assert_eq!(
            lines("ws-frame", "#[cfg(feature = \"std\")]\nextern crate std;"),
            [0_usize; 0]
        );
        assert_eq!(
            lines(
                "ws-frame",
                "//! Like `std::vec`.\n#![cfg_attr(not(feature = \"std\"), no_std)]"
            ),
            [0_usize; 0]
        );
    }

    #[test]
    fn frames_name_nothing_of_http() {
        assert_eq!(lines("ws-frame", "struct HttpHeader;"), [1]);
        assert_eq!(
            lines("ws-frame", "const A: &str = \"no Upgrade here\";"),
            [1]
        );
        assert_eq!(
            lines("ws-frame", "struct FrameHeader; // not an HTTP header"),
            [0_usize; 0]
        );
    }

    #[test]
    fn a_handshake_names_no_frames() {
        assert_eq!(lines("ws-handshake", "use ws_frame::FrameHeader;"), [1]);
        assert_eq!(lines("ws-handshake", "enum Opcode {}"), [1]);
        assert_eq!(
            lines("ws-handshake", "/// Frames follow.\nfn head_end() {}"),
            [0_usize; 0]
        );
    }

    #[test]
    fn tests_may_name_what_the_code_may_not() {
        assert_eq!(
            lines(
                "ws-frame",
                "#[cfg(test)]\nmod tests { use std::net::TcpStream; }"
            ),
            [0_usize; 0]
        );
    }

    #[test]
    fn the_test_kit_is_not_named_in_modules_not_even_by_tests() {
        assert_eq!(
            lines(
                "ws-frame",
                "#[cfg(test)]\nmod tests {\nuse ws_testing::pair;\n}"
            ),
            [3]
        );
    }

    #[test]
    fn identifiers_fall_into_words() {
        assert_eq!(words("FrameHeader"), ["frame", "header"]);
        assert_eq!(words("HTTPError2Uri"), ["http", "error2", "uri"]);
        assert_eq!(words("max_frame_len"), ["max", "frame", "len"]);
        assert_eq!(words("\"no Upgrade: x\""), ["no", "upgrade", "x"]);
    }
}
