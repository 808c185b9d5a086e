//! What became of the changes to one crate, by the lists that cargo-mutants leaves.

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// The changes to one crate, by what its tests made of them.
#[derive(Debug)]
pub(super) struct Outcome {
    name: String,
    /// Noticed, now or in the run that this one went on with; there, what did not compile is among them.
    caught: usize,
    unviable: usize,
    /// Noticed because a test did not end.
    endless: Vec<String>,
    /// Not noticed.
    missed: Vec<String>,
}

impl Outcome {
    /// Reads the lists in `dir`.
    pub(super) fn read(name: &str, dir: &Path) -> Result<Self, Failure> {
        let list = |file: &str| -> Result<Vec<String>, Failure> {
            let path = dir.join(file);
            let text = fs::read_to_string(&path)
                .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?;
            Ok(text.lines().map(str::to_owned).collect())
        };
        let earlier = list("previously_caught.txt").map_or(0, |list| list.len());
        Ok(Self {
            name: name.to_owned(),
            caught: list("caught.txt")?.len() + earlier,
            unviable: list("unviable.txt")?.len(),
            endless: list("timeout.txt")?,
            missed: list("missed.txt")?,
        })
    }

    /// `ws-frame: 276 changes, 230 caught, 1 endless, 45 unviable, 0 missed`.
    fn line(&self) -> String {
        let (endless, missed) = (self.endless.len(), self.missed.len());
        let all = self.caught + self.unviable + endless + missed;
        format!(
            "{}: {all} changes, {} caught, {endless} endless, {} unviable, {missed} missed",
            self.name, self.caught, self.unviable
        )
    }
}

/// Prints the figures, what made a test endless and what was missed; fails if anything was, or if nothing was changed.
pub(super) fn report(outcomes: &[Outcome]) -> Result<(), Failure> {
    println!();
    for outcome in outcomes {
        println!("mutants: {}", outcome.line());
    }
    for change in outcomes.iter().flat_map(|outcome| &outcome.endless) {
        println!("endless: {change}");
    }
    for change in outcomes.iter().flat_map(|outcome| &outcome.missed) {
        println!("missed: {change}");
    }
    if let Some(outcome) = outcomes.iter().find(|outcome| outcome.caught == 0) {
        let name = &outcome.name;
        return Err(Failure::failed(format!("no change to {name} was noticed")));
    }
    match outcomes.iter().map(|outcome| outcome.missed.len()).sum() {
        0 => Ok(()),
        missed => Err(Failure::failed(format!(
            "the tests do not notice {missed} changes: write a test, or say in .cargo/mutants.toml why none can"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(caught: &str, missed: &str) -> Outcome {
        let dir = std::env::temp_dir().join(format!(
            "xtask-mutants-{}-{}-{}",
            std::process::id(),
            caught.len(),
            missed.len()
        ));
        fs::create_dir_all(&dir).expect("it can be made");
        for (file, text) in [
            ("caught.txt", caught),
            ("unviable.txt", "a\n"),
            ("timeout.txt", ""),
            ("missed.txt", missed),
        ] {
            fs::write(dir.join(file), text).expect("it can be written");
        }
        let outcome = Outcome::read("a", &dir).expect("it can be read");
        crate::installation::remove(&dir).expect("it can be removed");
        outcome
    }

    #[test]
    fn a_change_that_was_not_noticed_fails() {
        let missed = outcome("a\nb\n", "c\n");
        assert_eq!(
            missed.line(),
            "a: 4 changes, 2 caught, 0 endless, 1 unviable, 1 missed"
        );
        assert!(report(&[outcome("a\nb\nc\n", ""), missed]).is_err());
        assert!(report(&[outcome("a\n", "")]).is_ok());
    }

    #[test]
    fn a_run_that_changed_nothing_fails() {
        assert!(report(&[outcome("", "")]).is_err());
        assert!(Outcome::read("a", Path::new("/no/such/directory")).is_err());
    }
}
