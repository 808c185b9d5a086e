//! The server under test.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::process::{self, Running};

const START_LIMIT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(50);
const LAST_LINES: usize = 10;

/// A server that listens, and is killed when this value goes.
#[derive(Debug)]
pub(super) struct Server {
    running: Running,
    /// Host and port, as it printed them.
    address: String,
    log: PathBuf,
}

impl Server {
    /// Starts the program and waits for the line with its address, as `listening on ws://127.0.0.1:9001`.
    /// All that it prints goes to `log`.
    pub(super) fn start(command: &[String], log: &Path) -> Result<Self, Failure> {
        let (program, args) = command
            .split_first()
            .ok_or_else(|| Failure::usage("--server needs a program"))?;
        let file = File::create(log)?;
        let mut command = Command::new(program);
        command
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file.try_clone()?);
        let mut running = Running::start(&mut command)?;
        let stdout = running.child().stdout.take();
        let stdout = stdout.ok_or_else(|| Failure::failed("the server has no output"))?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || copy(stdout, file, &sender));

        let address = wait_for_address(&mut running, &lines, log)?;
        Ok(Self {
            running,
            address,
            log: log.to_owned(),
        })
    }

    /// Host and port.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// An error if it is gone, though nobody ended it.
    pub(super) fn still_there(&mut self) -> Result<(), Failure> {
        match self.running.ended()? {
            None => Ok(()),
            Some(status) => Err(gone(
                &format!("ended with {status} in the middle of the suite"),
                &self.log,
            )),
        }
    }
}

/// Keeps the pipe empty for as long as the server lives.
fn copy(stdout: ChildStdout, mut log: File, lines: &Sender<String>) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        // Neither a full disk nor a reader that has what it wanted may stop the server.
        let _ = writeln!(log, "{line}");
        let _ = lines.send(line);
    }
}

fn wait_for_address(
    running: &mut Running,
    lines: &Receiver<String>,
    log: &Path,
) -> Result<String, Failure> {
    let start = Instant::now();
    while start.elapsed() < START_LIMIT {
        match lines.recv_timeout(POLL) {
            Ok(line) => {
                if let Some(address) = address_in(&line) {
                    return Ok(address);
                }
            }
            Err(RecvTimeoutError::Timeout) => process::stop_if_interrupted()?,
            Err(RecvTimeoutError::Disconnected) => {
                let status = running.wait(START_LIMIT)?;
                return Err(gone(
                    &format!("ended with {status} and did not tell where it listens"),
                    log,
                ));
            }
        }
    }
    let limit = START_LIMIT.as_secs();
    Err(gone(
        &format!("did not tell within {limit} s where it listens"),
        log,
    ))
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

fn gone(what: &str, log: &Path) -> Failure {
    Failure::failed(format!("the server {what}{}", last_lines(log)))
}

/// The end of a log, for an error message.
pub(super) fn last_lines(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
    let last: String = last.iter().map(|line| format!("\n  | {line}")).collect();
    format!("; the end of {}:{last}", log.display())
}

#[cfg(test)]
mod tests {
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
        server.running.wait(START_LIMIT).expect("it ends");
        assert!(server.still_there().is_err());
    }
}
