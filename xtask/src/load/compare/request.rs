//! The flags of `cargo xtask load compare`.

use std::time::Duration;

use super::case::{CASES, Case, Gate};
use super::contestant::{CONTESTANTS, Contestant, FASTWEBSOCKETS, OURS};
use crate::failure::Failure;
use crate::flags::{Flag, Flags};
use crate::load::generator::{Cores, Output, Value};

const KNOWN: &[&str] = &[
    "--case",
    "--servers",
    "--rounds",
    "--seconds",
    "--cores",
    "--gate",
    "--json",
];

/// What is to be compared.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) cases: Vec<&'static Case>,
    pub(crate) contestants: Vec<&'static Contestant>,
    pub(crate) rounds: usize,
    pub(crate) length: Duration,
    pub(crate) cores: Option<Cores>,
    pub(crate) gate: Option<CheckGate>,
    pub(crate) output: Output,
}

/// The gates are to be checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CheckGate;

impl Request {
    /// Reads the flags; `None` if help was asked for.
    pub(crate) fn parse(args: &[String]) -> Result<Option<Self>, Failure> {
        let mut request = Self {
            cases: CASES.iter().collect(),
            contestants: CONTESTANTS.iter().collect(),
            rounds: 3,
            length: Duration::from_secs(3),
            cores: Cores::first_two()?,
            gate: None,
            output: Output::Text,
        };
        let mut flags = Flags::new(args, KNOWN);
        while let Some(flag) = flags.next()? {
            match flag {
                Flag::Help => return Ok(None),
                Flag::Named(name) => request.take(&mut Value::new(name, &mut flags))?,
            }
        }
        request.refuse_empty_gate()?;
        Ok(Some(request))
    }

    fn take(&mut self, value: &mut Value<'_>) -> Result<(), Failure> {
        match value.name {
            "--case" => self.cases = value.list("case", CASES, |case| case.name)?,
            "--servers" => {
                self.contestants = value.list("server", CONTESTANTS, |server| server.name)?;
            }
            "--rounds" => self.rounds = value.number(1..=99)?,
            "--seconds" => self.length = Duration::from_secs(value.number(1..=60)? as u64),
            "--cores" => self.cores = value.read(Cores::WANTED, Cores::parse)?,
            "--gate" => self.gate = Some(CheckGate),
            "--json" => self.output = Output::Json,
            other => return Err(Failure::failed(format!("{other} has no arm"))),
        }
        Ok(())
    }

    /// A gate that nothing could breach would only look like one.
    fn refuse_empty_gate(&self) -> Result<(), Failure> {
        if self.gate.is_none() {
            return Ok(());
        }
        let has = |name| self.contestants.iter().any(|server| server.name == name);
        let gates: Vec<Gate> = self.cases.iter().filter_map(|case| case.gate).collect();
        let of_rival = |gate: &Gate| matches!(gate, Gate::TimesFastwebsockets(_));
        if gates.is_empty() {
            return Err(Failure::usage("--gate: none of these cases has a gate"));
        }
        if !has(OURS) || (gates.iter().any(of_rival) && !has(FASTWEBSOCKETS)) {
            return Err(Failure::usage(format!(
                "--gate needs {OURS} and {FASTWEBSOCKETS} among the servers"
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Option<Request>, String> {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Request::parse(&args).map_err(|e| e.to_string())
    }

    #[test]
    fn everything_is_compared_unless_said_otherwise() {
        let request = parsed("").unwrap().unwrap();
        assert_eq!(request.cases.len(), CASES.len());
        assert_eq!(request.contestants.len(), CONTESTANTS.len());
        assert_eq!(request.rounds, 3);
        assert!(parsed("--help").unwrap().is_none());
    }

    #[test]
    fn cases_and_servers_are_chosen_by_name() {
        let request = parsed("--case idle,1m --servers floor --rounds 5 --seconds 9 --json");
        let request = request.unwrap().unwrap();
        let names: Vec<&str> = request.cases.iter().map(|case| case.name).collect();
        assert_eq!(names, ["idle", "1m"]);
        assert_eq!(request.contestants.len(), 1);
        assert_eq!((request.rounds, request.length.as_secs()), (5, 9));
        assert_eq!(
            parsed("--case all").unwrap().unwrap().cases.len(),
            CASES.len()
        );
        assert!(parsed("--case depth2").unwrap_err().contains("depth32"));
        assert!(parsed("--servers flor").unwrap_err().contains("floor"));
    }

    #[test]
    fn every_known_flag_has_an_arm() {
        for name in KNOWN {
            let error = parsed(&format!("{name} .")).map_or_else(|e| e, |_| String::new());
            assert!(!error.contains("no arm"), "{error}");
        }
    }

    #[test]
    fn a_gate_without_its_servers_is_refused() {
        assert!(parsed("--gate").is_ok());
        assert!(parsed("--gate --case idle --servers echo").is_ok());
        assert!(
            parsed("--gate --case 16k")
                .unwrap_err()
                .contains("none of these")
        );
        assert!(
            parsed("--gate --servers floor")
                .unwrap_err()
                .contains("fastwebsockets")
        );
        assert!(
            parsed("--gate --servers echo")
                .unwrap_err()
                .contains("fastwebsockets")
        );
    }
}
