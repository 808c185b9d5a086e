//! A21, A24: floods of control frames.

use std::time::{Duration, Instant};

use crate::attack::ground::Ground;
use crate::attack::peer::{PING, PONG, Peer};
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::Watch;
use crate::failure::Failure;
use crate::load::generator::frames::{FIN, masked};

/// Frames are sent so many at a time.
const BATCH: usize = 8000;

/// A21: a peer that asks and never reads.
pub(in crate::attack) fn pings(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    const COUNT: usize = 800_000;
    /// The write stall, and what a busy machine adds.
    const STALL: Duration = Duration::from_secs(30);
    const SLACK: Duration = Duration::from_secs(3);
    let server = ground.echo(&[])?;
    let watch = Watch::begin(server.measured()?)?;
    let mut peer = Peer::open(server.address())?;
    let batch = masked(FIN | PING, &[7; 125]).repeat(BATCH);
    let begun = Instant::now();
    peer.socket().set_write_timeout(Some(STALL + SLACK))?;
    let taken = peer.send_while_taken(&batch, COUNT / BATCH);
    let sent = begun.elapsed();
    let back = watch.descriptors_back(STALL + SLACK)?;
    let closed = back.map(|_| begun.elapsed());
    Ok(Ok(Verdict::default()
        .told("bytes taken", Amount::Bytes(taken as i64))
        .told("for that", Amount::Time(sent))
        .at_most("memory, peak", watch.peak_growth()?, Amount::mb(0.256))
        .at_least(
            "closed after",
            Amount::Time(closed.unwrap_or_default()),
            Amount::Time(STALL),
        )
        .at_most(
            "and not later than",
            Amount::Time(closed.unwrap_or(Duration::MAX)),
            Amount::Time(sent + STALL + SLACK),
        )
        .told("processor time", Amount::Time(watch.busy()?))))
}

/// A24: answers that nobody asked for.
pub(in crate::attack) fn pongs(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    const COUNT: usize = 10_000_000;
    let server = ground.echo(&[])?;
    let mut peer = Peer::open(server.address())?;
    let batch = masked(FIN | PONG, &[]).repeat(BATCH);
    let answer_behind = |peer: &mut Peer| -> Result<(), Failure> {
        peer.send(&masked(FIN | PING, &[]))?;
        peer.expect(PONG, 0)
    };
    peer.send(&batch)?;
    answer_behind(&mut peer)?;
    let watch = Watch::begin(server.measured()?)?;
    for _ in 0..COUNT / BATCH {
        peer.send(&batch)?;
    }
    answer_behind(&mut peer)?;
    Ok(Ok(Verdict::default()
        .at_most("memory, peak", watch.peak_growth()?, Amount::Bytes(0))
        .at_most(
            "processor time of each",
            Amount::Time(watch.busy()? / COUNT as u32),
            Amount::Time(Duration::from_nanos(100)),
        )))
}
