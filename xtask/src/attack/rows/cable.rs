//! A37: a cable is pulled.
//!
//! The server has a network of its own, in which the attacker's sockets are made, too. When its only interface goes
//! down, both sides keep their connections, and nothing that one sends reaches the other.

use std::fs::File;
use std::os::fd::AsFd;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::attack::ground::Ground;
use crate::attack::peer::Peer;
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::failure::Failure;
use crate::load::generator::Server;
use crate::process;

const COUNT: usize = 1000;

/// The last of them has to be gone by then, and none may be taken for dead before.
const FOUND: Duration = Duration::from_secs(47);
const ALIVE: Duration = Duration::from_secs(44);

/// So much longer it is waited for what is late.
const SLACK: Duration = Duration::from_secs(10);

/// Between two looks at the server's descriptors.
const LOOK: Duration = Duration::from_millis(20);

pub(in crate::attack) fn pulled(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    if let Err(why) =
        process::output(Command::new("unshare").args(["--net", "ip", "link", "set", "lo", "up"]))
    {
        let why = why.to_string().replace('\n', ": ");
        return Ok(Err(Skip(format!(
            "it needs root, `unshare`, `nsenter` and `ip` for a network of its own: {why}"
        ))));
    }
    let server = ground.echo_apart()?;
    let id = server.measured()?.id();
    let peers = thread::scope(|scope| {
        scope
            .spawn(|| connect_inside(&server, id))
            .join()
            .map_err(|_| Failure::failed("the thread in the server's network has panicked"))?
    })?;
    let there = server.measured()?.descriptors()?;
    pull(id)?;
    let begun = Instant::now();
    let mut first = None;
    let mut left = COUNT;
    while left > 0 && begun.elapsed() < FOUND + SLACK {
        process::stop_if_interrupted()?;
        thread::sleep(LOOK);
        left = (COUNT + server.measured()?.descriptors()?).saturating_sub(there);
        if left < COUNT {
            first = first.or(Some(begun.elapsed()));
        }
    }
    let last = begun.elapsed();
    drop(peers);
    Ok(Ok(Verdict::default()
        .exactly("connections left", Amount::count(left), Amount::Count(0))
        .at_least(
            "the first is gone after",
            Amount::Time(first.unwrap_or_default()),
            Amount::Time(ALIVE),
        )
        .at_most(
            "the last",
            Amount::Time(last),
            Amount::Time(FOUND),
        )))
}

/// A thread that has moved stays where it is, so it is one that ends.
fn connect_inside(server: &Server, id: u32) -> Result<Vec<Peer>, Failure> {
    let network = File::open(format!("/proc/{id}/ns/net"))?;
    move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network))
        .map_err(std::io::Error::from)?;
    (0..COUNT).map(|_| Peer::open(server.address())).collect()
}

fn pull(id: u32) -> Result<(), Failure> {
    let network = format!("--net=/proc/{id}/ns/net");
    let mut down = Command::new("nsenter");
    down.args([&network, "ip", "link", "set", "lo", "down"]);
    process::output(&mut down).map(drop)
}
