//! A22, A25, A28: large messages that are not what they should be.

use std::time::{Duration, Instant};

use crate::attack::ground::Ground;
use crate::attack::peer::{BINARY, Peer, TEXT};
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::Watch;
use crate::failure::Failure;
use crate::load::generator::frames::{FIN, RSV1, masked, masked_header};
use crate::load::generator::{Coding, Frames, Kind, deflated, never_read};

/// A22: echoes for a peer that never reads.
pub(in crate::attack) fn never_read(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    const COUNT: usize = 200;
    let server = ground.echo(&[])?;
    let frames = Frames::new(Kind::Binary, 1 << 20, 1, Coding::Plain);
    let watch = Watch::begin(server.measured()?)?;
    let seen = never_read::run(&server, &frames, COUNT, Duration::from_secs(10))?;
    Ok(Ok(Verdict::default()
        .told(
            "taken, by the kernel too",
            Amount::Bytes(seen.taken() as i64),
        )
        .at_most(
            "memory, peak",
            watch.peak_growth()?,
            Amount::mb(3.0),
        )))
}

/// A25: a bomb.
pub(in crate::attack) fn bomb(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.echo(&["--deflate", "--max-message", "16777216"])?;
    let bomb = masked(FIN | RSV1 | BINARY, &deflated::zeros_of_mib(256));
    let mut peer = Peer::open_coded(server.address(), Coding::NoTakeover)?;
    let watch = Watch::begin(server.measured()?)?;
    peer.send(&bomb)?;
    let code = peer.close_code()?;
    Ok(Ok(Verdict::default()
        .told("sent", Amount::count(bomb.len()))
        .exactly(
            "closed with",
            Amount::Count(code.map_or(0, u64::from)),
            Amount::Count(1009),
        )
        .at_most(
            "memory, peak",
            watch.peak_growth()?,
            Amount::Bytes(17 << 20),
        )
        .at_most(
            "processor time",
            Amount::Time(watch.busy()?),
            Amount::millis(60),
        )))
}

/// A28: text that is none from its first byte on, and far inside.
pub(in crate::attack) fn bad_text(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    const SIZE: usize = 16 << 20;
    let server = ground.echo(&[])?;
    let mut verdict = Verdict::default();
    // How much is good, and how much more is sent behind the first bad byte.
    for (name, good, more) in [("at once", 0, 0), ("behind 8 MiB", 8 << 20, (64 << 10) - 1)] {
        let mut peer = Peer::open(server.address())?;
        let frame = masked(FIN | TEXT, &vec![b'a'; SIZE]);
        let header = masked_header(FIN | TEXT, SIZE).len();
        peer.send(&frame[..header + good])?;
        let begun = Instant::now();
        // No character has an FF.
        peer.send(&[frame[header + good] ^ b'a' ^ 0xff])?;
        let behind = header + good + 1;
        peer.send(&frame[behind..behind + more])?;
        let code = peer.close_code()?;
        verdict = verdict
            .exactly(
                &format!("{name}: closed with"),
                Amount::Count(code.map_or(0, u64::from)),
                Amount::Count(1007),
            )
            .told(
                &format!("{name}: bytes sent behind it"),
                Amount::count(more),
            )
            .told(&format!("{name}: after"), Amount::Time(begun.elapsed()));
    }
    Ok(Ok(verdict))
}
