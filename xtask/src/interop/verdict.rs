//! The table of clients and checks, and what is wrong in it.

use super::client::{CHECKS, Client};
use super::transcript::{Outcome, Transcript};
use crate::failure::Failure;

/// One column of the table.
#[derive(Debug)]
pub(super) struct Column {
    client: &'static Client,
    transcript: Transcript,
    pinned: Option<String>,
}

impl Column {
    /// What a client's script has told.
    pub(super) fn new(client: &'static Client, transcript: Transcript) -> Self {
        Self {
            pinned: client.runtime.pinned(client.name),
            client,
            transcript,
        }
    }

    fn title(&self) -> String {
        let version = self.transcript.version().unwrap_or("(no version)");
        format!("{} {version}", self.client.name)
    }

    fn cell(&self, check: &str) -> &'static str {
        match (self.transcript.outcome(check), self.client.can(check)) {
            (Some(Outcome::Ok), true) => "ok",
            (Some(Outcome::NotOk(_)), _) => "NOT OK",
            (Some(Outcome::Ok), false) => "UNKNOWN",
            (None, true) => "MISSING",
            (None, false) => "-",
        }
    }

    /// What is wrong, a sentence each; a missing check is told in its cell too, but not only there.
    fn breaches(&self) -> Vec<String> {
        let mut breaches = Vec::new();
        if self.transcript.version() != self.pinned.as_deref() {
            let pinned = self.pinned.as_deref().unwrap_or("nothing");
            breaches.push(format!("is not the version that is pinned, {pinned}"));
        }
        for check in CHECKS {
            match self.transcript.outcome(check) {
                Some(Outcome::NotOk(told)) => breaches.push(format!("{check}: {told}")),
                Some(Outcome::Ok) if !self.client.can(check) => breaches.push(format!(
                    "{check}: done, though it is said that it cannot be"
                )),
                None if self.client.can(check) => breaches.push(format!("{check}: missing")),
                Some(Outcome::Ok) | None => {}
            }
        }
        for check in self
            .transcript
            .checks()
            .filter(|check| !CHECKS.contains(check))
        {
            breaches.push(format!("{check}: is no check that is known"));
        }
        breaches.extend_from_slice(self.transcript.complaints());
        breaches
    }
}

/// Prints the table, what was left out and why, and what is wrong or that nothing is; fails if something is.
pub(super) fn report(columns: &[Column]) -> Result<(), Failure> {
    print!("{}", table(columns));
    for column in columns {
        for left in column.client.cannot {
            let (name, checks) = (column.client.name, left.checks.join(", "));
            println!("- {name} leaves out {checks}: {}", left.because);
        }
    }
    let told = |column: &Column| {
        let breaches = column.breaches().into_iter();
        let title = column.title();
        breaches
            .map(move |breach| format!("{title}: {breach}"))
            .collect::<Vec<_>>()
    };
    let breaches: Vec<String> = columns.iter().flat_map(told).collect();
    for breach in &breaches {
        println!("{breach}");
    }
    match breaches.len() {
        0 => {
            let checks: usize = columns
                .iter()
                .map(|column| column.transcript.checks().count())
                .sum();
            println!("interop: {checks} checks, all of them ok");
            Ok(())
        }
        1 => Err(Failure::failed(
            "one thing is not as it should be, see above",
        )),
        n => Err(Failure::failed(format!(
            "{n} things are not as they should be, see above"
        ))),
    }
}

fn table(columns: &[Column]) -> String {
    let first = CHECKS.iter().map(|check| check.len()).max().unwrap_or(0);
    let titles: Vec<String> = columns.iter().map(Column::title).collect();
    let row = |name: &str, cells: &mut dyn Iterator<Item = &str>| {
        let mut row = format!("{name:first$}");
        for (cell, title) in cells.zip(&titles) {
            row.push_str(&format!("  {cell:width$}", width = title.len()));
        }
        format!("{}\n", row.trim_end())
    };
    let mut table = row("", &mut titles.iter().map(String::as_str));
    for check in CHECKS {
        table.push_str(&row(
            check,
            &mut columns.iter().map(|column| column.cell(check)),
        ));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::super::client::CLIENTS;
    use super::*;

    /// The column of a client that has done all that it can, but for a change in what it printed.
    fn column(client: &'static Client, change: impl Fn(Vec<String>) -> Vec<String>) -> Column {
        let version = client.runtime.pinned(client.name).expect("it is pinned");
        let mut lines = vec![format!("version {version}"), "waiting".to_owned()];
        let can = CHECKS.iter().filter(|check| client.can(check));
        lines.extend(can.map(|check| format!("ok {check}")));
        let mut transcript = Transcript::default();
        change(lines).iter().for_each(|line| transcript.read(line));
        Column::new(client, transcript)
    }

    fn breaches(change: impl Fn(Vec<String>) -> Vec<String>) -> Vec<String> {
        let column = column(&CLIENTS[2], change);
        assert_eq!(
            report(std::slice::from_ref(&column)).is_ok(),
            column.breaches().is_empty()
        );
        column.breaches()
    }

    #[test]
    fn all_that_is_wanted_passes() {
        for client in CLIENTS {
            assert_eq!(column(client, |lines| lines).breaches(), [""; 0]);
        }
    }

    #[test]
    fn a_check_that_is_missing_is_a_breach() {
        let without = |mut lines: Vec<String>| {
            lines.retain(|line| line != "ok text-emoji");
            lines
        };
        assert_eq!(breaches(without), ["text-emoji: missing"]);
        let nothing = breaches(|_| Vec::new());
        let expected = CHECKS.iter().filter(|check| CLIENTS[2].can(check));
        assert_eq!(nothing.len(), expected.count() + 1);
    }

    #[test]
    fn a_check_that_is_not_ok_is_a_breach() {
        let failing = |lines: Vec<String>| {
            let failed = |line: String| match line.as_str() {
                "ok ping" => "not ok ping: seen a, expected b".to_owned(),
                _ => line,
            };
            lines.into_iter().map(failed).collect()
        };
        assert_eq!(breaches(failing), ["ping: seen a, expected b"]);
    }

    #[test]
    fn a_check_that_nobody_knows_is_a_breach() {
        let with = |line: &'static str| {
            move |mut lines: Vec<String>| {
                lines.push(line.to_owned());
                lines
            }
        };
        assert_eq!(
            breaches(with("ok ping-126")),
            ["ping-126: is no check that is known"]
        );
        assert_eq!(
            breaches(with("ok unmasked")),
            ["unmasked: done, though it is said that it cannot be"]
        );
        assert_eq!(
            breaches(with("oops")),
            ["printed `oops`, which says nothing here"]
        );
    }

    #[test]
    fn a_version_other_than_the_pinned_is_a_breach() {
        let other = |mut lines: Vec<String>| {
            lines[0] = "version 0.0.1".to_owned();
            lines
        };
        let told = breaches(other);
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with("is not the version that is pinned, "));
    }

    #[test]
    fn the_table_has_a_row_for_every_check() {
        let columns = [
            column(&CLIENTS[0], |lines| lines),
            column(&CLIENTS[2], |_| vec!["version 7".to_owned()]),
        ];
        let table = table(&columns);
        assert_eq!(table.lines().count(), CHECKS.len() + 1);
        let row = |name: &str| {
            let row = table.lines().find(|line| line.starts_with(name));
            row.map(|row| row.split_whitespace().collect::<Vec<_>>())
        };
        assert_eq!(row("text-ascii"), Some(vec!["text-ascii", "ok", "MISSING"]));
        assert_eq!(row("unmasked"), Some(vec!["unmasked", "ok", "-"]));
        assert!(!table.lines().any(|line| line.ends_with(' ')));
    }
}
