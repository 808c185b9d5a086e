//! The flags of `cargo xtask coverage`.

use super::tools::Fetch;
use crate::failure::Failure;
use crate::flags::{Flag, Flags};
use crate::lower_crates::LowerCrates;

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
    pub(super) crates: LowerCrates,
    pub(super) allow_skip: bool,
    pub(super) fetch: Fetch,
}

impl Options {
    /// All crates; without llvm-cov, none. A check of the code does not change the toolchain.
    pub(super) fn for_ci() -> Self {
        Self {
            crates: LowerCrates::default(),
            allow_skip: true,
            fetch: Fetch::IntoCache,
        }
    }

    /// Reads the command line; `None` if it asked for help and got it.
    pub(super) fn read(args: &[String]) -> Result<Option<Self>, Failure> {
        let mut options = Self {
            crates: LowerCrates::default(),
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
                Flag::Named("--only") => options.crates.read_one(&mut flags)?,
                Flag::Named(_) => options.allow_skip = true,
            }
        }
        Ok(Some(options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower_crates::LOWER_CRATES;

    fn read(args: &[&str]) -> Result<Option<Options>, Failure> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Options::read(&args)
    }

    #[test]
    fn in_ci_all_crates_are_measured_and_the_toolchain_stays_as_it_is() {
        let options = Options::for_ci();
        assert_eq!(options.crates.names(), LOWER_CRATES);
        assert_eq!(options.fetch, Fetch::IntoCache);
    }

    #[test]
    fn one_crate_may_be_measured_alone() {
        let options = read(&["--only", "ws-frame"]).expect("it is right");
        let options = options.expect("it asks for no help");
        assert_eq!(options.crates.names(), ["ws-frame"]);
        assert_eq!(options.fetch, Fetch::IntoToolchain);
    }

    #[test]
    fn mistakes_are_usage_errors() {
        for args in [&["--only", "ws-server"][..], &["--only"], &["ws-frame"]] {
            assert!(matches!(read(args), Err(Failure::Usage(_))), "{args:?}");
        }
    }
}
