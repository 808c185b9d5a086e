//! The flags of `cargo xtask load compare`.

use std::time::Duration;

use super::case::{CASES, Case};
use super::contestant::{CONTESTANTS, Contestant};
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
    contestants: Option<Vec<&'static Contestant>>,
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
            contestants: None,
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
        request.refuse_bystanders()?;
        request.refuse_empty_gate()?;
        Ok(Some(request))
    }

    fn take(&mut self, value: &mut Value<'_>) -> Result<(), Failure> {
        match value.name {
            "--case" => self.cases = value.list("case", CASES, |case| case.name)?,
            "--servers" => {
                self.contestants = match value.list("server", CONTESTANTS, |server| server.name)? {
                    all if all.len() == CONTESTANTS.len() => None,
                    some => Some(some),
                };
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

    /// Who takes part in the case, in their order.
    pub(crate) fn field(&self, case: &Case) -> impl Iterator<Item = &'static Contestant> {
        let of_case = case.field.iter().filter_map(|name| {
            let mut all = CONTESTANTS.iter();
            all.find(|server| server.name == *name)
        });
        of_case.filter(|server| match &self.contestants {
            Some(wanted) => wanted.contains(server),
            None => true,
        })
    }

    /// Whoever is asked for takes part in a case, and every case has somebody.
    fn refuse_bystanders(&self) -> Result<(), Failure> {
        for server in self.contestants.iter().flatten() {
            if !self
                .cases
                .iter()
                .any(|case| case.field.contains(&server.name))
            {
                return Err(Failure::usage(format!(
                    "{} takes part in none of these cases",
                    server.name
                )));
            }
        }
        for case in &self.cases {
            if self.field(case).next().is_none() {
                return Err(Failure::usage(format!(
                    "{} is a case of {}, none of which is asked for",
                    case.name,
                    case.field.join(", ")
                )));
            }
        }
        Ok(())
    }

    /// A gate that nothing could breach would only look like one.
    fn refuse_empty_gate(&self) -> Result<(), Failure> {
        if self.gate.is_none() {
            return Ok(());
        }
        let gates = self
            .cases
            .iter()
            .filter_map(|case| Some((case, case.gate.as_ref()?)));
        let mut count = 0;
        for (case, gate) in gates {
            count += 1;
            let needed = [&case.field[..1], gate.rivals()].concat();
            let has = |name: &&&str| self.field(case).any(|server| server.name == **name);
            if !needed.iter().all(|name| has(&name)) {
                return Err(Failure::usage(format!(
                    "--gate: {} needs {} among the servers",
                    case.name,
                    needed.join(", ")
                )));
            }
        }
        match count {
            0 => Err(Failure::usage("--gate: none of these cases has a gate")),
            _ => Ok(()),
        }
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
        for case in &request.cases {
            let names: Vec<&str> = request.field(case).map(|server| server.name).collect();
            assert_eq!(names, case.field, "{}", case.name);
        }
        assert_eq!(request.rounds, 3);
        assert!(parsed("--help").unwrap().is_none());
    }

    #[test]
    fn cases_and_servers_are_chosen_by_name() {
        let request = parsed("--case idle,1m --servers floor --rounds 5 --seconds 9 --json");
        let request = request.unwrap().unwrap();
        let names: Vec<&str> = request.cases.iter().map(|case| case.name).collect();
        assert_eq!(names, ["idle", "1m"]);
        for case in &request.cases {
            let names: Vec<&str> = request.field(case).map(|server| server.name).collect();
            assert_eq!(names, ["floor"]);
        }
        assert_eq!((request.rounds, request.length.as_secs()), (5, 9));
        assert_eq!(
            parsed("--case all").unwrap().unwrap().cases.len(),
            CASES.len()
        );
        assert!(parsed("--case depth2").unwrap_err().contains("depth32"));
        assert!(parsed("--servers flor").unwrap_err().contains("floor"));
    }

    #[test]
    fn a_server_takes_part_where_it_speaks_the_extension_or_does_not() {
        let error = parsed("--case depth1 --servers floor,yawc-deflate").unwrap_err();
        assert!(error.contains("yawc-deflate takes part"), "{error}");
        let error = parsed("--case depth1,deflate-1k --servers floor").unwrap_err();
        assert!(error.contains("deflate-1k is a case of"), "{error}");
        let request = parsed("--case depth1,deflate-1k --servers floor,yawc-deflate");
        let request = request.unwrap().unwrap();
        let names = |case| request.field(case).map(|one| one.name).collect::<Vec<_>>();
        assert_eq!(names(request.cases[0]), ["floor"]);
        assert_eq!(names(request.cases[1]), ["yawc-deflate"]);
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
        assert!(parsed("--gate --case deflate-idle --servers echo,echo-deflate").is_ok());
        assert!(parsed("--gate --case deflate-idle --servers echo-deflate").is_err());
        assert!(
            parsed("--gate --case 16k")
                .unwrap_err()
                .contains("none of these")
        );
        assert!(
            parsed("--gate --case depth1 --servers floor")
                .unwrap_err()
                .contains("echo, fastwebsockets")
        );
        assert!(
            parsed("--gate --case depth1 --servers echo")
                .unwrap_err()
                .contains("echo, fastwebsockets")
        );
    }
}
