//! A57: very many connections at a time.

use crate::attack::ground::Ground;
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::failure::Failure;
use crate::load::generator::{Coding, Frames, Kind, pending};

/// A57: callbacks that stay pending, each with a message of 64 bytes.
pub(in crate::attack) fn pending_callbacks(
    ground: &Ground,
) -> Result<Result<Verdict, Skip>, Failure> {
    const COUNT: usize = 10_000;
    let server = ground.pending()?;
    let frames = Frames::new(Kind::Binary, 64, 1, Coding::Plain);
    let seen = pending::run(&server, &frames, COUNT)?;
    Ok(Ok(Verdict::default()
        .at_most(
            "memory, connections too",
            Amount::Bytes(seen.growth()),
            Amount::mb(20.0),
        )
        .told(
            "for each",
            Amount::BytesEach(seen.growth() as f64 / COUNT as f64),
        )))
}
