//! What a load found, for people or for programs.

use serde_json::{Map, Value, json};

use super::number;

/// How a report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Text,
    Json,
}

/// Figures with names, in the order in which they are printed.
#[derive(Debug)]
pub(crate) struct Report {
    mode: &'static str,
    figures: Vec<Figure>,
}

#[derive(Debug)]
struct Figure {
    name: &'static str,
    value: Value,
    text: String,
}

impl Report {
    pub(crate) fn new(mode: &'static str) -> Self {
        Self {
            mode,
            figures: Vec::new(),
        }
    }

    pub(crate) fn count(mut self, name: &'static str, value: u64) -> Self {
        self.figures.push(Figure {
            name,
            value: json!(value),
            text: number::grouped(value),
        });
        self
    }

    pub(crate) fn words(mut self, name: &'static str, value: &str) -> Self {
        self.figures.push(Figure {
            name,
            value: json!(value),
            text: value.to_owned(),
        });
        self
    }

    /// A figure with so many decimals.
    pub(crate) fn rounded(mut self, name: &'static str, value: f64, decimals: usize) -> Self {
        let text = format!("{value:.decimals$}");
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        let grouped = whole
            .parse::<i64>()
            .map_or(whole.to_owned(), number::grouped);
        let point = if rest.is_empty() { "" } else { "." };
        self.figures.push(Figure {
            name,
            value: text
                .parse::<f64>()
                .map_or(Value::Null, |value| json!(value)),
            text: format!("{grouped}{point}{rest}"),
        });
        self
    }

    /// Nothing, if the value is not known.
    pub(crate) fn rounded_if_known(
        self,
        name: &'static str,
        value: Option<f64>,
        decimals: usize,
    ) -> Self {
        match value {
            Some(value) => self.rounded(name, value, decimals),
            None => self,
        }
    }

    pub(crate) fn print(&self, output: Output) {
        match output {
            Output::Text => print!("{}", self.text()),
            Output::Json => println!("{}", self.json()),
        }
    }

    fn text(&self) -> String {
        let lines = self
            .figures
            .iter()
            .map(|figure| format!("{:34}{:>24}\n", figure.name.replace('_', " "), figure.text));
        lines.collect()
    }

    fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("mode".to_owned(), json!(self.mode));
        for figure in &self.figures {
            object.insert(figure.name.to_owned(), figure.value.clone());
        }
        Value::Object(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_table_or_an_object() {
        let report = Report::new("idle")
            .count("connections", 9_000)
            .rounded("bytes_each", -1234.56, 1)
            .rounded_if_known("not_known", None, 1);
        let text = report.text();
        assert!(
            text.contains("connections ") && text.contains(" 9,000\n"),
            "{text}"
        );
        assert!(
            text.contains("bytes each") && text.contains(" -1,234.6\n"),
            "{text}"
        );
        assert_eq!(
            report.json(),
            json!({"mode": "idle", "connections": 9000, "bytes_each": -1234.6})
        );
    }
}
