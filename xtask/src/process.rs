//! Other programs: started, watched, and ended with us.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// Between two looks at a program: the shortest, for one that ends at once, and the longest.
const POLLS: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(20));

/// For what a program has printed to arrive, when it has ended.
const LAST_OUTPUT_LIMIT: Duration = Duration::from_secs(5);

/// Prints the command line, runs it with our output, and fails unless it exits with 0.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    println!("$ {}", line(command));
    let status = Running::start(command)?.wait(Duration::MAX)?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "`{}` ended with {status}",
        line(command)
    )))
}

/// Runs the command and returns what it printed; fails with its complaints unless it exits with 0.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_started(command, &error))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr);
    told(command, output.status, stdout, &stderr)
}

/// The same for what may hang: fails after `limit`, too, and when this process is told to stop.
pub(crate) fn output_within(limit: Duration, command: &mut Command) -> Result<String, Failure> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut running = Running::start(command)?;
    let stdout = text_of(running.child().stdout.take());
    let stderr = text_of(running.child().stderr.take());
    let status = running.wait(limit)?;
    // What it has started and left behind may hold them open.
    let limit = limit.min(LAST_OUTPUT_LIMIT);
    let text = |pipe: Receiver<String>| pipe.recv_timeout(limit).ok();
    let (Some(stdout), Some(stderr)) = (text(stdout), text(stderr)) else {
        let (line, limit) = (line(command), limit.as_secs());
        return Err(Failure::failed(format!(
            "the output of `{line}` had no end {limit} s after its own"
        )));
    };
    told(command, status, stdout, &stderr)
}

/// All that comes out of a pipe, which is kept empty.
fn text_of(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What came before an error is told.
            let _ = pipe.read_to_end(&mut bytes);
        }
        // Nobody listens any more where it came too late.
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// What a program has printed, if it has ended well.
fn told(
    command: &Command,
    status: ExitStatus,
    stdout: String,
    stderr: &str,
) -> Result<String, Failure> {
    if status.success() {
        return Ok(stdout);
    }
    let (line, complaint) = (line(command), stderr.trim_end());
    Err(Failure::failed(format!(
        "`{line}` ended with {status}\n{complaint}"
    )))
}

/// A program that is killed when this value goes, whatever the way.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    line: String,
}

impl Running {
    /// Starts the command. From here on SIGINT and SIGTERM no longer end this process at once, so that its
    /// children are never left behind: whoever waits gets an error instead.
    pub(crate) fn start(command: &mut Command) -> Result<Self, Failure> {
        interrupted();
        let child = command
            .spawn()
            .map_err(|error| not_started(command, &error))?;
        Ok(Self {
            child,
            line: line(command),
        })
    }

    /// The process itself, for its pipes.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Asks it to end, by SIGTERM.
    pub(crate) fn terminate(&mut self) -> Result<(), Failure> {
        let id = self.child.id().to_string();
        output(Command::new("sh").args(["-c", "kill -s TERM \"$0\"", &id])).map(drop)
    }

    /// How it ended, or `None` while it runs.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>, Failure> {
        Ok(self.child.try_wait()?)
    }

    /// Waits until it ends. Fails after `limit`, and when this process is told to stop.
    pub(crate) fn wait(&mut self, limit: Duration) -> Result<ExitStatus, Failure> {
        let start = Instant::now();
        let (mut pause, longest) = POLLS;
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            stop_if_interrupted()?;
            if start.elapsed() >= limit {
                return Err(Failure::failed(format!(
                    "`{}` was still running after {} s",
                    self.line,
                    limit.as_secs()
                )));
            }
            thread::sleep(pause);
            pause = longest.min(pause * 2);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // An error means that it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An error once this process was told to stop.
pub(crate) fn stop_if_interrupted() -> Result<(), Failure> {
    if interrupted().load(Ordering::Relaxed) {
        return Err(Failure::failed("interrupted"));
    }
    Ok(())
}

fn interrupted() -> &'static AtomicBool {
    static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    FLAG.get_or_init(|| {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            // Without the handler the signal ends us at once, as it would have anyway.
            let _ = signal_hook::flag::register(signal, Arc::clone(&flag));
        }
        flag
    })
}

/// The command as a person would type it: a program without the directory that it was found in.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let mut words = vec![name.to_string_lossy()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy()));
    words.join(" ")
}

fn not_started(command: &Command, error: &std::io::Error) -> Failure {
    let program = command.get_program().to_string_lossy();
    if error.kind() == ErrorKind::NotFound {
        return Failure::failed(format!("`{program}` is not installed or not on PATH"));
    }
    Failure::failed(format!("`{program}` did not start: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named() {
        let failure = output(&mut Command::new("no-such-program")).expect_err("it is not there");
        assert_eq!(
            failure.to_string(),
            "`no-such-program` is not installed or not on PATH"
        );
    }

    #[test]
    fn a_failing_program_tells_its_complaint() {
        let failure = output(Command::new("sh").args(["-c", "echo bad weather >&2; exit 3"]))
            .expect_err("it exits with 3");
        assert!(failure.to_string().ends_with("bad weather"), "{failure}");
    }

    #[test]
    fn what_is_printed_in_time_is_told_however_long() {
        let run = |script: &str| {
            let limit = Duration::from_secs(60);
            output_within(limit, Command::new("sh").args(["-c", script]))
        };
        let told = run("seq 100000; seq 100000 >&2").expect("it exits with 0");
        assert_eq!(told.lines().last(), Some("100000"));
        let failure = run("echo bad weather >&2; exit 3").expect_err("it exits with 3");
        assert!(failure.to_string().ends_with("bad weather"), "{failure}");
    }

    #[test]
    fn what_is_not_printed_in_time_is_an_error() {
        let run = |script: &str, limit| {
            let failure = output_within(limit, Command::new("sh").args(["-c", script]));
            failure.expect_err("it is late").to_string()
        };
        let hangs = run("exec sleep 60", Duration::ZERO);
        assert!(hangs.ends_with("was still running after 0 s"), "{hangs}");
        let holds = run("sleep 20 &", Duration::from_secs(2));
        assert!(holds.contains("had no end 2 s after its own"), "{holds}");
    }

    #[test]
    fn a_program_that_takes_too_long_is_an_error_and_is_killed() {
        let mut running = Running::start(Command::new("sleep").arg("60")).expect("sleep starts");
        let pid = running.child().id();
        let failure = running.wait(Duration::ZERO).expect_err("it sleeps longer");
        assert_eq!(
            failure.to_string(),
            "`sleep 60` was still running after 0 s"
        );
        drop(running);
        let gone = Command::new("sh")
            .args(["-c", &format!("! kill -0 {pid} 2>/dev/null")])
            .status()
            .expect("sh starts");
        assert!(gone.success(), "it was not killed");
    }
}
