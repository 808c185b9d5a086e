//! Stretches of a file.

use proc_macro2::{LineColumn, Span};

/// From the first character of something to its last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Region {
    start: LineColumn,
    end: LineColumn,
}

impl Region {
    /// The stretch that `span` covers.
    pub(crate) fn of(span: Span) -> Self {
        Self {
            start: span.start(),
            end: span.end(),
        }
    }

    /// Whether `span` begins inside.
    pub(crate) fn holds(&self, span: Span) -> bool {
        (self.start..self.end).contains(&span.start())
    }

    /// Whether some of it stands in this line, counted from 1.
    pub(crate) fn touches(&self, line: usize) -> bool {
        (self.start.line..=self.end.line).contains(&line)
    }

    /// How many lines it touches.
    pub(crate) fn lines(&self) -> usize {
        self.end.line + 1 - self.start.line
    }
}
