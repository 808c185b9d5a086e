//! A19, A20: messages in very many pieces.

use std::time::Duration;

use crate::attack::ground::Ground;
use crate::attack::peer::{BINARY, PING, PONG, Peer};
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::Watch;
use crate::failure::Failure;
use crate::load::generator::Server;
use crate::load::generator::frames::{FIN, masked};

const CONTINUATION: u8 = 0;

/// Frames are sent so many at a time.
const BATCH: usize = 8192;

/// A19: 32 MiB, a byte in each.
pub(in crate::attack) fn bytes(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    const SIZE: usize = 32 << 20;
    let server = ground.echo(&["--max-message", "67108864"])?;
    let watch = Watch::begin(server.measured()?)?;
    let mut peer = Peer::open(server.address())?;
    // The reply takes its time.
    peer.socket()
        .set_read_timeout(Some(Duration::from_secs(60)))?;
    peer.send(&masked(BINARY, &[7]))?;
    let batch = masked(CONTINUATION, &[7]).repeat(BATCH);
    for _ in 1..SIZE / BATCH {
        peer.send(&batch)?;
    }
    peer.send(&masked(CONTINUATION, &[7]).repeat(BATCH - 2))?;
    // Behind its pong all fragments have been taken.
    peer.send(&masked(FIN | PING, &[]))?;
    peer.expect(PONG, 0)?;
    let (held, busy) = (watch.peak_growth()?, watch.busy()?);
    peer.send(&masked(FIN | CONTINUATION, &[7]))?;
    peer.expect(BINARY, SIZE)?;
    Ok(Ok(Verdict::default()
        .at_most(
            "memory, peak until the last fragment",
            held,
            Amount::Bytes(34 << 20),
        )
        .told("memory, peak with its echo", watch.peak_growth()?)
        .at_most(
            "processor time",
            Amount::Time(busy),
            Amount::Time(Duration::from_secs(4)),
        )))
}

/// A20: fragments that bring nothing.
pub(in crate::attack) fn empty(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.echo(&[])?;
    flood_of_nothing(&server)?;
    let watch = Watch::begin(server.measured()?)?;
    let code = flood_of_nothing(&server)?;
    Ok(Ok(Verdict::default()
        .exactly(
            "closed with",
            Amount::Count(code.map_or(0, u64::from)),
            Amount::Count(1008),
        )
        .at_most("memory, peak", watch.peak_growth()?, Amount::mb(0.2))
        .at_most(
            "processor time",
            Amount::Time(watch.busy()?),
            Amount::millis(100),
        )))
}

fn flood_of_nothing(server: &Server) -> Result<Option<u16>, Failure> {
    const COUNT: usize = 1_000_000;
    let mut peer = Peer::open(server.address())?;
    peer.send(&masked(BINARY, &[7]))?;
    // The server ends it long before the last of them, and what it does not take is no failure.
    peer.send_while_taken(&masked(CONTINUATION, &[]).repeat(BATCH), COUNT / BATCH);
    peer.close_code()
}
