//! What the programs of `fuzz_targets/` are made of.

use std::{
    env, fs,
    io::{self, Read},
    panic,
    path::PathBuf,
    process,
};

#[cfg(fuzzing)]
#[doc(hidden)]
pub use libfuzzer_sys;

/// The program of a target: driven by libFuzzer when cargo-fuzz builds it, otherwise one that runs the files it is
/// given, which is how a finding is looked at with a stable compiler, and how other fuzzers drive a target.
#[macro_export]
macro_rules! program {
    ($name:ident) => {
        #[cfg(fuzzing)]
        $crate::program::libfuzzer_sys::fuzz_target!(|data: &[u8]| $crate::$name(data));

        #[cfg(not(fuzzing))]
        fn main() -> std::io::Result<()> {
            $crate::program::run($crate::$name)
        }
    };
}

/// Runs a body with each of the files that the command line names, or with standard input when it names none. A panic
/// becomes SIGABRT, which is what other fuzzers take for a finding.
///
/// # Errors
///
/// A file that cannot be read.
pub fn run(body: fn(&[u8])) -> io::Result<()> {
    let paths: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        let mut input = Vec::new();
        io::stdin().read_to_end(&mut input)?;
        call(body, &input);
        return Ok(());
    }
    for path in paths {
        println!("{}", path.display());
        call(body, &fs::read(path)?);
    }
    Ok(())
}

fn call(body: fn(&[u8]), input: &[u8]) {
    if panic::catch_unwind(|| body(input)).is_err() {
        process::abort();
    }
}
