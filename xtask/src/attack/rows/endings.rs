//! A33 to A36, A38: how connections end.

use std::io::Read;
use std::thread;
use std::time::{Duration, Instant};

use crate::attack::ground::Ground;
use crate::attack::log::Log;
use crate::attack::peer::{BINARY, CLOSE, End, PING, Peer};
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::{Watch, share};
use crate::failure::Failure;
use crate::load::generator::Server;
use crate::load::generator::frames::{FIN, masked, masked_header};

/// So often each fault is done.
const COUNT: usize = 1000;

/// What a busy machine may add to a deadline.
const SLACK: Duration = Duration::from_millis(500);

/// For everything to be gone.
const GONE: Duration = Duration::from_secs(5);

/// A33: the peer closes and sends on.
pub(in crate::attack) fn data_behind_close(
    ground: &Ground,
) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.echo(&[])?;
    let watch = Watch::begin(server.measured()?)?;
    let mut peer = Peer::open(server.address())?;
    peer.send(&masked(FIN | CLOSE, &1000_u16.to_be_bytes()))?;
    let begun = Instant::now();
    let taken = peer.send_while_taken(&masked(FIN | BINARY, &vec![7; 1 << 20]), 100);
    let code = peer.close_code()?;
    let back = watch.descriptors_back(GONE)?.map(|_| begun.elapsed());
    Ok(Ok(Verdict::default()
        .told("taken, by the kernel too", Amount::Bytes(taken as i64))
        .exactly(
            "its Close could be read",
            Amount::Count(code.map_or(0, u64::from)),
            Amount::Count(1000),
        )
        .at_most(
            "gone after",
            Amount::Time(back.unwrap_or(Duration::MAX)),
            Amount::Time(Duration::from_millis(1500) + SLACK),
        )
        .at_most("memory, peak", watch.peak_growth()?, Amount::mb(1.0))
        .told("processor time", Amount::Time(watch.busy()?))))
}

/// A34: a shutdown has closed the connection, and the peer talks on without an answer.
pub(in crate::attack) fn unanswered_close(
    ground: &Ground,
) -> Result<Result<Verdict, Skip>, Failure> {
    let mut server = ground.echo(&[])?;
    let mut peer = Peer::open(server.address())?;
    server.program()?.terminate()?;
    let code = peer.close_code()?;
    let begun = Instant::now();
    let ping = masked(FIN | PING, &[7]);
    while begun.elapsed() < GONE + SLACK && peer.send_while_taken(&ping, 1) > 0 {
        thread::sleep(Duration::from_millis(20));
    }
    let cut = begun.elapsed();
    Ok(Ok(Verdict::default()
        .exactly(
            "closed with",
            Amount::Count(code.map_or(0, u64::from)),
            Amount::Count(1001),
        )
        .at_least("cut after", Amount::Time(cut), Amount::Time(GONE - SLACK))
        .at_most(
            "and not later than",
            Amount::Time(cut),
            Amount::Time(GONE + SLACK),
        )))
}

/// A35: the closing handshake is over, and the peer keeps the transport.
pub(in crate::attack) fn open_transport(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.echo(&[])?;
    let watch = Watch::begin(server.measured()?)?;
    let mut peer = Peer::open(server.address())?;
    peer.send(&masked(FIN | CLOSE, &1000_u16.to_be_bytes()))?;
    let begun = Instant::now();
    let code = peer.close_code()?;
    let (_, end) = peer.rest()?;
    let fin = begun.elapsed();
    let back = watch.descriptors_back(GONE)?.map(|_| begun.elapsed());
    Ok(Ok(Verdict::default()
        .exactly(
            "closed with",
            Amount::Count(code.map_or(0, u64::from)),
            Amount::Count(1000),
        )
        .exactly(
            "ended by FIN",
            Amount::count(usize::from(end == End::Fin)),
            Amount::Count(1),
        )
        .at_most("its FIN after", Amount::Time(fin), Amount::Time(SLACK))
        .at_most(
            "gone after",
            Amount::Time(back.unwrap_or(Duration::MAX)),
            Amount::Time(Duration::from_millis(1500) + SLACK),
        )))
}

/// Where a peer is when it resets.
type Moment = (&'static str, fn(&Server) -> Result<Peer, Failure>);

/// What is done up to the reset; of the last five `on_open` has run.
const MOMENTS: [Moment; 7] = [
    ("while it is accepted", |server| {
        Peer::connect(server.address())
    }),
    ("in the head", |server| {
        let mut peer = Peer::connect(server.address())?;
        peer.send(b"GET / HTTP/1.1\r\nHost: ")?;
        Ok(peer)
    }),
    ("behind the 101", |server| Peer::open(server.address())),
    ("in a header", |server| behind(server, &[FIN | BINARY])),
    ("in a payload", |server| {
        let begun = [masked_header(FIN | BINARY, 1000), vec![7; 10]].concat();
        behind(server, &begun)
    }),
    ("closing", |server| {
        behind(server, &masked(FIN | CLOSE, &1000_u16.to_be_bytes()))
    }),
    ("while it is written to", |server| {
        let peer = behind(server, &masked(FIN | BINARY, &vec![7; 1 << 20]))?;
        // More than the kernel holds for a peer that has read a byte of it.
        peer.socket().read_exact(&mut [0])?;
        Ok(peer)
    }),
];

fn behind(server: &Server, bytes: &[u8]) -> Result<Peer, Failure> {
    let mut peer = Peer::open(server.address())?;
    peer.send(bytes)?;
    Ok(peer)
}

/// A36: resets.
pub(in crate::attack) fn resets(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let (server, log) = Log::of_echo(ground, "resets")?;
    let process = server.measured()?;
    let watch = Watch::begin(process)?;
    for (moment, reach) in MOMENTS {
        for _ in 0..COUNT {
            let reset = reach(&server).and_then(Peer::reset);
            reset.map_err(|why| Failure::failed(format!("{moment}: {why}")))?;
        }
    }
    let back = watch.descriptors_back(GONE)?;
    let opened = 5 * COUNT;
    let (_, told) = log.endings(opened)?;
    Ok(Ok(Verdict::default()
        .told("resets", Amount::count(MOMENTS.len() * COUNT))
        .at_most(
            "descriptors back after",
            Amount::Time(back.unwrap_or(Duration::MAX)),
            Amount::Time(GONE),
        )
        .exactly(
            "endings told, of those that were open",
            Amount::count(told),
            Amount::count(opened),
        )
        .at_most(
            "processor afterwards",
            share(process, Duration::from_secs(1))?,
            Amount::Percent(0.1),
        )
        .told("memory afterwards", watch.growth()?)))
}

/// A38: the transport ends, one connection after the other.
pub(in crate::attack) fn ends(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let (server, log) = Log::of_echo(ground, "ends")?;
    let watch = Watch::begin(server.measured()?)?;
    let mut took = Vec::with_capacity(COUNT);
    for _ in 0..COUNT {
        let mut peer = Peer::open(server.address())?;
        let begun = Instant::now();
        peer.fin()?;
        peer.rest()?;
        took.push(begun.elapsed());
    }
    took.sort();
    let (unclean, told) = log.endings(COUNT)?;
    Ok(Ok(Verdict::default()
        .exactly("endings told", Amount::count(told), Amount::count(COUNT))
        .exactly(
            "of them as 1006",
            Amount::count(unclean),
            Amount::count(COUNT),
        )
        .at_most(
            "99 of 100 took",
            Amount::Time(took[COUNT * 99 / 100 - 1]),
            Amount::millis(100),
        )
        .told("the longest", Amount::Time(took[COUNT - 1]))
        .exactly(
            "descriptors left",
            Amount::count(watch.more_descriptors()?),
            Amount::Count(0),
        )))
}
