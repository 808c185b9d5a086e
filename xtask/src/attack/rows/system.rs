//! A41: the limit of descriptors.

use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::attack::ground::Ground;
use crate::attack::peer::Peer;
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::share;
use crate::failure::Failure;

/// A41: 64 descriptors, 120 connects.
pub(in crate::attack) fn few_descriptors(
    ground: &Ground,
) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.echo_of_few(64)?;
    let process = server.measured()?;
    let sockets: Vec<TcpStream> = (0..120)
        .map(|_| TcpStream::connect(server.address()))
        .collect::<Result<_, _>>()?;
    thread::sleep(Duration::from_millis(500));
    let descriptors = process.descriptors()?;
    let idle = share(process, Duration::from_secs(2))?;
    drop(sockets);
    let begun = Instant::now();
    Peer::open(server.address())?;
    let served = begun.elapsed();
    Ok(Ok(Verdict::default()
        // It may have inherited one with a higher number.
        .at_least("descriptors", Amount::count(descriptors), Amount::Count(64))
        .at_most("processor at the limit", idle, Amount::Percent(2.0))
        .at_most(
            "served, when there is room, after",
            Amount::Time(served),
            Amount::millis(200),
        )))
}
