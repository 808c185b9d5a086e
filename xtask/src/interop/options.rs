//! The flags of `cargo xtask interop`.

use std::time::Duration;

use super::client::{CLIENTS, Client};
use crate::failure::Failure;
use crate::flags::{self, Flag, Flags};

const HELP: &str = "\
usage: cargo xtask interop [FLAGS]

Lets clients that other people wrote talk to the release build of the echo server: Python's websockets, npm's ws
and undici. They are installed once, in .cache/interop, in the versions that xtask/interop names. The logs are in
target/interop.

  --only CLIENT         websockets, ws or undici; may be given again (default: all)
  --allow-skip          succeed if a client cannot run here
  --time-limit SECONDS  for the clients as a whole (default: 120)";

/// What to run.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) only: Vec<String>,
    pub(super) allow_skip: bool,
    pub(super) time_limit: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            only: Vec::new(),
            allow_skip: false,
            time_limit: Duration::from_secs(120),
        }
    }
}

impl Options {
    /// Reads the command line; `None` if it asked for help and got it.
    pub(super) fn read(args: &[String]) -> Result<Option<Self>, Failure> {
        let mut options = Self::default();
        let mut flags = Flags::new(args, &["--only", "--allow-skip", "--time-limit"]);
        while let Some(flag) = flags.next()? {
            match flag {
                Flag::Help => {
                    println!("{HELP}");
                    return Ok(None);
                }
                Flag::Named("--only") => options.only.push(client(flags.value()?)?),
                Flag::Named("--allow-skip") => options.allow_skip = true,
                Flag::Named(_) => options.time_limit = Duration::from_secs(flags.value()?),
            }
        }
        Ok(Some(options))
    }

    /// The clients that were asked for.
    pub(super) fn clients(&self) -> impl Iterator<Item = &'static Client> {
        CLIENTS.iter().filter(|client| {
            self.only.is_empty() || self.only.iter().any(|name| name == client.name)
        })
    }
}

fn client(name: String) -> Result<String, Failure> {
    let names: Vec<&str> = CLIENTS.iter().map(|client| client.name).collect();
    if names.contains(&name.as_str()) {
        return Ok(name);
    }
    Err(flags::unknown("client", &name, &names))
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
        assert_eq!(clients(&[]), ["websockets", "ws", "undici"]);
        assert_eq!(
            clients(&["--only", "undici", "--only", "ws"]),
            ["ws", "undici"]
        );
    }

    #[test]
    fn mistakes_are_usage_errors() {
        for args in [
            &["--only", "websocket"][..],
            &["--only"],
            &["--time-limit", "soon"],
            &["ws"],
        ] {
            assert!(matches!(read(args), Err(Failure::Usage(_))), "{args:?}");
        }
    }
}
