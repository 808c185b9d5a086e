//! The server under test.

use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::logged::{Logged, Next};
use crate::workspace::Workspace;

const START_LIMIT: Duration = Duration::from_secs(10);

/// Builds the echo server in release; returns it with its arguments, for a free port.
pub(crate) fn echo(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let program = workspace.example("echo")?.to_string_lossy().into_owned();
    let args = ["--addr", "127.0.0.1:0"].map(str::to_owned);
    Ok([program].into_iter().chain(args).collect())
}

/// A server that listens, and is killed when this value goes.
#[derive(Debug)]
pub(crate) struct Server {
    logged: Logged,
    /// Host and port, as it printed them.
    address: String,
}

impl Server {
    /// Starts the program and waits for the line with its address, as `listening on ws://127.0.0.1:9001`.
    /// All that it prints goes to `log`.
    pub(crate) fn start(command: &[String], log: &Path) -> Result<Self, Failure> {
        let (program, args) = command
            .split_first()
            .ok_or_else(|| Failure::usage("--server needs a program"))?;
        let mut logged = Logged::start(Command::new(program).args(args), log)?;
        let address = wait_for_address(&mut logged)?;
        Ok(Self { logged, address })
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// An error if it is gone, though nobody ended it.
    pub(crate) fn still_there(&mut self) -> Result<(), Failure> {
        match self.logged.running().ended()? {
            None => Ok(()),
            Some(status) => Err(gone(
                &format!("ended with {status} in the middle of the tests"),
                &self.logged,
            )),
        }
    }

    /// Asks it to end, and returns how it did. Fails if it has not after `limit`.
    pub(crate) fn terminate(&mut self, limit: Duration) -> Result<ExitStatus, Failure> {
        self.logged.running().terminate()?;
        self.logged.running().wait(limit)
    }
}

fn wait_for_address(logged: &mut Logged) -> Result<String, Failure> {
    let deadline = Instant::now() + START_LIMIT;
    loop {
        let what = match logged.next_line(deadline)? {
            Next::Line(line) => match address_in(&line) {
                Some(address) => return Ok(address),
                None => continue,
            },
            Next::End => {
                let status = logged.running().wait(START_LIMIT)?;
                format!("ended with {status} and did not tell where it listens")
            }
            Next::Late => {
                let limit = START_LIMIT.as_secs();
                format!("did not tell within {limit} s where it listens")
            }
        };
        return Err(gone(&what, logged));
    }
}

fn gone(what: &str, logged: &Logged) -> Failure {
    Failure::failed(format!("the server {what}{}", logged.last_lines()))
}

/// The `127.0.0.1:9001` of `listening on ws://127.0.0.1:9001/`.
fn address_in(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("ws://")?;
    let authority: &str = rest.split(|c: char| c == '/' || c.is_whitespace()).next()?;
    let (host, port) = authority.rsplit_once(':')?;
    let port: u16 = port
        .trim_end_matches(|c: char| !c.is_ascii_digit())
        .parse()
        .ok()?;
    (port > 0 && !host.is_empty()).then(|| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn start(name: &str, script: &str) -> Result<Server, Failure> {
        let dir = std::env::temp_dir().join(format!("xtask-server-{}-{name}", std::process::id()));
        fs::create_dir_all(&dir)?;
        let command = ["sh", "-c", script].map(str::to_owned);
        let server = Server::start(&command, &dir.join("server.log"));
        fs::remove_dir_all(&dir)?;
        server
    }

    #[test]
    fn the_address_is_read_from_the_line() {
        assert_eq!(
            address_in("listening on ws://127.0.0.1:9001").as_deref(),
            Some("127.0.0.1:9001")
        );
        assert_eq!(
            address_in("ws://[::1]:80/ (2 workers)").as_deref(),
            Some("[::1]:80")
        );
        assert_eq!(
            address_in("ws://127.0.0.1:9001, ready").as_deref(),
            Some("127.0.0.1:9001")
        );
        for other in [
            "starting",
            "ws://host",
            "ws://127.0.0.1:0",
            "http://127.0.0.1:80",
            "ws://:80",
        ] {
            assert_eq!(address_in(other), None, "{other}");
        }
    }

    #[test]
    fn a_server_that_tells_its_address_is_started() {
        let script = "echo hello; echo listening on ws://127.0.0.1:1234; exec sleep 60";
        let mut server = start("good", script).expect("it listens, or says so");
        assert_eq!(server.address(), "127.0.0.1:1234");
        server.still_there().expect("it sleeps");
    }

    #[test]
    fn a_server_that_ends_at_once_tells_its_last_words() {
        let failure = start("bad", "echo address in use >&2; exit 1").expect_err("it ended");
        let told = failure.to_string();
        assert!(told.contains("ended with exit status: 1"), "{told}");
        assert!(told.ends_with("| address in use"), "{told}");
    }

    #[test]
    fn a_server_that_ends_in_the_middle_is_an_error() {
        let mut server = start("short", "echo ws://127.0.0.1:1234").expect("it says so");
        server.logged.running().wait(START_LIMIT).expect("it ends");
        assert!(server.still_there().is_err());
    }

    #[test]
    fn a_server_is_asked_to_end_and_tells_how_it_did() {
        let script = "trap 'exit 7' TERM; echo ws://127.0.0.1:1234; while :; do sleep 0.01; done";
        let mut server = start("asked", script).expect("it says so");
        let status = server.terminate(START_LIMIT).expect("it ends");
        assert_eq!(status.code(), Some(7));
    }
}
