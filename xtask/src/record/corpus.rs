//! The seeds among the other inputs of a corpus.

use std::fs;
use std::path::{Path, PathBuf};

use super::seeds::Seed;
use crate::failure::Failure;
use crate::installation;

/// What the names of recorded seeds begin with; the inputs with other names are none of ours.
const PREFIX: &str = "autobahn-";

/// The corpus of one target.
#[derive(Debug)]
pub(super) struct Corpus {
    dir: PathBuf,
}

impl Corpus {
    /// The corpus in `dir`, if there is one: a target that is not there has none.
    pub(super) fn at(dir: PathBuf) -> Option<Self> {
        dir.is_dir().then_some(Self { dir })
    }

    /// Puts these seeds there instead of those of the last run.
    pub(super) fn replace<'a>(
        &self,
        seeds: impl IntoIterator<Item = &'a Seed>,
    ) -> Result<(), Failure> {
        for path in files(&self.dir)? {
            if is_recorded(&path) {
                installation::remove(&path)?;
            }
        }
        write(seeds, &self.dir)
    }
}

/// A file for each seed.
pub(super) fn write<'a>(
    seeds: impl IntoIterator<Item = &'a Seed>,
    dir: &Path,
) -> Result<(), Failure> {
    for seed in seeds {
        fs::write(dir.join(&seed.name), &seed.bytes)?;
    }
    Ok(())
}

/// The files in a directory, in the order of their names.
fn files(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(dir)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<Result<Vec<_>, Failure>>()?;
    paths.sort();
    Ok(paths)
}

fn is_recorded(path: &Path) -> bool {
    let name = path.file_name();
    name.is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(name: &str) -> Seed {
        Seed {
            name: name.to_owned(),
            bytes: name.as_bytes().to_vec(),
        }
    }

    fn names(dir: &Path) -> Vec<String> {
        let files = files(dir).expect("it can be read").into_iter();
        let names = files.map(|path| path.file_name().expect("a name").to_owned());
        names
            .map(|name| name.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn seeds_replace_those_of_the_last_run_and_nothing_else() {
        let dir = std::env::temp_dir().join(format!("xtask-corpus-{}", std::process::id()));
        let own = dir.join("a");
        assert!(Corpus::at(own.clone()).is_none());
        fs::create_dir_all(&own).expect("it can be made");
        let corpus = Corpus::at(own.clone()).expect("it is there");
        fs::write(own.join("by-hand"), "x").expect("written");
        for name in ["autobahn-1.1", "autobahn-2.1"] {
            corpus.replace(&[seed(name)]).expect("written");
            assert_eq!(names(&own), [name, "by-hand"]);
        }
        installation::remove(&dir).expect("it can be removed");
    }
}
