//! The crates that anybody may build on alone; a task looks at each by its own tests.

use crate::failure::Failure;
use crate::flags::{self, Flags};

/// All of them, from the lowest on.
pub(crate) const LOWER_CRATES: &[&str] =
    &["ws-frame", "ws-connection", "ws-handshake", "ws-deflate"];

/// Those that a command line asks for.
#[derive(Debug, Default)]
pub(crate) struct LowerCrates {
    named: Vec<&'static str>,
}

impl LowerCrates {
    /// Reads the value of the flag that names one.
    pub(crate) fn read_one(&mut self, flags: &mut Flags) -> Result<(), Failure> {
        let given: String = flags.value()?;
        let found = LOWER_CRATES.iter().find(|name| **name == given);
        let name = found.ok_or_else(|| flags::unknown("crate", &given, LOWER_CRATES))?;
        self.named.push(name);
        Ok(())
    }

    /// Those that were named, or all.
    pub(crate) fn names(&self) -> &[&'static str] {
        match &self.named[..] {
            [] => LOWER_CRATES,
            named => named,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<LowerCrates, Failure> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let mut flags = Flags::new(&args, &["--only"]);
        let mut crates = LowerCrates::default();
        while flags.next()?.is_some() {
            crates.read_one(&mut flags)?;
        }
        Ok(crates)
    }

    #[test]
    fn all_crates_are_asked_for_unless_some_are_named() {
        let names = |args: &[&str]| read(args).expect("it is right").names().to_vec();
        assert_eq!(names(&[]), LOWER_CRATES);
        assert_eq!(names(&["--only", "ws-frame"]), ["ws-frame"]);
        assert_eq!(
            names(&["--only", "ws-handshake", "--only", "ws-frame"]),
            ["ws-handshake", "ws-frame"]
        );
    }

    #[test]
    fn a_crate_that_is_none_of_them_is_a_usage_error() {
        let failure = read(&["--only", "ws-frames"]).expect_err("there is none");
        assert!(matches!(failure, Failure::Usage(_)));
        assert!(
            failure.to_string().contains("did you mean `ws-frame`?"),
            "{failure}"
        );
        assert!(matches!(read(&["--only"]), Err(Failure::Usage(_))));
    }
}
