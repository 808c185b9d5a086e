//! What a load is to do: flags that fit together, with their defaults.

use std::net::SocketAddr;
use std::time::Duration;

use super::coding::Coding;
use super::cores::Cores;
use super::flags::Given;
use super::frames::{Frames, Kind};
use super::replies::Check;
use super::report::Output;
use super::server::{Command, Server};
use super::traffic::Traffic;
use crate::failure::Failure;

/// A prepared batch may not take more than this.
const BATCH_LIMIT: usize = 256 * 1024 * 1024;

/// The kinds of load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Traffic,
    Idle,
    NeverRead,
    Pending,
}

impl Mode {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "traffic" => Some(Self::Traffic),
            "idle" => Some(Self::Idle),
            "never-read" => Some(Self::NeverRead),
            "pending" => Some(Self::Pending),
            _ => None,
        }
    }

    fn connections(self) -> usize {
        match self {
            Self::Traffic => 64,
            Self::Idle => 9_000,
            Self::NeverRead => 1,
            Self::Pending => 10_000,
        }
    }

    fn size(self) -> usize {
        match self {
            Self::Traffic | Self::Pending => 64,
            Self::Idle => 1024,
            Self::NeverRead => 1024 * 1024,
        }
    }

    fn seconds(self) -> u64 {
        match self {
            Self::NeverRead => 10,
            Self::Traffic | Self::Idle | Self::Pending => 3,
        }
    }
}

/// A command line that makes sense.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) mode: Mode,
    pub(crate) connections: usize,
    pub(crate) count: usize,
    pub(crate) length: Duration,
    pub(crate) output: Output,
    size: usize,
    depth: usize,
    kind: Kind,
    coding: Coding,
    warmup: Duration,
    check: Check,
    target: Target,
    cores: Option<Cores>,
}

#[derive(Debug, PartialEq, Eq)]
enum Target {
    Spawn(Command, Option<SocketAddr>),
    Running(SocketAddr, Option<u32>),
}

impl Options {
    pub(crate) fn new(given: Given) -> Result<Self, Failure> {
        let mode = given.mode.unwrap_or(Mode::Traffic);
        refuse_what_does_not_fit(mode, &given)?;
        let options = Self {
            mode,
            connections: given.connections.unwrap_or(mode.connections()),
            count: given.count.unwrap_or(200),
            length: given.length.unwrap_or(Duration::from_secs(mode.seconds())),
            output: given.output.unwrap_or(Output::Text),
            size: given.size.unwrap_or(mode.size()),
            depth: given.depth.unwrap_or(1),
            kind: given.kind.unwrap_or(Kind::Binary),
            coding: given.coding.unwrap_or(Coding::Plain),
            warmup: given.warmup.unwrap_or(Duration::from_secs(1)),
            check: given.check.unwrap_or(Check::Shape),
            target: target(given.spawn, given.address, given.pid)?,
            cores: match given.cores {
                Some(cores) => cores,
                None => Cores::first_two()?,
            },
        };
        if options.size.saturating_mul(options.depth) > BATCH_LIMIT {
            return Err(Failure::usage(
                "--size times --depth may not exceed 256 MiB",
            ));
        }
        Ok(options)
    }

    /// Starts or finds the server.
    pub(crate) fn server(&self) -> Result<Server, Failure> {
        match &self.target {
            Target::Spawn(command, address) => Server::start(command, *address, self.cores),
            Target::Running(address, pid) => {
                if let Some(cores) = self.cores {
                    cores.be_the_generator()?;
                }
                Server::running(*address, *pid)
            }
        }
    }

    pub(crate) fn frames(&self) -> Frames {
        Frames::new(self.kind, self.size, self.depth, self.coding)
    }

    pub(crate) fn traffic(&self) -> Traffic {
        Traffic {
            connections: self.connections,
            warmup: self.warmup,
            length: self.length,
            check: self.check,
        }
    }
}

fn target(
    spawn: Option<Command>,
    address: Option<SocketAddr>,
    pid: Option<u32>,
) -> Result<Target, Failure> {
    match (spawn, address, pid) {
        (Some(command), address, None) => Ok(Target::Spawn(command, address)),
        (None, Some(address), pid) => Ok(Target::Running(address, pid)),
        (Some(_), _, Some(_)) => Err(Failure::usage("--spawn knows its process: leave --pid out")),
        (None, None, _) => Err(Failure::usage(
            "which server? give --spawn \"PROGRAM ARGS\", or --addr IP:PORT and --pid PID",
        )),
    }
}

/// A flag that a mode would pass over in silence is an error.
fn refuse_what_does_not_fit(mode: Mode, given: &Given) -> Result<(), Failure> {
    let traffic_only = [
        ("--depth", given.depth.is_some()),
        ("--warmup", given.warmup.is_some()),
        ("--verify", given.check.is_some()),
    ];
    let if_given = |(name, is_given): &(&'static str, bool)| is_given.then_some(*name);
    let stray = match mode {
        Mode::Traffic => given.count.map(|_| "--count"),
        Mode::Idle | Mode::Pending => {
            let others = [
                ("--count", given.count.is_some()),
                ("--seconds", given.length.is_some()),
            ];
            traffic_only.iter().chain(&others).find_map(if_given)
        }
        Mode::NeverRead => {
            let others = [("--connections", given.connections.is_some())];
            traffic_only.iter().chain(&others).find_map(if_given)
        }
    };
    match stray {
        Some(name) => Err(Failure::usage(format!("{name} means nothing in this mode"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(line: &str) -> Result<Options, String> {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Given::parse(&args)
            .and_then(|given| Options::new(given.unwrap_or_default()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn each_mode_has_its_defaults() {
        let traffic = options("--addr 127.0.0.1:1").unwrap();
        assert_eq!(
            (traffic.connections, traffic.size, traffic.depth),
            (64, 64, 1)
        );
        let idle = options("--addr 127.0.0.1:1 --pid 1 --idle").unwrap();
        assert_eq!((idle.connections, idle.size), (9_000, 1024));
        let never = options("--addr 127.0.0.1:1 --pid 1 --mode never-read").unwrap();
        assert_eq!((never.count, never.size), (200, 1024 * 1024));
        let pending = options("--addr 127.0.0.1:1 --pid 1 --mode pending").unwrap();
        assert_eq!((pending.connections, pending.size), (10_000, 64));
    }

    #[test]
    fn one_server_must_be_named() {
        assert!(options("").unwrap_err().contains("which server"));
        assert!(options("--pid 3").unwrap_err().contains("which server"));
        assert!(options("--spawn s --pid 3").unwrap_err().contains("--pid"));
        assert!(options("--spawn s --addr 127.0.0.1:1").is_ok());
    }

    #[test]
    fn what_a_mode_would_not_heed_is_refused() {
        for (line, named) in [
            ("--count 3", "--count"),
            ("--idle --depth 2", "--depth"),
            ("--idle --seconds 2", "--seconds"),
            ("--mode pending --verify", "--verify"),
            ("--mode never-read --connections 2", "--connections"),
        ] {
            let error = options(&format!("--addr 127.0.0.1:1 {line}")).unwrap_err();
            assert!(error.contains(named), "{line}: {error}");
        }
        let error = options("--addr 127.0.0.1:1 --size 16m --depth 17").unwrap_err();
        assert!(error.contains("256 MiB"), "{error}");
    }
}
