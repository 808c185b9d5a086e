//! The suite as a server, against a client.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::cases::CaseId;
use super::options::Options;
use super::wstest::{Started, Wstest};
use crate::failure::Failure;
use crate::installation;
use crate::logged;
use crate::process::{self, Running};

/// How long the suite may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);

/// What the reports call the client.
const AGENT: &str = "TinyWs";

/// Tests the client, with everything in `dir`: one connection after the other. The suite has one thread and its cases
/// have deadlines of a second: no large message of one case shall use up the time of another.
pub(super) fn test(
    program: &Path,
    wstest: &Wstest,
    options: &Options,
    expected: &[CaseId],
    dir: &Path,
) -> Result<(), Failure> {
    installation::clear(dir)?;
    let mut suite = Suite::start(wstest, options, dir)?;
    let client = Client {
        program,
        flags: options.program_flags(),
        url: format!("ws://127.0.0.1:{}", suite.port),
        log: File::create(dir.join("client.log"))?,
        deadline: Instant::now() + options.time_limit,
    };
    println!("autobahn: testing {} ...", program.display());

    let start = Instant::now();
    client.check_count(expected)?;
    for case in expected {
        client.echo(&format!("/runCase?casetuple={case}&agent={AGENT}"))?;
        suite.still_there()?;
    }
    let took = start.elapsed();
    client.echo(&format!("/updateReports?agent={AGENT}"))?;
    super::gate(expected, took, dir)
}

/// The suite, listening.
#[derive(Debug)]
struct Suite<'a> {
    started: Started,
    port: u16,
    dir: &'a Path,
}

impl<'a> Suite<'a> {
    fn start(wstest: &Wstest, options: &Options, dir: &'a Path) -> Result<Self, Failure> {
        let port = free_port()?;
        fs::write(dir.join("spec.json"), spec(port, options))?;
        // Without a port for its web pages, which would be 8080.
        let mode = ["--mode", "fuzzingserver", "--webport", "0"];
        let mut suite = Self {
            started: wstest.start(&mode, dir, &dir.join("wstest.log"))?,
            port,
            dir,
        };
        suite.wait_until_it_listens()?;
        Ok(suite)
    }

    fn wait_until_it_listens(&mut self) -> Result<(), Failure> {
        let deadline = Instant::now() + START_LIMIT;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            self.still_there()?;
            process::stop_if_interrupted()?;
            if Instant::now() >= deadline {
                let limit = START_LIMIT.as_secs();
                return Err(self.failed(&format!("does not listen after {limit} s")));
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    fn still_there(&mut self) -> Result<(), Failure> {
        match self.started.running.ended()? {
            None => Ok(()),
            Some(status) => Err(self.failed(&format!("ended with {status}"))),
        }
    }

    fn failed(&self, what: &str) -> Failure {
        let end = logged::last_lines(&self.dir.join("wstest.log"));
        Failure::failed(format!("wstest {what}{end}"))
    }
}

/// The program under test, a process for each connection.
#[derive(Debug)]
struct Client<'a> {
    program: &'a Path,
    flags: &'a [&'a str],
    url: String,
    log: File,
    deadline: Instant,
}

impl Client<'_> {
    /// Sends back what comes until the suite closes. The client fails in many cases, as it should; it is wrong that it
    /// hangs, or ends in another way than it says in its help.
    fn echo(&self, path: &str) -> Result<(), Failure> {
        let url = format!("{}{path}", self.url);
        let mut command = Command::new(self.program);
        command.args(self.flags).args(["--echo", &url]);
        command.stdin(Stdio::null());
        command
            .stdout(self.log.try_clone()?)
            .stderr(self.log.try_clone()?);
        let status = Running::start(&mut command)?.wait(self.left())?;
        match status.code() {
            Some(0 | 1) => Ok(()),
            _ => Err(Failure::failed(format!(
                "the client ended with {status} at {path}"
            ))),
        }
    }

    /// Of the time for the suite as a whole.
    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Asks the suite how many cases it has, lest it has some that nobody runs.
    fn check_count(&self, expected: &[CaseId]) -> Result<(), Failure> {
        let url = format!("{}/getCaseCount", self.url);
        let told = process::output_within(self.left(), Command::new(self.program).arg(url))?;
        match told.trim() == expected.len().to_string() {
            true => Ok(()),
            false => Err(Failure::failed(format!(
                "the suite has {} cases, and {} are known: correct the list of cases",
                told.trim(),
                expected.len()
            ))),
        }
    }
}

/// A port that was free a moment ago: the suite cannot choose one and tell.
fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// What the suite is told to do. Its paths are relative to where it runs, so that a container can use them.
fn spec(port: u16, options: &Options) -> String {
    let spec = serde_json::json!({
        "outdir": "./reports",
        "url": format!("ws://127.0.0.1:{port}"),
        "cases": options.cases,
        "exclude-cases": options.excluded(),
        "exclude-agent-cases": {},
    });
    format!("{spec:#}\n")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::autobahn::cases;

    /// A directory of the test's own with a stand-in for a program in it.
    fn script(name: &str, text: &str) -> (PathBuf, PathBuf) {
        let name = format!("xtask-fuzzing-server-{}-{name}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        installation::clear(&dir).expect("it can be made");
        let program = dir.join("program");
        // Were it written from here, a process that another test starts just now could hold it open, and what is open
        // for writing cannot be started.
        let mut write = Command::new("sh");
        write.args([
            "-c",
            "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$0\" && chmod +x \"$0\"",
        ]);
        process::output(write.arg(&program).arg(text)).expect("it can be written");
        (dir, program)
    }

    /// What becomes of a client that does this.
    fn client<T>(name: &str, text: &str, run: impl FnOnce(&Client<'_>) -> T) -> T {
        timed_client(name, text, Duration::from_secs(10), run)
    }

    fn timed_client<T>(
        name: &str,
        text: &str,
        limit: Duration,
        run: impl FnOnce(&Client<'_>) -> T,
    ) -> T {
        let (dir, program) = script(name, text);
        let client = Client {
            program: &program,
            flags: &[],
            url: "ws://127.0.0.1:1".to_owned(),
            log: File::create(dir.join("client.log")).expect("it can be written"),
            deadline: Instant::now() + limit,
        };
        let result = run(&client);
        fs::remove_dir_all(dir).expect("it can be removed");
        result
    }

    #[test]
    fn a_suite_that_ends_before_it_listens_tells_its_last_words() {
        let (dir, program) = script("suite", "echo address in use >&2; exit 1");
        let started = Suite::start(&Wstest::Program(program), &Options::default(), &dir);
        let told = started.expect_err("it ended").to_string();
        assert!(told.contains("ended with exit status: 1"), "{told}");
        assert!(told.ends_with("| address in use"), "{told}");
        fs::remove_dir_all(dir).expect("it can be removed");
    }

    #[test]
    fn a_client_may_fail_but_not_crash() {
        for (code, fine) in [(0, true), (1, true), (2, false), (101, false)] {
            let (name, text) = (format!("ends-{code}"), format!("exit {code}"));
            let ended = client(&name, &text, |client| client.echo("/runCase"));
            assert_eq!(ended.is_ok(), fine, "{code}");
        }
        let killed = client("killed", "kill -s KILL $$", |client| {
            client.echo("/runCase")
        });
        assert!(killed.is_err());
    }

    #[test]
    fn a_client_that_hangs_is_an_error() {
        let hangs = |name, run: fn(&Client<'_>) -> Result<(), Failure>| {
            let ended = timed_client(name, "exec sleep 60", Duration::ZERO, run);
            let told = ended.expect_err("it does not end").to_string();
            assert!(told.contains("was still running"), "{told}");
        };
        hangs("hangs", |client| client.echo("/runCase"));
        hangs("counts", |client| client.check_count(&[]));
    }

    #[test]
    fn a_case_that_nobody_runs_is_an_error() {
        let expected = cases::selected(&["1.1.*".to_owned()]);
        for (count, fine) in [(8, true), (9, false)] {
            let (name, text) = (format!("count-{count}"), format!("echo {count}"));
            let checked = client(&name, &text, |client| client.check_count(&expected));
            assert_eq!(checked.is_ok(), fine, "{count}");
        }
    }
}
