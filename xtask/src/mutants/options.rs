//! The flags of `cargo xtask mutants`.

use std::num::NonZeroUsize;

use crate::failure::Failure;
use crate::flags::{Flag, Flags};
use crate::lower_crates::LowerCrates;

const HELP: &str = "\
usage: cargo xtask mutants [FLAGS]

Changes the code of ws-frame, ws-connection and ws-handshake, one thing at a time, and runs the crate's own tests, but
for those in its documentation. Fails if they do not notice a change that .cargo/mutants.toml does not explain, and at once
if a pattern there explains none. It takes two or three seconds of a processor for each of 1,200 changes. cargo-mutants
is installed once, in .cache; what it found is in target/mutants.

  --only CRATE  this crate and no other; may be given again
  --jobs N      so many changes at a time (default: 1)
  --go-on       leave out what an earlier run has seen noticed";

/// What to change.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) crates: LowerCrates,
    pub(super) jobs: NonZeroUsize,
    pub(super) goes_on: bool,
}

impl Options {
    /// Reads the command line; `None` if it asked for help and got it.
    pub(super) fn read(args: &[String]) -> Result<Option<Self>, Failure> {
        let mut options = Self {
            crates: LowerCrates::default(),
            jobs: NonZeroUsize::MIN,
            goes_on: false,
        };
        let mut flags = Flags::new(args, &["--only", "--jobs", "--go-on"]);
        while let Some(flag) = flags.next()? {
            match flag {
                Flag::Help => {
                    println!("{HELP}");
                    return Ok(None);
                }
                Flag::Named("--only") => options.crates.read_one(&mut flags)?,
                Flag::Named("--jobs") => options.jobs = flags.value()?,
                Flag::Named(_) => options.goes_on = true,
            }
        }
        Ok(Some(options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Option<Options>, Failure> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Options::read(&args)
    }

    #[test]
    fn what_is_asked_for_is_done() {
        let options = read(&["--only", "ws-frame", "--jobs", "2", "--go-on"]);
        let options = options.expect("it is right").expect("it asks for no help");
        assert_eq!(options.crates.names(), ["ws-frame"]);
        assert_eq!(options.jobs.get(), 2);
        assert!(options.goes_on);
    }

    #[test]
    fn mistakes_are_usage_errors() {
        for args in [
            &["--only", "ws-server"][..],
            &["--jobs", "0"],
            &["--goon"],
            &["ws-frame"],
        ] {
            assert!(matches!(read(args), Err(Failure::Usage(_))), "{args:?}");
        }
    }
}
