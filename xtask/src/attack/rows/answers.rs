//! A3, A6 to A8: what is answered to a request, and how often.

use std::time::Duration;

use rustix::net::sockopt;

use crate::attack::ground::Ground;
use crate::attack::peer::{BINARY, End, Peer};
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::Watch;
use crate::failure::Failure;
use crate::load::generator::Server;
use crate::load::generator::frames::{FIN, masked};

/// A legal request, to which lines can be added.
const UPGRADE: &str = "GET / HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

/// What a status line begins with.
const STATUS: &[u8] = b"HTTP/1.1 ";

/// A3: one header of 20 MB.
pub(in crate::attack) fn long_header(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    const PIECE: [u8; 16 * 1024] = [b'a'; 16 * 1024];
    let server = ground.echo(&[])?;
    // The first of its kind touches pages of the program that no other attack is charged for.
    let once = |server: &Server| -> Result<(usize, Vec<u8>), Failure> {
        let mut peer = Peer::connect(server.address())?;
        // What waits on our side was not taken by the server.
        sockopt::set_socket_send_buffer_size(peer.socket(), PIECE.len())
            .map_err(std::io::Error::from)?;
        peer.socket()
            .set_write_timeout(Some(Duration::from_secs(2)))?;
        peer.send(b"GET / HTTP/1.1\r\nX: ")?;
        let taken = peer.send_while_taken(&PIECE, 20_000_000 / PIECE.len());
        Ok((taken, peer.rest()?.0))
    };
    once(&server)?;
    let watch = Watch::begin(server.measured()?)?;
    let (taken, answer) = once(&server)?;
    Ok(Ok(Verdict::default()
        .exactly("status", status(&answer), Amount::Count(431))
        .at_most("taken", Amount::Bytes(taken as i64), Amount::mb(1.5))
        .at_most("memory, peak", watch.peak_growth()?, Amount::mb(0.1))
        .at_most(
            "processor time",
            Amount::Time(watch.busy()?),
            Amount::millis(20),
        )))
}

/// A6: an upgrade that announces a body.
pub(in crate::attack) fn body(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    const BODIES: [&str; 5] = [
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\n\r\nhello",
        "Content-Length: 00000005\r\n\r\nhello",
    ];
    let server = ground.echo(&[])?;
    let (mut refused, mut responses, mut closing) = (0, 0, 0);
    for body in BODIES {
        let (answer, _) = exchange(&server, format!("{UPGRADE}{body}").as_bytes())?;
        refused += usize::from(status(&answer) == Amount::Count(400));
        responses += count(&answer);
        let text = String::from_utf8_lossy(&answer).to_ascii_lowercase();
        closing += usize::from(text.contains("\r\nconnection: close\r\n"));
    }
    let all = Amount::count(BODIES.len());
    Ok(Ok(Verdict::default()
        .exactly("refused with 400", Amount::count(refused), all)
        .exactly("with `Connection: close`", Amount::count(closing), all)
        .exactly("responses", Amount::count(responses), all)))
}

/// A7: a second request behind one that is refused.
pub(in crate::attack) fn pipelined(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.echo(&[])?;
    let refused = UPGRADE.replace("Version: 13", "Version: 8");
    let (answer, end) = exchange(&server, format!("{refused}\r\n{UPGRADE}\r\n").as_bytes())?;
    Ok(Ok(Verdict::default()
        .exactly("status", status(&answer), Amount::Count(426))
        .exactly("responses", Amount::count(count(&answer)), Amount::Count(1))
        .exactly(
            "ended by FIN",
            Amount::count(usize::from(end == End::Fin)),
            Amount::Count(1),
        )))
}

/// A8: frames in the segment of the handshake.
pub(in crate::attack) fn early_frames(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    const FRAMES: usize = 3;
    let server = ground.echo(&[])?;
    let mut peer = Peer::connect(server.address())?;
    let mut segment = format!("{UPGRADE}\r\n").into_bytes();
    for size in 1..=FRAMES {
        segment.extend(masked(FIN | BINARY, &vec![7; size]));
    }
    peer.send(&segment)?;
    peer.fin()?;
    let (answer, _) = peer.rest()?;
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let behind = head.map_or(&[][..], |at| &answer[at + 4..]);
    let mut echoes = Vec::new();
    for size in 1..=FRAMES {
        echoes.extend([FIN | BINARY, size as u8]);
        echoes.extend(vec![7; size]);
    }
    Ok(Ok(Verdict::default()
        .exactly("status", status(&answer), Amount::Count(101))
        .exactly(
            "bytes of the echoes, in their order",
            Amount::count(
                behind
                    .iter()
                    .zip(&echoes)
                    .take_while(|(a, b)| a == b)
                    .count(),
            ),
            Amount::count(echoes.len()),
        )))
}

/// Sends all at once and waits for the end.
pub(super) fn exchange(server: &Server, request: &[u8]) -> Result<(Vec<u8>, End), Failure> {
    let mut peer = Peer::connect(server.address())?;
    peer.send(request)?;
    peer.rest()
}

/// The status of the first response; 0 where there is none.
pub(super) fn status(answer: &[u8]) -> Amount {
    let code = answer.strip_prefix(STATUS).and_then(|rest| rest.get(..3));
    let code = code.and_then(|code| str::from_utf8(code).ok()?.parse().ok());
    Amount::Count(code.unwrap_or(0))
}

/// How many responses there are.
fn count(answer: &[u8]) -> usize {
    answer
        .windows(STATUS.len())
        .filter(|at| *at == STATUS)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_are_counted_and_the_first_status_is_read() {
        let two = b"HTTP/1.1 400 Bad Request\r\n\r\nHTTP/1.1 101 X\r\n\r\n";
        assert_eq!((status(two), count(two)), (Amount::Count(400), 2));
        assert_eq!((status(b"\x81\0"), count(b"")), (Amount::Count(0), 0));
    }
}
