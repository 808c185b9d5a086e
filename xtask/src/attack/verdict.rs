//! What a row has found: figures, and the bounds that they have to keep.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use crate::load::generator::grouped;

/// A million bytes, which is the table's MB.
const MB: f64 = 1e6;

/// A figure with its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Amount {
    Count(u64),
    Bytes(i64),
    Time(Duration),
    /// Of one processor.
    Percent(f64),
    /// So many bytes for each.
    BytesEach(f64),
}

/// What a figure has to be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bound {
    AtMost(Amount),
    AtLeast(Amount),
    Exactly(Amount),
    /// Nothing: it is told.
    Free,
}

#[derive(Clone, Debug)]
struct Figure {
    name: String,
    seen: Amount,
    bound: Bound,
}

/// The figures of one row.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdict {
    figures: Vec<Figure>,
}

impl Verdict {
    pub(super) fn at_most(self, name: &str, seen: Amount, allowed: Amount) -> Self {
        self.with(name, seen, Bound::AtMost(allowed))
    }

    pub(super) fn at_least(self, name: &str, seen: Amount, wanted: Amount) -> Self {
        self.with(name, seen, Bound::AtLeast(wanted))
    }

    pub(super) fn exactly(self, name: &str, seen: Amount, wanted: Amount) -> Self {
        self.with(name, seen, Bound::Exactly(wanted))
    }

    /// A figure without a bound.
    pub(super) fn told(self, name: &str, seen: Amount) -> Self {
        self.with(name, seen, Bound::Free)
    }

    /// Whether every figure is what it has to be, and there is one that has to be something.
    pub(super) fn holds(&self) -> bool {
        let bounded = self
            .figures
            .iter()
            .any(|figure| figure.bound != Bound::Free);
        bounded && self.figures.iter().all(Figure::holds)
    }

    pub(super) fn json(&self) -> Vec<Value> {
        self.figures.iter().map(Figure::json).collect()
    }

    fn with(mut self, name: &str, seen: Amount, bound: Bound) -> Self {
        self.figures.push(Figure {
            name: name.to_owned(),
            seen,
            bound,
        });
        self
    }
}

/// One line for each figure.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for figure in &self.figures {
            let mark = if figure.holds() { "" } else { "  BREACH" };
            let (name, seen) = (&figure.name, figure.seen.to_string());
            let bound = figure.bound.to_string();
            let line = format!("      {name:52}{seen:>16}  {bound}{mark}");
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl Figure {
    fn holds(&self) -> bool {
        let seen = self.seen.number();
        match self.bound {
            Bound::AtMost(amount) => seen <= amount.number(),
            Bound::AtLeast(amount) => seen >= amount.number(),
            Bound::Exactly(amount) => self.seen == amount,
            Bound::Free => true,
        }
    }

    fn json(&self) -> Value {
        let (kind, bound) = match self.bound {
            Bound::AtMost(amount) => ("at_most", amount.number()),
            Bound::AtLeast(amount) => ("at_least", amount.number()),
            Bound::Exactly(amount) => ("exactly", amount.number()),
            Bound::Free => {
                return json!({"name": self.name, "unit": self.seen.unit(), "seen": self.seen.number()});
            }
        };
        json!({
            "name": self.name, "unit": self.seen.unit(), "seen": self.seen.number(), kind: bound,
            "holds": self.holds(),
        })
    }
}

impl Amount {
    /// Of something that was counted here.
    pub(super) fn count(number: usize) -> Self {
        Self::Count(number as u64)
    }

    /// So many million bytes.
    pub(super) fn mb(number: f64) -> Self {
        Self::Bytes((number * MB) as i64)
    }

    pub(super) fn millis(number: u64) -> Self {
        Self::Time(Duration::from_millis(number))
    }

    /// The figure in its unit.
    fn number(self) -> f64 {
        match self {
            Self::Count(number) => number as f64,
            Self::Bytes(number) => number as f64,
            Self::Time(time) => time.as_secs_f64() * 1e3,
            Self::Percent(number) | Self::BytesEach(number) => number,
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::Count(_) => "count",
            Self::Bytes(_) => "bytes",
            Self::Time(_) => "ms",
            Self::Percent(_) => "percent of a processor",
            Self::BytesEach(_) => "bytes each",
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Count(number) => f.write_str(&grouped(number)),
            Self::Bytes(number) if number.unsigned_abs() < 100_000 => {
                write!(f, "{:.1} kB", number as f64 / 1e3)
            }
            Self::Bytes(number) => write!(f, "{:.2} MB", number as f64 / MB),
            Self::Time(time) if time < Duration::from_micros(1) => {
                write!(f, "{} ns", time.as_nanos())
            }
            Self::Time(time) if time < Duration::from_secs(1) => {
                write!(f, "{:.2} ms", time.as_secs_f64() * 1e3)
            }
            Self::Time(time) => write!(f, "{:.2} s", time.as_secs_f64()),
            Self::Percent(number) => write!(f, "{number:.2} %"),
            Self::BytesEach(number) => write!(f, "{number:.2} B each"),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(amount) => write!(f, "<= {amount}"),
            Self::AtLeast(amount) => write!(f, ">= {amount}"),
            Self::Exactly(amount) => write!(f, "= {amount}"),
            Self::Free => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_holds_at_its_figure_and_not_beyond() {
        let at_most = |seen| {
            Verdict::default()
                .at_most("x", Amount::Bytes(seen), Amount::mb(1.0))
                .holds()
        };
        assert!(at_most(-5) && at_most(1_000_000) && !at_most(1_000_001));
        let at_least = |seen| {
            Verdict::default()
                .at_least("x", Amount::millis(seen), Amount::millis(9))
                .holds()
        };
        assert!(at_least(9) && !at_least(8));
        let exactly = |seen| {
            Verdict::default()
                .exactly("x", Amount::Count(seen), Amount::Count(3))
                .holds()
        };
        assert!(exactly(3) && !exactly(2) && !exactly(4));
    }

    #[test]
    fn one_breach_is_a_breach_and_is_marked() {
        let verdict = Verdict::default()
            .at_most("memory grew", Amount::mb(0.05), Amount::mb(1.0))
            .exactly("answers", Amount::Count(2), Amount::Count(1));
        assert!(!verdict.holds());
        let text = verdict.to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].ends_with("50.0 kB  <= 1.00 MB"), "{text}");
        assert!(lines[1].ends_with("2  = 1  BREACH"), "{text}");
    }

    #[test]
    fn figures_without_a_bound_prove_nothing() {
        assert!(!Verdict::default().holds());
        let told = Verdict::default().told("x", Amount::Count(1));
        assert!(!told.holds());
        assert!(
            told.exactly("y", Amount::Count(1), Amount::Count(1))
                .holds()
        );
    }

    #[test]
    fn amounts_are_told_in_their_units() {
        for (amount, text) in [
            (Amount::Count(10_000), "10,000"),
            (Amount::Bytes(-4096), "-4.1 kB"),
            (Amount::mb(17.0), "17.00 MB"),
            (Amount::Time(Duration::from_nanos(88)), "88 ns"),
            (Amount::millis(20), "20.00 ms"),
            (Amount::millis(1500), "1.50 s"),
            (Amount::Percent(0.014), "0.01 %"),
            (Amount::BytesEach(0.1), "0.10 B each"),
        ] {
            assert_eq!(amount.to_string(), text);
        }
    }

    #[test]
    fn programs_get_numbers() {
        let verdict = Verdict::default()
            .at_most("cpu", Amount::millis(7), Amount::millis(20))
            .told("peak", Amount::Bytes(5));
        assert_eq!(
            json!(verdict.json()),
            json!([
                {"name": "cpu", "unit": "ms", "seen": 7.0, "at_most": 20.0, "holds": true},
                {"name": "peak", "unit": "bytes", "seen": 5.0},
            ])
        );
    }
}
