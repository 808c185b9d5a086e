use std::fmt::{self, Display, Write};

/// Of the text form, version 0.0.4.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a number does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// It only grows.
    Counter,
    Gauge,
}

/// The text form of Prometheus: families of samples, each with its help and its type.
#[derive(Debug, Default)]
pub(crate) struct Exposition {
    text: String,
    family: &'static str,
}

impl Exposition {
    /// All samples that follow are of this family.
    pub(crate) fn family(&mut self, name: &'static str, kind: Kind, help: &str) -> &mut Self {
        self.family = name;
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        self.line(format_args!(
            "# HELP {name} {}",
            Escaped(help, &['\\', '\n'])
        ));
        self.line(format_args!("# TYPE {name} {kind}"));
        self
    }

    /// The only sample of its family.
    pub(crate) fn value(&mut self, value: u64) {
        let name = self.family;
        self.line(format_args!("{name} {value}"));
    }

    /// One of several samples, which differ in their labels.
    pub(crate) fn sample(&mut self, labels: &[(&str, &dyn Display)], value: u64) -> &mut Self {
        let mut list = String::new();
        for (name, label) in labels {
            let comma = if list.is_empty() { "" } else { "," };
            let label = label.to_string();
            let label = Escaped(&label, &['\\', '\n', '"']);
            write!(list, "{comma}{name}=\"{label}\"").expect("a string takes everything");
        }
        let name = self.family;
        self.line(format_args!("{name}{{{list}}} {value}"));
        self
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        writeln!(self.text, "{line}").expect("a string takes everything");
    }
}

/// A text with a backslash before each of these.
struct Escaped<'a>(&'a str, &'a [char]);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for char in self.0.chars() {
            match char {
                '\n' => f.write_str("\\n")?,
                _ if self.1.contains(&char) => write!(f, "\\{char}")?,
                _ => f.write_char(char)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_has_its_help_its_type_and_its_samples() {
        let mut exposition = Exposition::default();
        exposition.family("a_total", Kind::Counter, "All.").value(7);
        let family = exposition.family("b", Kind::Gauge, "Now.");
        family.sample(&[("x", &1), ("y", &"two")], 8);
        assert_eq!(
            exposition.into_text(),
            "# HELP a_total All.\n# TYPE a_total counter\na_total 7\n\
             # HELP b Now.\n# TYPE b gauge\nb{x=\"1\",y=\"two\"} 8\n"
        );
    }

    #[test]
    fn what_would_end_a_line_or_a_label_is_escaped() {
        let mut exposition = Exposition::default();
        let family = exposition.family("a", Kind::Gauge, "A \"b\" \\ c\nd.");
        family.sample(&[("x", &"a\\b\n\"c\"")], 1);
        assert_eq!(
            exposition.into_text(),
            "# HELP a A \"b\" \\\\ c\\nd.\n# TYPE a gauge\na{x=\"a\\\\b\\n\\\"c\\\"\"} 1\n"
        );
    }
}
