//! The flags of `cargo xtask load` as they were given, each legal by itself.

use std::net::SocketAddr;
use std::time::Duration;

use super::coding::Coding;
use super::cores::Cores;
use super::frames::Kind;
use super::number;
use super::options::Mode;
use super::replies::Check;
use super::report::Output;
use super::server::Command;
use super::value::Value;
use crate::failure::Failure;
use crate::flags::{Flag, Flags};

const KNOWN: &[&str] = &[
    "--spawn",
    "--addr",
    "--pid",
    "--mode",
    "--idle",
    "--connections",
    "--size",
    "--depth",
    "--count",
    "--text",
    "--json-text",
    "--binary",
    "--deflate",
    "--seconds",
    "--warmup",
    "--verify",
    "--cores",
    "--json",
];

/// What was given; `None` where a default is to stand.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) mode: Option<Mode>,
    pub(crate) spawn: Option<Command>,
    pub(crate) address: Option<SocketAddr>,
    pub(crate) pid: Option<u32>,
    pub(crate) connections: Option<usize>,
    pub(crate) size: Option<usize>,
    pub(crate) depth: Option<usize>,
    pub(crate) count: Option<usize>,
    pub(crate) kind: Option<Kind>,
    pub(crate) coding: Option<Coding>,
    pub(crate) length: Option<Duration>,
    pub(crate) warmup: Option<Duration>,
    pub(crate) check: Option<Check>,
    pub(crate) cores: Option<Option<Cores>>,
    pub(crate) output: Option<Output>,
}

impl Given {
    /// Reads the flags; `None` if help was asked for.
    pub(crate) fn parse(args: &[String]) -> Result<Option<Self>, Failure> {
        let mut given = Self::default();
        let mut flags = Flags::new(args, KNOWN);
        while let Some(flag) = flags.next()? {
            match flag {
                Flag::Help => return Ok(None),
                Flag::Named(name) => given.take(&mut Value::new(name, &mut flags))?,
            }
        }
        Ok(Some(given))
    }

    fn take(&mut self, value: &mut Value<'_>) -> Result<(), Failure> {
        const MODES: &str = "traffic, idle, never-read or pending";
        const BYTES: &str = "bytes, such as 64, 16k or 1m";
        match value.name {
            "--spawn" => self.spawn = Some(value.read("\"PROGRAM ARGS\"", Command::parse)?),
            "--addr" => self.address = Some(value.read("IP:PORT", |text| text.parse().ok())?),
            "--pid" => self.pid = Some(value.read("a process id", |text| text.parse().ok())?),
            "--mode" => self.mode = Some(value.read(MODES, Mode::parse)?),
            "--idle" => self.mode = Some(Mode::Idle),
            "--connections" => self.connections = Some(value.number(1..=60_000)?),
            "--size" => self.size = Some(value.read(BYTES, number::bytes)?),
            "--depth" => self.depth = Some(value.number(1..=100_000)?),
            "--count" => self.count = Some(value.number(1..=1_000_000)?),
            "--text" => self.kind = Some(Kind::Text),
            "--json-text" => self.kind = Some(Kind::Json),
            "--binary" => self.kind = Some(Kind::Binary),
            "--deflate" => self.coding = Some(value.read(Coding::WANTED, Coding::parse)?),
            "--seconds" => self.length = Some(seconds(value.number(1..=600)?)),
            "--warmup" => self.warmup = Some(seconds(value.number(0..=60)?)),
            "--verify" => self.check = Some(Check::Payload),
            "--cores" => self.cores = Some(value.read(Cores::WANTED, Cores::parse)?),
            "--json" => self.output = Some(Output::Json),
            other => return Err(Failure::failed(format!("{other} has no arm"))),
        }
        Ok(())
    }
}

fn seconds(number: usize) -> Duration {
    Duration::from_secs(number as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Given, String> {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let given = Given::parse(&args).map_err(|e| e.to_string())?;
        given.ok_or_else(|| "help".to_owned())
    }

    #[test]
    fn every_flag_is_read() {
        let given = parsed(
            "--mode pending --spawn server --addr=127.0.0.1:9001 --pid 7 --connections 8 --size 16k --depth 32 \
             --count 200 --text --deflate takeover --seconds 5 --warmup 0 --verify --cores 0,1 --json",
        )
        .unwrap();
        assert_eq!(given.mode, Some(Mode::Pending));
        assert_eq!(given.spawn, Command::parse("server"));
        assert_eq!(given.address, "127.0.0.1:9001".parse().ok());
        assert_eq!(
            (given.pid, given.connections, given.size),
            (Some(7), Some(8), Some(16_384))
        );
        assert_eq!((given.depth, given.count), (Some(32), Some(200)));
        assert_eq!(
            (given.kind, given.check),
            (Some(Kind::Text), Some(Check::Payload))
        );
        assert_eq!(
            (given.length, given.warmup),
            (Some(seconds(5)), Some(seconds(0)))
        );
        assert_eq!(given.coding, Some(Coding::Takeover));
        assert_eq!(given.cores, Cores::parse("0,1"));
        assert_eq!(given.output, Some(Output::Json));
        assert_eq!(parsed("--cores none").unwrap().cores, Some(None));
        assert_eq!(parsed("--idle").unwrap().mode, Some(Mode::Idle));
        assert_eq!(parsed("-h").unwrap_err(), "help");
    }

    #[test]
    fn every_known_flag_has_an_arm() {
        for name in KNOWN {
            let error = parsed(&format!("{name} .")).map_or_else(|e| e, |_| String::new());
            assert!(!error.contains("no arm"), "{error}");
        }
    }

    #[test]
    fn a_wrong_flag_or_value_is_named() {
        for (line, named) in [
            ("--deep 3", "--deep"),
            ("-x", "-x"),
            ("there", "there"),
            ("--depth", "--depth"),
            ("--depth 0", "1 to 100000"),
            ("--seconds 601", "1 to 600"),
            ("--size 1g", "1g"),
            ("--mode busy", "never-read"),
            ("--deflate on", "no-takeover or takeover"),
            ("--addr localhost", "IP:PORT"),
            ("--text=yes", "--text"),
        ] {
            let error = parsed(line).unwrap_err();
            assert!(error.contains(named), "{line}: {error}");
        }
    }
}
