//! A1, A2: connections that do not come to their request.

use std::time::{Duration, Instant};

use crate::attack::bystanders::{Bystanders, behind_others};
use crate::attack::ground::Ground;
use crate::attack::swarm::{self, Speech, Swarm};
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::Watch;
use crate::failure::Failure;
use crate::load::generator::Server;

const COUNT: usize = 10_000;

/// Every connection has to be gone by then.
const GONE: Duration = Duration::from_secs(12);

const REQUEST: &[u8] = b"GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n";

/// A1: a byte a second.
pub(in crate::attack) fn dribbled(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.echo(&[])?;
    let bystanders = Bystanders::begin(&server)?;
    let seen = behind_others(|| Seen::of(&server, Speech::Dribble(REQUEST)))?;
    let verdict = seen
        .judged()
        .at_most("memory, peak", seen.memory, Amount::mb(20.0));
    bystanders.end(verdict).map(Ok)
}

/// A2: not a byte. What the system's allocator leaves between what tokio aligns is told, and the bound is held where
/// an allocator leaves nothing.
pub(in crate::attack) fn silent(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.echo(&[])?;
    let bystanders = Bystanders::begin(&server)?;
    let plain = behind_others(|| Seen::of(&server, Speech::Nothing))?;
    let verdict = plain.judged().told("memory, peak", plain.memory);
    // All of them come and go at one moment: for others that is a burst, which is told.
    let verdict = bystanders.told(verdict)?;
    drop(server);
    let packed = Seen::of(&ground.packed_echo()?, Speech::Nothing)?;
    Ok(Ok(verdict.at_most(
        "memory, peak, with jemalloc",
        packed.memory,
        Amount::mb(10.0),
    )))
}

/// What became of the connections and of the server.
struct Seen {
    talk: swarm::Seen,
    back: Option<Duration>,
    memory: Amount,
    busy: Duration,
}

impl Seen {
    fn of(server: &Server, speech: Speech) -> Result<Self, Failure> {
        let watch = Watch::begin(server.measured()?)?;
        let swarm = Swarm::connect(server.address(), COUNT)?;
        let begun = Instant::now();
        let talk = swarm.talk(speech, GONE + Duration::from_secs(5))?;
        Ok(Self {
            talk,
            back: watch.descriptors_back(GONE)?.map(|_| begun.elapsed()),
            memory: watch.peak_growth()?,
            busy: watch.busy()?,
        })
    }

    /// But for the memory.
    fn judged(&self) -> Verdict {
        let talk = &self.talk;
        Verdict::default()
            .exactly(
                "ended with 408 or FIN",
                Amount::count(talk.ended()),
                Amount::count(COUNT),
            )
            .told("of them with 408", Amount::count(talk.timed_out))
            .at_least(
                "shortest life",
                Amount::Time(talk.shortest.unwrap_or_default()),
                Amount::millis(9_900),
            )
            .told("longest life", Amount::Time(talk.longest))
            .at_most(
                "descriptors back after",
                Amount::Time(self.back.unwrap_or(Duration::MAX)),
                Amount::Time(GONE),
            )
            .told("processor time", Amount::Time(self.busy))
    }
}
