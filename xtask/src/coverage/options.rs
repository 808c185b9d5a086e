//! The flags of `cargo xtask coverage`.

use super::CRATES;
use super::tools::Fetch;
use crate::failure::Failure;
use crate::flags::{self, Flag, Flags};

const HELP: &str = "\
usage: cargo xtask coverage [FLAGS]

Runs the tests of ws-frame, ws-connection and ws-handshake, each crate by its own tests alone and without those in its
documentation, and prints for each file how many lines they run, and each line that they do not. Fails unless they run
all of them. It needs llvm-cov and llvm-profdata of the compiler's version of LLVM: rustup's component llvm-tools, or a
package of the system. Where there is neither, they are fetched: by apt-get into .cache, which leaves the system as it
is, or else by rustup. Builds go to target/coverage.

  --only CRATE  this crate and no other; may be given again
  --allow-skip  succeed if there is no llvm-cov";

/// What to run.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) crates: Vec<&'static str>,
    pub(super) allow_skip: bool,
    pub(super) fetch: Fetch,
}

impl Options {
    /// All crates; without llvm-cov, none. A check of the code does not change the toolchain.
    pub(super) fn for_ci() -> Self {
        Self {
            crates: CRATES.to_vec(),
            allow_skip: true,
            fetch: Fetch::IntoCache,
        }
    }

    /// Reads the command line; `None` if it asked for help and got it.
    pub(super) fn read(args: &[String]) -> Result<Option<Self>, Failure> {
        let mut options = Self {
            crates: Vec::new(),
            allow_skip: false,
            fetch: Fetch::IntoToolchain,
        };
        let mut flags = Flags::new(args, &["--only", "--allow-skip"]);
        while let Some(flag) = flags.next()? {
            match flag {
                Flag::Help => {
                    println!("{HELP}");
                    return Ok(None);
                }
                Flag::Named("--only") => options.crates.push(known(&flags.value::<String>()?)?),
                Flag::Named(_) => options.allow_skip = true,
            }
        }
        if options.crates.is_empty() {
            options.crates = CRATES.to_vec();
        }
        Ok(Some(options))
    }
}

fn known(name: &str) -> Result<&'static str, Failure> {
    let found = CRATES.iter().find(|known| **known == name);
    found
        .copied()
        .ok_or_else(|| flags::unknown("crate", name, CRATES))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Option<Options>, Failure> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Options::read(&args)
    }

    fn crates(args: &[&str]) -> Vec<&'static str> {
        let options = read(args).expect("it is right");
        options.expect("it asks for no help").crates
    }

    #[test]
    fn all_crates_are_measured_unless_some_are_named() {
        assert_eq!(crates(&[]), ["ws-frame", "ws-connection", "ws-handshake"]);
        assert_eq!(crates(&["--only", "ws-frame"]), ["ws-frame"]);
        assert_eq!(Options::for_ci().crates, crates(&[]));
        assert_eq!(Options::for_ci().fetch, Fetch::IntoCache);
    }

    #[test]
    fn mistakes_are_usage_errors() {
        for args in [&["--only", "ws-server"][..], &["--only"], &["ws-frame"]] {
            assert!(matches!(read(args), Err(Failure::Usage(_))), "{args:?}");
        }
    }
}
