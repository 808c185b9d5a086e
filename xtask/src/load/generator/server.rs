//! The server under load: one that runs already, or one that is started here and ended with this value.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{ChildStdout, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::cores::Cores;
use super::process::Process;
use crate::failure::Failure;
use crate::process::{Running, stop_if_interrupted};

/// How long a server may take until it listens.
const PATIENCE: Duration = Duration::from_secs(10);

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    program: OsString,
    arguments: Vec<String>,
}

impl Command {
    pub(crate) fn new(program: &Path, arguments: &[&str]) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
        }
    }

    /// Reads `PROGRAM ARGS`, cut at white space.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace().map(str::to_owned);
        Some(Self {
            program: words.next()?.into(),
            arguments: words.collect(),
        })
    }
}

/// A server that listens on loopback.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    process: Option<Process>,
    /// The program is killed when this value goes.
    running: Option<Running>,
}

impl Server {
    /// A server that somebody else started; without its process id nothing is known but the replies.
    pub(crate) fn running(address: SocketAddr, id: Option<u32>) -> Result<Self, Failure> {
        Ok(Self {
            address: loopback(address)?,
            process: id.map(Process::new),
            running: None,
        })
    }

    /// Starts one on its core and waits until it listens: at `address`, or where the line that it prints says.
    pub(crate) fn start(
        command: &Command,
        address: Option<SocketAddr>,
        cores: Option<Cores>,
    ) -> Result<Self, Failure> {
        let address = address.map(loopback).transpose()?;
        let mut running = start_on(command, cores)?;
        let lines = running.child().stdout.take().map(listening_line);
        let process = Process::new(running.child().id());
        let name = command.program.to_string_lossy();
        let found = match (address, lines) {
            (None, Some(lines)) => printed(&lines),
            (None, None) => Err("has no standard output".to_owned()),
            (Some(address), _) => wait_for_port(address, &mut running)?.map(|()| address),
        };
        Ok(Self {
            address: loopback(found.map_err(|why| Failure::failed(format!("{name} {why}")))?)?,
            process: Some(process),
            running: Some(running),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process, if it is known.
    pub(crate) fn process(&self) -> Option<Process> {
        self.process
    }

    /// The program that was started here, to be asked to end and waited for.
    pub(crate) fn program(&mut self) -> Result<&mut Running, Failure> {
        self.running
            .as_mut()
            .ok_or_else(|| Failure::failed("the server was not started here"))
    }

    /// Its process, which this load cannot do without.
    pub(crate) fn measured(&self) -> Result<Process, Failure> {
        self.process.ok_or_else(|| {
            Failure::usage("this mode reads the server's memory: give --pid or --spawn")
        })
    }
}

/// The child inherits the core that this thread is on when it starts it.
fn start_on(command: &Command, cores: Option<Cores>) -> Result<Running, Failure> {
    if let Some(cores) = cores {
        cores.be_the_server()?;
    }
    let started = Running::start(
        std::process::Command::new(&command.program)
            .args(&command.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped()),
    );
    if let Some(cores) = cores {
        cores.be_the_generator()?;
    }
    started
}

fn printed(lines: &Receiver<SocketAddr>) -> Result<SocketAddr, String> {
    lines.recv_timeout(PATIENCE).map_err(|error| match error {
        RecvTimeoutError::Timeout => "did not print the address it listens on in 10 s".to_owned(),
        RecvTimeoutError::Disconnected => {
            "ended before it printed the address it listens on".to_owned()
        }
    })
}

fn wait_for_port(
    address: SocketAddr,
    running: &mut Running,
) -> Result<Result<(), String>, Failure> {
    let begun = Instant::now();
    loop {
        stop_if_interrupted()?;
        let listens = TcpStream::connect(address).is_ok();
        // Asked after connecting: if it has ended, somebody else listens there.
        if let Some(status) = running.ended()? {
            return Ok(Err(format!("ended before it listened: {status}")));
        }
        if listens {
            return Ok(Ok(()));
        }
        if begun.elapsed() > PATIENCE {
            return Ok(Err(format!("did not listen on {address} in 10 s")));
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn loopback(address: SocketAddr) -> Result<SocketAddr, Failure> {
    if address.ip().to_canonical().is_loopback() {
        return Ok(address);
    }
    Err(Failure::usage(format!(
        "{address} is not a loopback address: load is put on this machine's own servers only"
    )))
}

/// Sends the first address that is printed; reads on to the end, so that the server never waits for a full pipe.
fn listening_line(output: ChildStdout) -> Receiver<SocketAddr> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = String::new();
        while matches!(output.read_line(&mut line), Ok(length) if length > 0) {
            if let Some(address) = printed_address(&line) {
                // The receiver may have given up.
                let _ = sender.send(address);
                break;
            }
            line.clear();
        }
        drop(sender);
        let _ = io::copy(&mut output, &mut io::sink());
    });
    receiver
}

/// The first word that is an address, bare or as a URI.
fn printed_address(line: &str) -> Option<SocketAddr> {
    line.split_whitespace().find_map(|word| {
        let authority = word.split_once("://").map_or(word, |(_, rest)| rest);
        let end = authority.find('/').unwrap_or(authority.len());
        authority[..end].trim_end_matches(['.', ',']).parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_the_line() {
        let address = Some(SocketAddr::from(([127, 0, 0, 1], 9001)));
        assert_eq!(
            printed_address("listening on ws://127.0.0.1:9001\n"),
            address
        );
        assert_eq!(
            printed_address("open http://127.0.0.1:9001/chat, please"),
            address
        );
        assert_eq!(printed_address("Listening on 127.0.0.1:9001."), address);
        assert_eq!(
            printed_address("listens at [::1]:80").map(|a| a.port()),
            Some(80)
        );
        assert_eq!(printed_address("starting"), None);
    }

    #[test]
    fn only_loopback_is_taken() {
        for own in [
            "127.0.0.1:1",
            "127.9.9.9:1",
            "[::1]:1",
            "[::ffff:127.0.0.1]:1",
        ] {
            assert!(Server::running(own.parse().unwrap(), None).is_ok(), "{own}");
        }
        for other in [
            "0.0.0.0:1",
            "192.168.0.1:1",
            "8.8.8.8:1",
            "[::]:1",
            "[2001:db8::1]:1",
        ] {
            let error = Server::running(other.parse().unwrap(), None).unwrap_err();
            assert!(error.to_string().contains("loopback"), "{other}");
        }
    }

    #[test]
    fn a_command_is_cut_at_white_space() {
        assert_eq!(
            Command::parse(" a/b  --addr x "),
            Some(Command::new(Path::new("a/b"), &["--addr", "x"]))
        );
        assert_eq!(Command::parse("  "), None);
    }

    #[test]
    fn a_program_that_cannot_start_or_ends_at_once_is_named() {
        for program in ["/no/such/program", "true"] {
            let command = Command::new(Path::new(program), &[]);
            let error = Server::start(&command, None, None).unwrap_err();
            assert!(error.to_string().contains(program), "{error}");
        }
    }
}
