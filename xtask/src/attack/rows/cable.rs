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
use crate::attack::log::Log;
use crate::attack::peer::Peer;
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::Watch;
use crate::failure::Failure;
use crate::load::generator::Server;
use crate::process;

const COUNT: usize = 1000;

/// All have to be found by then, and none may be taken for dead before that, counted from the cable's end, which
/// comes a little later than the last byte.
const FOUND: Duration = Duration::from_secs(47);
const ALIVE: Duration = Duration::from_secs(43);

/// So much longer it is waited for what is late, and for the descriptors.
const SLACK: Duration = Duration::from_secs(5);

/// Between two looks at the server's log.
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
    let (server, log) = Log::of_echo_apart(ground, "cable")?;
    let id = server.measured()?.id();
    let peers = thread::scope(|scope| {
        scope
            .spawn(|| connect_inside(&server, id))
            .join()
            .map_err(|_| Failure::failed("the thread in the server's network has panicked"))?
    })?;
    let watch = Watch::begin(server.measured()?)?;
    pull(id)?;
    let begun = Instant::now();
    let (mut first, mut found) = (None, 0);
    while found < COUNT && begun.elapsed() < FOUND + SLACK {
        process::stop_if_interrupted()?;
        thread::sleep(LOOK);
        found = log.endings_now()?;
        if found > 0 {
            first = first.or(Some(begun.elapsed()));
        }
    }
    let last = begun.elapsed();
    thread::sleep(SLACK);
    let there = server.measured()?.descriptors()?;
    drop(peers);
    Ok(Ok(Verdict::default()
        .exactly("found", Amount::count(found), Amount::count(COUNT))
        .at_least(
            "the first after",
            Amount::Time(first.unwrap_or_default()),
            Amount::Time(ALIVE),
        )
        .at_most("the last after", Amount::Time(last), Amount::Time(FOUND))
        .at_most(
            "descriptors 5 s later",
            Amount::count(there),
            Amount::count(watch.descriptors() - COUNT),
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
