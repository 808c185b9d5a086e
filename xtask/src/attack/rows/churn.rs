//! A46: connections come and go.

use std::collections::VecDeque;
use std::time::Duration;

use crate::attack::ground::Ground;
use crate::attack::peer::{BINARY, CLOSE, Peer};
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::Watch;
use crate::failure::Failure;
use crate::load::generator::frames::{FIN, masked};
use crate::process::stop_if_interrupted;

const COUNT: usize = 100_000;

/// So many are open at a time.
const AT_A_TIME: usize = 100;

/// The memory is looked at after so many.
const SAMPLE: usize = 1000;

/// What counts as no slope: a page for each 41,000 connections.
const FLAT: f64 = 0.1;

/// Each is echoed once.
pub(in crate::attack) fn run(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.echo(&[])?;
    let process = server.measured()?;
    let watch = Watch::begin(process)?;
    let message = masked(FIN | BINARY, &[7; 64]);
    let mut open = VecDeque::with_capacity(AT_A_TIME);
    let mut samples = Vec::with_capacity(COUNT / SAMPLE);
    for number in 1..=COUNT {
        if open.len() == AT_A_TIME
            && let Some(oldest) = open.pop_front()
        {
            close(oldest)?;
        }
        let mut peer = Peer::open(server.address())?;
        peer.send(&message)?;
        peer.expect(BINARY, 64)?;
        open.push_back(peer);
        if number % SAMPLE == 0 {
            stop_if_interrupted()?;
            samples.push(process.resident()? as f64);
        }
    }
    for peer in open {
        close(peer)?;
    }
    let back = watch.descriptors_back(Duration::from_secs(5))?;
    let slope = slope(&samples[samples.len() / 2..]) / SAMPLE as f64;
    Ok(Ok(Verdict::default()
        .at_most("memory afterwards", watch.growth()?, Amount::mb(5.0))
        .at_most(
            "slope over the last half",
            Amount::BytesEach(slope),
            Amount::BytesEach(FLAT),
        )
        .at_most(
            "descriptors back after",
            Amount::Time(back.unwrap_or(Duration::MAX)),
            Amount::Time(Duration::from_secs(5)),
        )
        .told(
            "processor time of each",
            Amount::Time(watch.busy()? / COUNT as u32),
        )))
}

fn close(mut peer: Peer) -> Result<(), Failure> {
    peer.send(&masked(FIN | CLOSE, &1000_u16.to_be_bytes()))?;
    peer.close_code().map(drop)
}

/// By how much a sample is larger than the one before, as the straight line says that is nearest to all.
fn slope(samples: &[f64]) -> f64 {
    let count = samples.len() as f64;
    let (middle, mean) = ((count - 1.0) / 2.0, samples.iter().sum::<f64>() / count);
    let (mut above, mut below) = (0.0, 0.0);
    for (at, sample) in samples.iter().enumerate() {
        let from_middle = at as f64 - middle;
        above += from_middle * (sample - mean);
        below += from_middle * from_middle;
    }
    above / below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_is_that_of_the_nearest_line() {
        assert_eq!(slope(&[5.0; 7]), 0.0);
        assert_eq!(slope(&[1.0, 3.0, 5.0, 7.0]), 2.0);
        assert_eq!(slope(&[0.0, 4.0, 0.0, 4.0, 0.0]), 0.0);
        assert!(slope(&[9.0, 5.0, 4.0]) < 0.0);
    }
}
