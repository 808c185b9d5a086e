//! A12, A13, A15: what a frame announces and what comes of it.

use std::time::Duration;

use crate::attack::ground::Ground;
use crate::attack::peer::{BINARY, Peer};
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::Watch;
use crate::failure::Failure;
use crate::load::generator::Server;
use crate::load::generator::frames::{FIN, masked_header};

/// A12: more than any limit.
pub(in crate::attack) fn absurd(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    refused(ground, &[1 << 32, 1 << 40, (1 << 63) - 1], 1009)
}

/// A13: RFC 6455 5.2, "the most significant bit MUST be 0"; its top bytes are 80 to FF.
pub(in crate::attack) fn top_bit(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let lengths: Vec<u64> = (0x80..=0xff).map(|top| top << 56 | 1).collect();
    refused(ground, &lengths, 1002)
}

/// Each length in a connection of its own.
fn refused(ground: &Ground, lengths: &[u64], due: u16) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.echo(&[])?;
    code(&server, lengths[0])?;
    let watch = Watch::begin(server.measured()?)?;
    let mut right = 0;
    for &length in lengths {
        right += usize::from(code(&server, length)? == Some(due));
    }
    let each = watch.busy()? / lengths.len() as u32;
    Ok(Ok(Verdict::default()
        .exactly(
            &format!("closed with {due}"),
            Amount::count(right),
            Amount::count(lengths.len()),
        )
        .at_most(
            "memory, peak",
            watch.peak_growth()?,
            Amount::Bytes(64 * 1024),
        )
        .at_most(
            "processor time of each, handshake and end too",
            Amount::Time(each),
            Amount::millis(1),
        )))
}

/// How the server closes when this length is announced.
fn code(server: &Server, length: u64) -> Result<Option<u16>, Failure> {
    let mut peer = Peer::open(server.address())?;
    let mut header = vec![FIN | BINARY, 0x80 | 127];
    header.extend(length.to_be_bytes());
    header.extend([0; 4]);
    peer.send(&header)?;
    peer.close_code()
}

/// A15: memory follows what came.
pub(in crate::attack) fn announced(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    const COUNT: usize = 50;
    const ANNOUNCED: usize = 15 << 20;
    let server = ground.echo(&[])?;
    let watch = Watch::begin(server.measured()?)?;
    let mut peers = Vec::with_capacity(COUNT);
    for _ in 0..COUNT {
        let mut peer = Peer::open(server.address())?;
        let mut begun = masked_header(FIN | BINARY, ANNOUNCED);
        begun.push(7);
        peer.send(&begun)?;
        peers.push(peer);
    }
    std::thread::sleep(Duration::from_millis(200));
    let verdict = Verdict::default()
        .exactly(
            "connections",
            Amount::count(watch.more_descriptors()?),
            Amount::count(COUNT),
        )
        .at_most("memory, peak", watch.peak_growth()?, Amount::mb(1.0))
        .at_most("mapped", watch.mapped_growth()?, Amount::mb(10.0));
    drop(peers);
    Ok(Ok(verdict))
}
