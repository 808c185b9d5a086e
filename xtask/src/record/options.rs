//! The flags of `cargo xtask record`.

use std::path::PathBuf;
use std::time::Duration;

use crate::failure::Failure;
use crate::flags::{Flag, Flags};

const HELP: &str = "\
usage: cargo xtask record [FLAGS]

Lets the Autobahn Testsuite talk to the release build of the echo server, keeps what both say, and makes seeds of it
for the fuzz targets: fuzz/corpus/TARGET/autobahn-CASE, which replace all of the last run, also when this one is of few
cases. What is random in a run
(the key of a handshake, masking-keys, the port) is replaced, so that another run makes much the same: what is left
to chance is how far the suite gets before the server ends a conversation. All seeds, the suite's reports and its log
are in target/record.

  --cases LIST          only these, as 1.*,7.13.1; may be given again (default: all but 9.*, which are large)
  --largest BYTES       longer seeds are cut (default: 2048)
  --most COUNT          seeds for each target at most, spread over the cases (default: 25)
  --wstest PATH         the suite's program
  --time-limit SECONDS  for the suite as a whole (default: 900)";

const KNOWN: &[&str] = &["--cases", "--largest", "--most", "--wstest", "--time-limit"];

/// Messages of megabytes teach a fuzzer nothing that small ones do not.
const DEFAULT_CASES: &[&str] = &[
    "1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*", "12.*", "13.*",
];

/// What to record.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) cases: Vec<String>,
    pub(super) largest: usize,
    pub(super) most: usize,
    pub(super) wstest: Option<PathBuf>,
    pub(super) time_limit: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cases: DEFAULT_CASES.iter().map(ToString::to_string).collect(),
            largest: 2048,
            most: 25,
            wstest: None,
            time_limit: Duration::from_secs(900),
        }
    }
}

impl Options {
    /// Reads the command line; `None` if it asked for help and got it.
    pub(super) fn read(args: &[String]) -> Result<Option<Self>, Failure> {
        let mut options = Self::default();
        let mut cases = Vec::new();
        let mut flags = Flags::new(args, KNOWN);
        while let Some(flag) = flags.next()? {
            match flag {
                Flag::Help => {
                    println!("{HELP}");
                    return Ok(None);
                }
                Flag::Named("--cases") => {
                    let list: String = flags.value()?;
                    cases.extend(list.split(',').map(|case| case.trim().to_owned()));
                }
                Flag::Named("--largest") => options.largest = flags.value()?,
                Flag::Named("--most") => options.most = flags.value()?,
                Flag::Named("--wstest") => options.wstest = Some(flags.value::<PathBuf>()?),
                Flag::Named(_) => options.time_limit = Duration::from_secs(flags.value()?),
            }
        }
        if !cases.is_empty() {
            options.cases = cases;
        }
        Ok(Some(options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autobahn;

    fn read(args: &[&str]) -> Result<Option<Options>, Failure> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Options::read(&args)
    }

    #[test]
    fn nothing_means_all_cases_but_the_large_ones() {
        let options = read(&[])
            .expect("it is right")
            .expect("it asks for no help");
        let cases = autobahn::expected(&options.cases, &[]).expect("there are some");
        // The suite has 517, and 54 of group 9.
        assert_eq!(cases.len(), 517 - 54);
        assert!(!cases.iter().any(|case| case.to_string().starts_with("9.")));
    }

    #[test]
    fn cases_may_be_given_again() {
        let options = read(&[
            "--cases",
            "1.*, 9.1.1",
            "--cases",
            "2.1",
            "--largest",
            "10",
            "--most",
            "3",
        ]);
        let options = options.expect("it is right").expect("it asks for no help");
        assert_eq!(options.cases, ["1.*", "9.1.1", "2.1"]);
        assert_eq!((options.largest, options.most), (10, 3));
    }

    #[test]
    fn mistakes_are_usage_errors() {
        for args in [
            &["--case", "1"][..],
            &["--largest", "much"],
            &["--most", "-1"],
            &["--wstest"],
            &["1.*"],
        ] {
            assert!(matches!(read(args), Err(Failure::Usage(_))), "{args:?}");
        }
    }
}
