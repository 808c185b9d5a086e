//! A39, A40: the end of the server itself.

use std::time::{Duration, Instant};

use crate::attack::ground::Ground;
use crate::attack::peer::{BINARY, CLOSE, Peer};
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::failure::Failure;
use crate::load::generator::Server;
use crate::load::generator::frames::{FIN, masked};

/// Connections that answer, of which some have not read what was sent to them, and those that are dead.
const LIVE: usize = 900;
const BEHIND: usize = 10;
const DEAD: usize = 100;

/// More than the kernel's buffers hold: the rest of an echo waits in the server.
const UNREAD: usize = 8 << 20;

/// For a server that does not end.
const LIMIT: Duration = Duration::from_secs(30);

/// A39: SIGTERM.
pub(in crate::attack) fn one_signal(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let mut server = ground.echo(&[])?;
    let (mut live, dead) = connections(&server)?;
    server.program()?.terminate()?;
    let begun = Instant::now();
    let (mut flushed, mut told) = (0, 0);
    for (at, peer) in live.iter_mut().enumerate() {
        if at < BEHIND {
            flushed += usize::from(peer.expect(BINARY, UNREAD).is_ok());
        }
        told += usize::from(peer.close_code()? == Some(1001));
        peer.send(&masked(FIN | CLOSE, &1001_u16.to_be_bytes()))?;
    }
    let refused = Peer::open(server.address()).is_err();
    let status = server.program()?.wait(LIMIT)?;
    let ended = begun.elapsed();
    drop(dead);
    Ok(Ok(Verdict::default()
        .exactly(
            "live ones closed with 1001",
            Amount::count(told),
            Amount::count(LIVE),
        )
        .exactly(
            "unread echoes of 8 MiB that came before it",
            Amount::count(flushed),
            Amount::count(BEHIND),
        )
        .exactly(
            "new ones refused",
            Amount::count(usize::from(refused)),
            Amount::Count(1),
        )
        .exactly("exit status 0", exit(status.success()), Amount::Count(1))
        .at_most(
            "ended after",
            Amount::Time(ended),
            Amount::Time(Duration::from_secs(10)),
        )))
}

/// A40: SIGTERM and again.
pub(in crate::attack) fn two_signals(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let mut server = ground.echo(&[])?;
    let (live, dead) = connections(&server)?;
    server.program()?.terminate()?;
    std::thread::sleep(Duration::from_millis(500));
    let waits = server.program()?.ended()?.is_none();
    let begun = Instant::now();
    server.program()?.terminate()?;
    server.program()?.wait(LIMIT)?;
    let ended = begun.elapsed();
    drop((live, dead));
    Ok(Ok(Verdict::default()
        .exactly(
            "still there 0.5 s behind the first",
            exit(waits),
            Amount::Count(1),
        )
        .at_most(
            "ended, behind the second, after",
            Amount::Time(ended),
            Amount::millis(500),
        )))
}

/// The live ones, those that have not read first, and the dead ones.
fn connections(server: &Server) -> Result<(Vec<Peer>, Vec<Peer>), Failure> {
    let open = |count| -> Result<Vec<Peer>, Failure> {
        (0..count).map(|_| Peer::open(server.address())).collect()
    };
    let (mut live, dead) = (open(LIVE)?, open(DEAD)?);
    let unread = masked(FIN | BINARY, &vec![7; UNREAD]);
    for peer in &mut live[..BEHIND] {
        peer.send(&unread)?;
        // Where an echo has begun, the message was taken whole.
        peer.socket().peek(&mut [0])?;
    }
    Ok((live, dead))
}

fn exit(is_so: bool) -> Amount {
    Amount::Count(u64::from(is_so))
}
