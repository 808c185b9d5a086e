//! A program whose output goes to a log, and its standard output to us too, line by line.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::process::{self, Running};

const POLL: Duration = Duration::from_millis(50);
const LAST_LINES: usize = 10;

/// A program that is killed when this value goes.
#[derive(Debug)]
pub(crate) struct Logged {
    running: Running,
    lines: Receiver<String>,
    log: PathBuf,
}

/// What came of waiting for a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Line(String),
    /// There will be no more: as a rule the program has ended.
    End,
    /// None came in time.
    Late,
}

impl Logged {
    /// Starts the command, without input.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self, Failure> {
        let file = File::create(log)?;
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file.try_clone()?);
        let mut running = Running::start(command)?;
        let stdout = running.child().stdout.take();
        let stdout = stdout.ok_or_else(|| Failure::failed("the program has no output"))?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || copy(stdout, file, &sender));
        Ok(Self {
            running,
            lines,
            log: log.to_owned(),
        })
    }

    /// The program itself.
    pub(crate) fn running(&mut self) -> &mut Running {
        &mut self.running
    }

    /// Waits for a line of standard output. Fails when this process is told to stop.
    pub(crate) fn next_line(&self, deadline: Instant) -> Result<Next, Failure> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left.min(POLL)) {
                Ok(line) => return Ok(Next::Line(line)),
                Err(RecvTimeoutError::Disconnected) => return Ok(Next::End),
                Err(RecvTimeoutError::Timeout) if left.is_zero() => return Ok(Next::Late),
                Err(RecvTimeoutError::Timeout) => process::stop_if_interrupted()?,
            }
        }
    }

    /// The end of the log, for an error message.
    pub(crate) fn last_lines(&self) -> String {
        last_lines(&self.log)
    }
}

/// Keeps the pipe empty for as long as the program lives.
fn copy(stdout: ChildStdout, mut log: File, lines: &Sender<String>) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        // Neither a full disk nor a reader that has what it wanted may stop the program.
        let _ = writeln!(log, "{line}");
        let _ = lines.send(line);
    }
}

/// The end of a log, for an error message.
pub(crate) fn last_lines(log: &Path) -> String {
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

    const SOON: Duration = Duration::from_secs(10);

    fn start(name: &str, script: &str) -> (Logged, PathBuf) {
        let log = std::env::temp_dir().join(format!("xtask-{}-{name}.log", std::process::id()));
        let logged = Logged::start(Command::new("sh").args(["-c", script]), &log);
        (logged.expect("sh starts"), log)
    }

    #[test]
    fn the_lines_come_in_order_and_the_log_has_the_complaints_too() {
        let (logged, log) = start("lines", "echo one; echo oh >&2; echo two");
        let lines: Vec<Next> = (0..3)
            .map(|_| logged.next_line(Instant::now() + SOON).expect("no signal"))
            .collect();
        assert_eq!(
            lines,
            [
                Next::Line("one".to_owned()),
                Next::Line("two".to_owned()),
                Next::End
            ]
        );
        let told = logged.last_lines();
        for word in ["one", "oh", "two"] {
            assert!(told.contains(&format!("\n  | {word}")), "{told}");
        }
        fs::remove_file(log).expect("it can be removed");
    }

    #[test]
    fn a_line_that_does_not_come_is_late() {
        let (logged, log) = start("late", "exec sleep 60");
        let next = logged.next_line(Instant::now()).expect("no signal");
        assert_eq!(next, Next::Late);
        fs::remove_file(log).expect("it can be removed");
    }
}
