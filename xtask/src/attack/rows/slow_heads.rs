//! A1, A2: connections that do not come to their request.

use std::time::{Duration, Instant};

use crate::attack::bystanders::Bystanders;
use crate::attack::ground::Ground;
use crate::attack::swarm::{Speech, Swarm};
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::Watch;
use crate::failure::Failure;

const COUNT: usize = 10_000;

/// Every connection has to be gone by then.
const GONE: Duration = Duration::from_secs(12);

const REQUEST: &[u8] = b"GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n";

/// A1: a byte a second.
pub(in crate::attack) fn dribbled(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    ended_at_ten_seconds(ground, Speech::Dribble(REQUEST), 20.0)
}

/// A2: not a byte.
pub(in crate::attack) fn silent(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    ended_at_ten_seconds(ground, Speech::Nothing, 10.0)
}

fn ended_at_ten_seconds(
    ground: &Ground,
    speech: Speech,
    megabytes: f64,
) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.echo(&[])?;
    let bystanders = Bystanders::begin(&server)?;
    let watch = Watch::begin(server.measured()?)?;
    let swarm = Swarm::connect(server.address(), COUNT)?;
    let begun = Instant::now();
    let seen = swarm.talk(speech, GONE + Duration::from_secs(5))?;
    let back = watch.descriptors_back(GONE)?.map(|_| begun.elapsed());
    let verdict = Verdict::default()
        .exactly(
            "ended with 408 or FIN",
            Amount::count(seen.ended()),
            Amount::count(COUNT),
        )
        .told("of them with 408", Amount::count(seen.timed_out))
        .at_least(
            "shortest life",
            Amount::Time(seen.shortest.unwrap_or_default()),
            Amount::millis(9_900),
        )
        .told("longest life", Amount::Time(seen.longest))
        .at_most(
            "descriptors back after",
            Amount::Time(back.unwrap_or(Duration::MAX)),
            Amount::Time(GONE),
        )
        .at_most("memory, peak", watch.peak_growth()?, Amount::mb(megabytes))
        .told("memory afterwards", watch.growth()?)
        .told("processor time", Amount::Time(watch.busy()?));
    match speech {
        Speech::Dribble(_) => bystanders.end(verdict).map(Ok),
        // All of them come and go at one moment: for others that is a burst, which is told.
        Speech::Nothing => bystanders.told(verdict).map(Ok),
    }
}
