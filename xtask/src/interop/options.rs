//! The flags of `cargo xtask interop`.

use std::time::Duration;

use super::client::{CLIENTS, Client};
use super::oracles::{self, Cases};
use crate::failure::Failure;
use crate::flags::{self, Flag, Flags};

const HELP: &str = "\
usage: cargo xtask interop [FLAGS]

Lets clients that other people wrote talk to the release build of the echo server: Python's websockets, npm's ws
and undici, and a page in Chromium. They are installed once, in .cache/interop, in the versions that xtask/interop
names; Chromium takes 210 MB there, of 70 that are downloaded. The logs are in target/interop.

Then asks two oracles, the protocols without I/O of Python's websockets and of wsproto, about generated frames and
handshakes: what they and we make of the same bytes has to be the same, but for what is written down in
xtask/interop/python.

  --only NAME           websockets, ws, undici, chromium or oracles; may be given again (default: all)
  --allow-skip          succeed if something cannot run here
  --time-limit SECONDS  for the clients as a whole, and for the oracles (default: 120)
  --seed N              of the oracles' cases (default: 1)
  --cases N             how many of them, at least 20 (default: 20000)
  --case KIND-N         this one alone, as a failure names it";

/// Of so many cases there is one of every kind.
const FEWEST: u32 = 20;

const FLAGS: &[&str] = &[
    "--only",
    "--allow-skip",
    "--time-limit",
    "--seed",
    "--cases",
    "--case",
];

/// What to run.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) only: Vec<String>,
    pub(super) allow_skip: bool,
    pub(super) time_limit: Duration,
    pub(super) cases: Cases,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            only: Vec::new(),
            allow_skip: false,
            time_limit: Duration::from_secs(120),
            cases: Cases::default(),
        }
    }
}

impl Options {
    /// Reads the command line; `None` if it asked for help and got it.
    pub(super) fn read(args: &[String]) -> Result<Option<Self>, Failure> {
        let mut options = Self::default();
        let mut flags = Flags::new(args, FLAGS);
        while let Some(flag) = flags.next()? {
            match flag {
                Flag::Help => {
                    println!("{HELP}");
                    return Ok(None);
                }
                Flag::Named("--only") => options.only.push(name(flags.value()?)?),
                Flag::Named("--allow-skip") => options.allow_skip = true,
                Flag::Named("--seed") => options.cases.seed = flags.value()?,
                Flag::Named("--cases") => options.cases.count = count(flags.value()?)?,
                Flag::Named("--case") => options.cases.only = Some(flags.value()?),
                Flag::Named(_) => options.time_limit = Duration::from_secs(flags.value()?),
            }
        }
        Ok(Some(options))
    }

    /// The clients that were asked for.
    pub(super) fn clients(&self) -> impl Iterator<Item = &'static Client> {
        CLIENTS.iter().filter(|client| self.wants(client.name))
    }

    /// Whether this was asked for.
    pub(super) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

fn name(name: String) -> Result<String, Failure> {
    let clients = CLIENTS.iter().map(|client| client.name);
    let names: Vec<&str> = clients.chain([oracles::NAME]).collect();
    if names.contains(&name.as_str()) {
        return Ok(name);
    }
    Err(flags::unknown("client", &name, &names))
}

fn count(count: u32) -> Result<u32, Failure> {
    if count >= FEWEST {
        return Ok(count);
    }
    Err(Failure::Usage(format!(
        "--cases is {count}; at least {FEWEST} are needed for one of every kind"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Option<Options>, Failure> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Options::read(&args)
    }

    fn clients(args: &[&str]) -> Vec<&'static str> {
        let options = read(args).expect("it is right");
        let options = options.expect("it asks for no help");
        options.clients().map(|client| client.name).collect()
    }

    #[test]
    fn all_clients_are_asked_unless_some_are_named() {
        assert_eq!(clients(&[]), ["websockets", "ws", "undici", "chromium"]);
        assert_eq!(
            clients(&["--only", "undici", "--only", "ws"]),
            ["ws", "undici"]
        );
    }

    #[test]
    fn the_oracles_are_asked_unless_only_clients_are_named() {
        let wants = |args: &[&str]| {
            let options = read(args).expect("it is right").expect("no help");
            options.wants(oracles::NAME)
        };
        assert!(wants(&[]) && wants(&["--only", "oracles"]));
        assert!(!wants(&["--only", "ws"]));
        assert_eq!(clients(&["--only", "oracles"]), [""; 0]);
    }

    #[test]
    fn the_cases_are_those_that_were_asked_for() {
        let args = ["--seed", "7", "--cases", "40", "--case", "stream-3"];
        let options = read(&args).expect("it is right").expect("no help");
        let cases = Cases {
            seed: 7,
            count: 40,
            only: Some("stream-3".to_owned()),
        };
        assert_eq!(options.cases, cases);
    }

    #[test]
    fn mistakes_are_usage_errors() {
        for args in [
            &["--only", "websocket"][..],
            &["--only"],
            &["--time-limit", "soon"],
            &["--seed", "-1"],
            &["--cases", "many"],
            &["--cases", "19"],
            &["ws"],
        ] {
            assert!(matches!(read(args), Err(Failure::Usage(_))), "{args:?}");
        }
    }
}
