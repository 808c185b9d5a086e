//! Every input of every corpus, by a stable compiler; and no target without its program and its corpus.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use fuzz::TARGETS;

/// One test for each target, so that a failure names it; the input is the last that was printed.
macro_rules! replay {
    ($($name:ident)*) => {
        const REPLAYED: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                replay(stringify!($name));
            }
        )*
    };
}

replay! {
    close_payload
    connection_client
    connection_ops
    connection_server
    deflate_roundtrip
    diff_tungstenite
    extension_offers
    forwarded_for
    frame_header
    frame_stream
    handshake_request
    handshake_response
    header_lists
    inflate_stream
    mask
    proxy_header
    server_io
    utf8_stream
}

fn replay(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.expect("it is in the table");
    let inputs = files(&here("corpus").join(name));
    assert!(!inputs.is_empty(), "a corpus has seeds");
    for input in inputs {
        println!("{}", input.display());
        (target.body)(&fs::read(&input).expect("it can be read"));
    }
    // What every fuzzer begins with.
    println!("the empty input");
    (target.body)(b"");
}

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).expect("there is such a directory");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    paths.sort();
    paths
}

/// The names of the files, or of the directories, without their extensions.
fn names(dir: &str) -> BTreeSet<String> {
    let stems = files(&here(dir)).into_iter().map(|path| {
        let stem = path.file_stem().expect("a name");
        stem.to_string_lossy().into_owned()
    });
    stems.collect()
}

fn table() -> BTreeSet<String> {
    TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect()
}

#[test]
fn every_target_is_replayed() {
    let replayed: BTreeSet<String> = REPLAYED.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(replayed, table());
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    assert_eq!(names("corpus"), table());
}

#[test]
fn every_target_has_a_program_and_every_program_a_target() {
    assert_eq!(names("fuzz_targets"), table());
    for name in table() {
        let program = fs::read_to_string(here("fuzz_targets").join(format!("{name}.rs")));
        let program = program.expect("it can be read");
        assert!(
            program.contains(&format!("fuzz::program!({name});")),
            "{name}"
        );
    }
}

#[test]
fn every_program_is_in_the_manifest() {
    let manifest = fs::read_to_string(here("Cargo.toml")).expect("it can be read");
    let (_, programs) = manifest.split_once("[[bin]]").expect("there are programs");
    let declared: BTreeSet<String> = programs
        .lines()
        .filter_map(|line| line.strip_prefix("name = \""))
        .map(|rest| rest.trim_end_matches('"').to_owned())
        .collect();
    assert_eq!(declared, table());
}

/// A repository keeps them for ever.
#[test]
fn the_corpora_are_small() {
    let mut bytes = 0;
    for corpus in files(&here("corpus")) {
        let inputs = files(&corpus);
        let len = inputs.len();
        assert!(
            len <= 300,
            "{}: {len} inputs, at most 300",
            corpus.display()
        );
        for input in inputs {
            bytes += fs::metadata(&input).expect("it can be read").len();
        }
    }
    assert!(bytes <= 1 << 20, "{bytes} bytes in all, at most 1 MiB");
}
