//! Which core is whose.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::failure::Failure;

/// One core for the server, another for the generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cores {
    server: usize,
    generator: usize,
}

impl Cores {
    /// The first two cores this process may run on; `None` if it has but one.
    pub(crate) fn first_two() -> Result<Option<Self>, Failure> {
        let allowed = sched_getaffinity(None).map_err(|error| {
            Failure::failed(format!("cannot ask for this process's cores: {error}"))
        })?;
        let mut cores = (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core));
        Ok(cores
            .next()
            .zip(cores.next())
            .map(|(server, generator)| Self { server, generator }))
    }

    /// What `parse` understands.
    pub(crate) const WANTED: &str = "SERVER,GENERATOR or none";

    /// Reads `SERVER,GENERATOR`, or `none` for no pinning at all.
    pub(crate) fn parse(text: &str) -> Option<Option<Self>> {
        if text == "none" {
            return Some(None);
        }
        let (server, generator) = text.split_once(',')?;
        let core = |text: &str| text.parse().ok().filter(|&core| core < CpuSet::MAX_CPU);
        Some(Some(Self {
            server: core(server)?,
            generator: core(generator)?,
        }))
    }

    /// Moves this thread, and so the processes that it starts, to the server's core.
    pub(crate) fn be_the_server(self) -> Result<(), Failure> {
        move_to(self.server)
    }

    /// Moves this thread to the generator's core.
    pub(crate) fn be_the_generator(self) -> Result<(), Failure> {
        move_to(self.generator)
    }
}

fn move_to(core: usize) -> Result<(), Failure> {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set)
        .map_err(|error| Failure::failed(format!("cannot move to core {core}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numbers_are_two_cores() {
        let (server, generator) = (3, 0);
        assert_eq!(Cores::parse("3,0"), Some(Some(Cores { server, generator })));
        assert_eq!(Cores::parse("none"), Some(None));
        for wrong in ["", "1", "1,", "a,b", "0,99999", "0,1,2"] {
            assert_eq!(Cores::parse(wrong), None, "{wrong}");
        }
    }
}
