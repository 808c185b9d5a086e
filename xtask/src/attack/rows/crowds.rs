//! A47, A51, A52, A57: very many connections at a time, and one that has very many messages.

use std::thread;
use std::time::Duration;

use crate::attack::bystanders::{Bystanders, behind_others};
use crate::attack::ground::Ground;
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::{Watch, share};
use crate::failure::Failure;
use crate::load::generator::connection::Connection;
use crate::load::generator::{Check, Coding, Frames, Kind, Server, Traffic, idle, pending};

/// A47: what an idle connection holds.
pub(in crate::attack) fn idle_ones(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let plain = bytes_each(&ground.echo(&[])?)?;
    let packed = bytes_each(&ground.packed_echo()?)?;
    Ok(Ok(Verdict::default()
        .told("memory with the system's allocator", plain)
        .at_most(
            "memory with jemalloc",
            packed,
            Amount::BytesEach(1024.0),
        )))
}

fn bytes_each(server: &Server) -> Result<Amount, Failure> {
    const COUNT: usize = 10_000;
    let frames = Frames::new(Kind::Binary, 1024, 1, Coding::Plain);
    let seen = idle::run(server, &frames, COUNT)?;
    Ok(Amount::BytesEach(seen.bytes_per_connection()))
}

/// A51: nearly as many as a process may have descriptors here.
pub(in crate::attack) fn most_sockets(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    const COUNT: usize = 18_000;
    let server = ground.echo(&[])?;
    let process = server.measured()?;
    let watch = Watch::begin(process)?;
    let frames = Frames::new(Kind::Binary, 64, 1, Coding::Plain);
    let mut scratch = vec![0; 64 * 1024];
    let mut open = Connection::open_many(COUNT, server.address(), Check::Payload, &frames)?;
    let mut echoed = 0;
    for _ in 0..2 {
        for connection in &mut open {
            connection.echo(&frames, &mut scratch)?;
            echoed += 1;
        }
        thread::sleep(Duration::from_secs(2));
    }
    let idle = share(process, Duration::from_secs(2))?;
    let (there, memory) = (watch.more_descriptors()?, watch.peak_growth()?);
    drop(open);
    let back = watch.descriptors_back(Duration::from_secs(5))?;
    Ok(Ok(Verdict::default()
        .exactly("connections", Amount::count(there), Amount::count(COUNT))
        .told("echoes, two on each", Amount::count(echoed))
        .told("processor while they are idle", idle)
        .at_most(
            "descriptors back after",
            Amount::Time(back.unwrap_or(Duration::MAX)),
            Amount::Time(Duration::from_secs(5)),
        )
        .told("memory, peak", memory)))
}

/// A52: messages of one byte, as fast as they are answered.
pub(in crate::attack) fn one_flood(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    const DEPTH: usize = 2 << 20;
    const ATTEMPTS: usize = 3;
    let server = ground.echo(&[])?;
    let frames = Frames::new(Kind::Binary, 1, DEPTH, Coding::Plain);
    let flood = Traffic {
        connections: 1,
        warmup: Duration::ZERO,
        length: Duration::from_secs(5),
        check: Check::Shape,
    };
    // What other programs do to the machine only adds: a server that lets nobody go first is bad each time.
    for _ in 1..ATTEMPTS {
        let verdict = flooded(&server, &flood, &frames)?;
        if verdict.holds() {
            return Ok(Ok(verdict));
        }
    }
    flooded(&server, &flood, &frames).map(Ok)
}

fn flooded(server: &Server, flood: &Traffic, frames: &Frames) -> Result<Verdict, Failure> {
    let bystanders = Bystanders::begin(server)?;
    let seen = behind_others(|| flood.run(server, frames))?;
    let messages = seen.per_second().round() as u64;
    bystanders.end(Verdict::default().told("messages a second", Amount::Count(messages)))
}

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
