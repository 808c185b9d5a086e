//! What an attack costs the server, from one moment on.

use std::thread;
use std::time::{Duration, Instant};

use super::verdict::Amount;
use crate::failure::Failure;
use crate::load::generator::process::{CoreTime, Process};
use crate::process::stop_if_interrupted;

/// Between two looks at the server's descriptors.
const LOOK: Duration = Duration::from_millis(5);

/// A process as it was before the attack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch {
    process: Process,
    resident: u64,
    mapped: u64,
    core_time: CoreTime,
    descriptors: usize,
}

impl Watch {
    /// Looks once the memory stands still.
    pub(super) fn begin(process: Process) -> Result<Self, Failure> {
        let resident = process.settled_resident()?;
        process.forget_peak()?;
        Ok(Self {
            process,
            resident,
            mapped: process.mapped()?,
            core_time: process.core_time()?,
            descriptors: process.descriptors()?,
        })
    }

    /// By how much the resident memory has grown, once it stands still.
    pub(super) fn growth(&self) -> Result<Amount, Failure> {
        Ok(grown(self.resident, self.process.settled_resident()?))
    }

    /// By how much it had grown at its largest.
    pub(super) fn peak_growth(&self) -> Result<Amount, Failure> {
        Ok(grown(self.resident, self.process.peak_resident()?))
    }

    /// By how much the mapped addresses have grown.
    pub(super) fn mapped_growth(&self) -> Result<Amount, Failure> {
        Ok(grown(self.mapped, self.process.mapped()?))
    }

    /// The processor time since then.
    pub(super) fn busy(&self) -> Result<Duration, Failure> {
        Ok(self.process.core_time()?.since(self.core_time).running)
    }

    /// How long it takes until the server has as many descriptors as it had; `None` if that is longer than `limit`.
    pub(super) fn descriptors_back(&self, limit: Duration) -> Result<Option<Duration>, Failure> {
        let begun = Instant::now();
        loop {
            stop_if_interrupted()?;
            if self.process.descriptors()? <= self.descriptors {
                return Ok(Some(begun.elapsed()));
            }
            if begun.elapsed() > limit {
                return Ok(None);
            }
            thread::sleep(LOOK);
        }
    }

    /// How many descriptors it had.
    pub(super) fn descriptors(&self) -> usize {
        self.descriptors
    }

    /// How many more descriptors than it had.
    pub(super) fn more_descriptors(&self) -> Result<usize, Failure> {
        Ok(self.process.descriptors()?.saturating_sub(self.descriptors))
    }
}

/// The part of a processor that it takes within the next `length`.
pub(super) fn share(process: Process, length: Duration) -> Result<Amount, Failure> {
    let (before, begun) = (process.core_time()?, Instant::now());
    thread::sleep(length);
    let running = process.core_time()?.since(before).running;
    let part = running.as_secs_f64() / begun.elapsed().as_secs_f64();
    Ok(Amount::Percent(part * 100.0))
}

fn grown(before: u64, after: u64) -> Amount {
    Amount::Bytes(after as i64 - before as i64)
}
