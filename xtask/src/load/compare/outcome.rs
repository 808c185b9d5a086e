//! What a case found: a table, a JSON object, and whether the gate holds.

use serde_json::{Map, Value, json};

use super::case::{Case, Gate, Pace, Sample};
use crate::load::generator::grouped;

/// Above this part of the time without its core, a server's row is marked.
const NOISE: f64 = 0.05;

/// The samples of one case by server.
#[derive(Debug)]
pub(crate) struct Outcome {
    case: &'static Case,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    server: &'static str,
    samples: Vec<Sample>,
}

impl Outcome {
    pub(crate) fn new(case: &'static Case, servers: impl Iterator<Item = &'static str>) -> Self {
        let rows = servers.map(|server| Row {
            server,
            samples: Vec::new(),
        });
        Self {
            case,
            rows: rows.collect(),
        }
    }

    /// Adds a sample of the server at `row`.
    pub(crate) fn add(&mut self, row: usize, sample: Sample) {
        self.rows[row].samples.push(sample);
    }

    /// Why the gate of the case does not hold, if it does not.
    pub(crate) fn breach(&self) -> Option<String> {
        let ours = self.row(self.case.field[0])?;
        let gate = self.case.gate.as_ref()?;
        let rivals = gate.rivals();
        let ratios = || rivals.iter().filter_map(|rival| self.ratio(ours, rival));
        let (seen, allowed, unit) = match *gate {
            Gate::Bytes(bytes) => (ours.cost()?, bytes, "bytes per connection".to_owned()),
            Gate::BytesMore(bytes, other) => {
                let more = ours.cost()? - self.row(other)?.cost()?;
                (
                    more,
                    bytes,
                    format!("bytes per connection more than {other}"),
                )
            }
            Gate::TimesBest(times, _) => {
                let beside_best = ratios().max_by(f64::total_cmp)?;
                (beside_best, times, format!("x {}", rivals.join(" or ")))
            }
        };
        let (name, ours) = (self.case.name, ours.server);
        (seen > allowed)
            .then(|| format!("{name}: {ours} takes {seen:.3} {unit}, at most {allowed} is allowed"))
    }

    pub(crate) fn table(&self) -> String {
        let case = self.case;
        let mut text = format!("{}: {}; {}\n", case.name, case.title(), case.unit());
        text.push_str(&format!(
            "  {:18}{:>10}{:>20}{:>16}{:>8}{:>12}  rounds\n",
            "server",
            "median",
            format!("x {}", case.yardsticks[0]),
            format!("x {}", case.yardsticks[1]),
            "busy",
            "messages/s"
        ));
        for row in &self.rows {
            text.push_str(&self.line(row));
        }
        text
    }

    fn line(&self, row: &Row) -> String {
        let ratio = |to: &str| match self.ratio(row, to) {
            Some(ratio) => format!("{ratio:.3}"),
            None => "-".to_owned(),
        };
        let pace = row.pace();
        let busy = pace.map_or("-".to_owned(), |pace| format!("{:.0} %", pace.busy * 100.0));
        let speed = pace.map_or("-".to_owned(), |pace| {
            grouped(pace.per_second.round() as i64)
        });
        let rounds: Vec<String> = row.samples.iter().map(|one| rounded(one.cost)).collect();
        let noise = match pace {
            Some(pace) if pace.kept_waiting > NOISE => {
                format!(
                    "  (kept waiting for its core {:.0} %)",
                    pace.kept_waiting * 100.0
                )
            }
            Some(_) | None => String::new(),
        };
        format!(
            "  {:18}{:>10}{:>20}{:>16}{busy:>8}{speed:>12}  {}{noise}\n",
            row.server,
            row.cost().map_or("-".to_owned(), rounded),
            ratio(self.case.yardsticks[0]),
            ratio(self.case.yardsticks[1]),
            rounds.join(" ")
        )
    }

    pub(crate) fn json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let costs: Vec<f64> = row.samples.iter().map(|sample| sample.cost).collect();
            let times = self.case.yardsticks.iter();
            let times: Map<String, Value> = times
                .map(|name| ((*name).to_owned(), json!(self.ratio(row, name))))
                .collect();
            json!({
                "server": row.server,
                "median": row.cost(),
                "rounds": costs,
                "times": times,
                "messages_per_second": row.pace().map(|pace| pace.per_second),
                "busy": row.pace().map(|pace| pace.busy),
                "kept_waiting": row.pace().map(|pace| pace.kept_waiting),
            })
        });
        json!({
            "case": self.case.name,
            "title": self.case.title(),
            "unit": self.case.unit(),
            "servers": rows.collect::<Vec<_>>(),
        })
    }

    /// The median of the rounds' ratios: what slows the machine down for a while meets both sides of one.
    fn ratio(&self, row: &Row, to: &str) -> Option<f64> {
        let rounds = row.samples.iter().zip(&self.row(to)?.samples);
        median(rounds.map(|(ours, theirs)| ours.cost / theirs.cost))
    }

    fn row(&self, server: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.server == server)
    }
}

impl Row {
    fn cost(&self) -> Option<f64> {
        median(self.samples.iter().map(|sample| sample.cost))
    }

    /// The median of each figure, if there were messages.
    fn pace(&self) -> Option<Pace> {
        let figure = |of: fn(Pace) -> f64| {
            median(
                self.samples
                    .iter()
                    .filter_map(|sample| sample.traffic)
                    .map(of),
            )
        };
        Some(Pace {
            per_second: figure(|pace| pace.per_second)?,
            busy: figure(|pace| pace.busy)?,
            kept_waiting: figure(|pace| pace.kept_waiting)?,
        })
    }
}

/// The middle one, or the mean of the two in the middle.
fn median(figures: impl Iterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = figures.collect();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}

fn rounded(cost: f64) -> String {
    grouped(cost.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::compare::case::CASES;
    use crate::load::compare::contestant::{
        FASTWEBSOCKETS, FLOOR, OURS, OURS_DEFLATE, SOCKUDO, YAWC,
    };

    fn outcome(case: &str, costs: &[(&'static str, &[f64])]) -> Outcome {
        let case = CASES.iter().find(|known| known.name == case).unwrap();
        let mut outcome = Outcome::new(case, costs.iter().map(|(server, _)| *server));
        for (row, (_, costs)) in costs.iter().enumerate() {
            for &cost in *costs {
                outcome.add(
                    row,
                    Sample {
                        cost,
                        traffic: None,
                    },
                );
            }
        }
        outcome
    }

    #[test]
    fn the_median_does_not_heed_outliers() {
        assert_eq!(median([].into_iter()), None);
        assert_eq!(median([7.0].into_iter()), Some(7.0));
        assert_eq!(median([900.0, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([4.0, 900.0, 1.0, 2.0].into_iter()), Some(3.0));
    }

    #[test]
    fn a_table_has_medians_and_ratios() {
        let outcome = outcome(
            "depth32",
            &[
                (OURS, &[160.0, 150.0, 9000.0]),
                (FASTWEBSOCKETS, &[1600.0, 1000.0, 90000.0]),
                (FLOOR, &[128.0, 120.0, 1000.0]),
            ],
        );
        let table = outcome.table();
        let ours = table.lines().nth(2).unwrap();
        for figure in ["160", "0.100", "1.250", "160 150 9,000"] {
            assert!(ours.contains(figure), "{figure} in {ours}");
        }
        assert_eq!(outcome.json()["servers"][0]["times"]["floor"], json!(1.25));
    }

    #[test]
    fn a_gate_holds_up_to_its_figure() {
        let at = |ours| outcome("depth32", &[(OURS, &[ours]), (FASTWEBSOCKETS, &[2000.0])]);
        assert_eq!(at(300.0).breach(), None);
        assert!(at(301.0).breach().unwrap().contains("depth32"));
        assert_eq!(outcome("idle", &[(OURS, &[1536.0])]).breach(), None);
        assert!(outcome("idle", &[(OURS, &[1537.0])]).breach().is_some());
        assert_eq!(outcome("16k", &[(OURS, &[1e9])]).breach(), None);
    }

    #[test]
    fn the_best_of_several_counts_and_so_do_bytes_beyond_another() {
        let at = |ours| {
            let costs: [(&str, &[f64]); 3] = [
                (OURS_DEFLATE, &[ours]),
                (SOCKUDO, &[1000.0]),
                (YAWC, &[2000.0]),
            ];
            outcome("deflate-1k", &costs).breach()
        };
        assert_eq!(at(900.0), None);
        assert!(at(901.0).unwrap().contains("0.901"));
        let at = |ours| {
            let costs: [(&str, &[f64]); 2] = [(OURS_DEFLATE, &[ours]), (OURS, &[1400.0])];
            outcome("deflate-idle", &costs).breach()
        };
        assert_eq!(at(1912.0), None);
        assert!(at(1913.0).unwrap().contains("513.000 bytes"));
    }
}
