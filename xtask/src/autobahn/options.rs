//! The flags of `cargo xtask autobahn`.

use std::path::PathBuf;
use std::time::Duration;

use crate::failure::Failure;
use crate::flags::{Flag, Flags};

const HELP: &str = "\
usage: cargo xtask autobahn [FLAGS] [--server PROGRAM ARGUMENTS...]
       cargo xtask autobahn --client [FLAGS]

Runs the Autobahn Testsuite against the release build of the echo server and gates every case; with --client it is
the server, and the example blocking_std the client that it tests. Without --deflate the cases 12.* and 13.* are left
out, which are about compression. The suite comes from PATH, from Python 2.7 (an
environment is made once, in .cache/autobahn), or from a container. The reports are in target/autobahn and in
target/autobahn-client.

  --client              test the client
  --deflate             with permessage-deflate
  --cases LIST          only these, as 1.*,7.13.1; may be given again (default: all)
  --wstest PATH         the suite's program
  --allow-skip          succeed if there is no way to run the suite
  --time-limit SECONDS  for the suite as a whole (default: 1800)
  --server PROGRAM ...  test this server, which prints a line with ws://HOST:PORT when it listens; takes the
                        rest of the line";

const KNOWN: &[&str] = &[
    "--client",
    "--deflate",
    "--cases",
    "--wstest",
    "--allow-skip",
    "--time-limit",
    "--server",
];

/// Whom the suite tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Server,
    Client,
}

/// Whether messages are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Off,
    Deflate,
}

/// What to run.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) half: Half,
    pub(super) compression: Compression,
    pub(super) cases: Vec<String>,
    pub(super) wstest: Option<PathBuf>,
    pub(super) allow_skip: bool,
    pub(super) time_limit: Duration,
    /// The program and its arguments; empty: the echo server.
    pub(super) server: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            half: Half::Server,
            compression: Compression::Off,
            cases: vec!["*".to_owned()],
            wstest: None,
            allow_skip: false,
            time_limit: Duration::from_secs(1800),
            server: Vec::new(),
        }
    }
}

impl Options {
    /// The cases that are left out, in the suite's own patterns.
    pub(super) fn excluded(&self) -> &'static [&'static str] {
        match self.compression {
            Compression::Off => &["12.*", "13.*"],
            Compression::Deflate => &[],
        }
    }

    /// What is added to the command line of our own server and our own client.
    pub(super) fn program_flags(&self) -> &'static [&'static str] {
        match self.compression {
            Compression::Off => &[],
            Compression::Deflate => &["--deflate"],
        }
    }

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
                Flag::Named("--client") => options.half = Half::Client,
                Flag::Named("--deflate") => options.compression = Compression::Deflate,
                Flag::Named("--cases") => {
                    let list: String = flags.value()?;
                    cases.extend(list.split(',').map(|case| case.trim().to_owned()));
                }
                Flag::Named("--wstest") => options.wstest = Some(flags.value::<PathBuf>()?),
                Flag::Named("--allow-skip") => options.allow_skip = true,
                Flag::Named("--time-limit") => {
                    options.time_limit = Duration::from_secs(flags.value()?);
                }
                Flag::Named(_) => {
                    options.server = flags.rest()?;
                    if options.server.is_empty() {
                        return Err(Failure::usage("--server needs a program"));
                    }
                }
            }
        }
        if options.half == Half::Client && !options.server.is_empty() {
            return Err(Failure::usage("--client tests no --server"));
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

    fn read(args: &[&str]) -> Result<Option<Options>, Failure> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Options::read(&args)
    }

    #[test]
    fn nothing_means_all_cases_against_the_echo_server() {
        let options = read(&[])
            .expect("it is right")
            .expect("it asks for no help");
        assert_eq!(options.cases, ["*"]);
        assert_eq!(options.half, Half::Server);
        assert!(options.server.is_empty() && options.wstest.is_none() && !options.allow_skip);
    }

    #[test]
    fn the_server_takes_the_rest() {
        let options = read(&[
            "--cases", "1.*,2.1", "--cases", "3.*", "--server", "node", "--cases",
        ]);
        let options = options.expect("it is right").expect("it asks for no help");
        assert_eq!(options.cases, ["1.*", "2.1", "3.*"]);
        assert_eq!(options.server, ["node", "--cases"]);
    }

    #[test]
    fn the_client_is_tested_when_asked_for() {
        let options = read(&["--client", "--cases", "1.*"]).expect("it is right");
        assert_eq!(options.expect("it asks for no help").half, Half::Client);
    }

    #[test]
    fn compression_is_tested_when_asked_for() {
        let compression = |args| {
            let options = read(args).expect("it is right");
            options.expect("it asks for no help").compression
        };
        assert_eq!(compression(&[]), Compression::Off);
        assert_eq!(compression(&["--deflate"]), Compression::Deflate);
        assert_eq!(
            compression(&["--client", "--deflate"]),
            Compression::Deflate
        );
    }

    #[test]
    fn mistakes_are_usage_errors() {
        for args in [
            &["--case", "1"][..],
            &["--server"],
            &["--client", "--server", "node"],
            &["--time-limit", "soon"],
            &["--wstest"],
            &["1.*"],
        ] {
            assert!(matches!(read(args), Err(Failure::Usage(_))), "{args:?}");
        }
    }
}
