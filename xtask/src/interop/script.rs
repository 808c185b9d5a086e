//! A script that runs.

use std::path::Path;
use std::time::{Duration, Instant};

use super::client::Client;
use super::runtime::Launcher;
use super::transcript::Transcript;
use crate::failure::Failure;
use crate::logged::{Logged, Next};

/// Between the last line of a script and its end.
const EXIT_LIMIT: Duration = Duration::from_secs(10);

/// The script of a client, killed when this value goes.
#[derive(Debug)]
pub(super) struct Script {
    client: &'static Client,
    logged: Logged,
    transcript: Transcript,
    is_over: bool,
}

impl Script {
    /// Starts the script in `dir`, which is told the server's address, the largest message that it takes, and the
    /// extension that it agrees to.
    pub(super) fn start(
        client: &'static Client,
        launcher: &Launcher,
        dir: &Path,
        server: (&str, usize, &str),
        log: &Path,
    ) -> Result<Self, Failure> {
        let (url, largest, extension) = server;
        let mut command = launcher(&dir.join(client.script));
        command.args([url, &largest.to_string(), extension]);
        Ok(Self {
            client,
            logged: Logged::start(&mut command, log)?,
            transcript: Transcript::default(),
            is_over: false,
        })
    }

    /// Reads until the script waits for the server to close, has ended, or is late.
    pub(super) fn read_until_waiting(&mut self, deadline: Instant) -> Result<(), Failure> {
        while !self.transcript.is_waiting() && !self.is_over {
            self.read(deadline)?;
        }
        Ok(())
    }

    /// Reads the rest, and gives back the whole with what there is to say about the end.
    pub(super) fn finish(
        mut self,
        deadline: Instant,
    ) -> Result<(&'static Client, Transcript), Failure> {
        while !self.is_over {
            self.read(deadline)?;
        }
        Ok((self.client, self.transcript))
    }

    fn read(&mut self, deadline: Instant) -> Result<(), Failure> {
        match self.logged.next_line(deadline)? {
            Next::Line(line) => {
                self.transcript.read(&line);
                return Ok(());
            }
            Next::End => self.note_exit()?,
            Next::Late => self
                .transcript
                .complain("was killed: its time was up".to_owned()),
        }
        self.is_over = true;
        Ok(())
    }

    fn note_exit(&mut self) -> Result<(), Failure> {
        let status = self.logged.running().wait(EXIT_LIMIT)?;
        if !status.success() {
            let end = self.logged.last_lines();
            self.transcript
                .complain(format!("ended with {status}{end}"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::super::client::CLIENTS;
    use super::super::transcript::Outcome;
    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    fn start(name: &str, text: &str) -> Script {
        let text = text.to_owned();
        let launcher: Launcher = Box::new(move |_| {
            let mut sh = Command::new("sh");
            sh.args(["-c", &text]);
            sh
        });
        let log = std::env::temp_dir().join(format!("xtask-script-{}-{name}", std::process::id()));
        let server = ("ws://127.0.0.1:1", 9, "name");
        let script = Script::start(&CLIENTS[0], &launcher, Path::new(""), server, &log);
        fs::remove_file(log).expect("it can be removed");
        script.expect("sh starts")
    }

    #[test]
    fn the_script_gets_the_address_the_limit_and_the_extension() {
        let mut script = start("arguments", "[ \"$0 $1 $2\" = 'ws://127.0.0.1:1 9 name' ]");
        script
            .read_until_waiting(Instant::now() + SOON)
            .expect("no signal");
        let (_, transcript) = script.finish(Instant::now() + SOON).expect("no signal");
        assert_eq!(transcript.complaints(), [""; 0]);
    }

    #[test]
    fn it_is_read_until_it_waits_and_then_to_its_end() {
        let text = "echo ok ping; echo waiting; sleep 0.1; echo ok server-closes";
        let mut script = start("good", text);
        script
            .read_until_waiting(Instant::now() + SOON)
            .expect("no signal");
        assert_eq!(script.transcript.outcome("server-closes"), None);
        let (_, transcript) = script.finish(Instant::now() + SOON).expect("no signal");
        assert_eq!(transcript.outcome("server-closes"), Some(&Outcome::Ok));
        assert_eq!(transcript.complaints(), [""; 0]);
    }

    #[test]
    fn an_exit_status_that_is_not_0_is_a_complaint() {
        let script = start("bad", "echo ok ping; exit 3");
        let (_, transcript) = script.finish(Instant::now() + SOON).expect("no signal");
        let told = &transcript.complaints()[0];
        assert!(told.starts_with("ended with exit status: 3"), "{told}");
    }

    #[test]
    fn a_script_that_takes_too_long_is_a_complaint() {
        let script = start("late", "exec sleep 60");
        let (_, transcript) = script.finish(Instant::now()).expect("no signal");
        assert_eq!(transcript.complaints(), ["was killed: its time was up"]);
    }
}
