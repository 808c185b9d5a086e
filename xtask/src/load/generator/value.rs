//! What stands behind a flag.

use std::ops::RangeInclusive;

use crate::failure::Failure;
use crate::flags::{Flags, unknown};

/// The value of the flag that was just read.
#[derive(Debug)]
pub(crate) struct Value<'a> {
    pub(crate) name: &'static str,
    flags: &'a mut Flags,
}

impl<'a> Value<'a> {
    pub(crate) fn new(name: &'static str, flags: &'a mut Flags) -> Self {
        Self { name, flags }
    }

    /// Reads it with `parse`, which gives `None` for what is not `wanted`.
    pub(crate) fn read<T>(
        &mut self,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Failure> {
        let text: String = self.flags.value()?;
        let wrong = || Failure::usage(format!("{} needs {wanted}, not {text:?}", self.name));
        parse(&text).ok_or_else(wrong)
    }

    /// Reads a number within limits.
    pub(crate) fn number(&mut self, legal: RangeInclusive<usize>) -> Result<usize, Failure> {
        let wanted = format!("a number from {} to {}", legal.start(), legal.end());
        self.read(&wanted, |text| {
            text.parse().ok().filter(|number| legal.contains(number))
        })
    }

    /// Reads names with commas between them, or `all`.
    pub(crate) fn list<T>(
        &mut self,
        kind: &str,
        all: &'static [T],
        name: fn(&T) -> &'static str,
    ) -> Result<Vec<&'static T>, Failure> {
        let text: String = self.flags.value()?;
        if text == "all" {
            return Ok(all.iter().collect());
        }
        let find = |given: &str| {
            let names: Vec<&str> = all.iter().map(name).collect();
            let found = all.iter().find(|one| name(one) == given);
            found.ok_or_else(|| unknown(kind, given, &names))
        };
        text.split(',').map(find).collect()
    }
}
