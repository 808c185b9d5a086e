//! A53: one address asks for more connections than it may have.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketType, bind, connect, socket};

use crate::attack::ground::Ground;
use crate::attack::peer::Peer;
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::Watch;
use crate::failure::Failure;

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// Of the attacker; those whom it disturbs are at 127.0.0.1.
const ATTACKER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

const CONNECTIONS: usize = 2000;

/// What the server allows each address.
const ALLOWED: usize = 100;

/// Those above that may be told so at a time.
const TOLD: usize = 64;

/// Somebody else comes after so many.
const VISITS: usize = 100;

pub(in crate::attack) fn of_one_address(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.echo(&["--per-address", &ALLOWED.to_string()])?;
    let watch = Watch::begin(server.measured()?)?;
    let mut longest = Duration::ZERO;
    let mut peers = Vec::with_capacity(CONNECTIONS);
    for number in 0..CONNECTIONS {
        let mut peer = from_attacker(server.address())?;
        // One that is dropped unheard may be gone by now.
        let _ = peer.write_all(REQUEST.as_bytes());
        peers.push(peer);
        if number % VISITS == 0 {
            let begun = Instant::now();
            Peer::open(server.address())?.visit()?;
            longest = longest.max(begun.elapsed());
        }
    }
    let held = watch.more_descriptors()?;
    let peak = watch.peak_growth()?;
    let open = peers.iter_mut().map(is_open).filter(|open| *open).count();
    drop(peers);
    let back = watch.descriptors_back(Duration::from_secs(5))?;
    Ok(Ok(Verdict::default()
        .exactly("of 2,000 open", Amount::count(open), Amount::count(ALLOWED))
        .at_most(
            "descriptors",
            Amount::count(held),
            Amount::count(ALLOWED + TOLD + 4),
        )
        .at_most(
            "somebody else's visit",
            Amount::Time(longest),
            Amount::millis(500),
        )
        .at_most("memory", peak, Amount::mb(2.0))
        .at_most(
            "descriptors back after",
            Amount::Time(back.unwrap_or(Duration::MAX)),
            Amount::Time(Duration::from_secs(5)),
        )))
}

fn from_attacker(server: SocketAddr) -> Result<TcpStream, Failure> {
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None);
    let socket = socket.map_err(std::io::Error::from)?;
    bind(&socket, &SocketAddrV4::new(ATTACKER, 0)).map_err(std::io::Error::from)?;
    connect(&socket, &server).map_err(std::io::Error::from)?;
    Ok(TcpStream::from(socket))
}

/// Whether the server has agreed; the others were refused or dropped.
fn is_open(peer: &mut TcpStream) -> bool {
    let mut status = [0; 12];
    let read = peer
        .set_read_timeout(Some(Duration::from_secs(5)))
        .and_then(|()| peer.read_exact(&mut status));
    read.is_ok() && &status == b"HTTP/1.1 101"
}
