//! A9: handshakes that are nearly right.

use super::answers::{exchange, status};
use crate::attack::ground::Ground;
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::failure::Failure;

const GOOD: [&str; 6] = [
    "GET / HTTP/1.1",
    "Host: example.com",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
];

/// The line of a good one that is replaced, the lines that stand there instead, the status that is due.
type Probe = (usize, &'static [&'static str], u64);

const BAD: [Probe; 30] = [
    (0, &["POST / HTTP/1.1"], 405),
    (0, &["HEAD / HTTP/1.1"], 405),
    (0, &["get / HTTP/1.1"], 405),
    (0, &["GET / HTTP/1.0"], 505),
    (0, &["GET / HTTP/2.0"], 505),
    (0, &["GET / HTTP/1.15"], 400),
    (0, &["GET /#top HTTP/1.1"], 400),
    (1, &[], 400),
    (1, &["Host: example.com", "Host: example.com"], 400),
    (1, &["Host: me@example.com"], 400),
    (1, &["Host: example.com:http"], 400),
    (2, &["Upgrade: websockets"], 400),
    (2, &["Upgrade: \"websocket\""], 400),
    (2, &["Upgrade: web,socket"], 400),
    (3, &["Connection: keep-alive"], 400),
    (3, &["Connection: not-upgrade"], 400),
    (3, &["Connection: upgrade;q=1"], 400),
    (4, &[], 400),
    (4, &[GOOD[4], GOOD[4]], 400),
    (4, &["Sec-WebSocket-Key:"], 400),
    (4, &["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA"], 400),
    (4, &["Sec-WebSocket-Key: -_hlIHNhbXBsZSBub25jZQ=="], 400),
    (4, &["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==,"], 400),
    (5, &[], 426),
    (5, &["Sec-WebSocket-Version: 8"], 426),
    (5, &["Sec-WebSocket-Version: 0"], 426),
    (5, &[GOOD[5], GOOD[5]], 400),
    (5, &["Sec-WebSocket-Version: 13, 8"], 400),
    (5, &["Sec-WebSocket-Version: 013"], 400),
    (5, &["Sec-WebSocket-Version: abc"], 400),
];

/// Odd and legal: two lines of a list, tokens in any case.
const LEGAL: [Probe; 4] = [
    (2, &["Upgrade: h2c", "Upgrade: websocket"], 101),
    (3, &["Connection: keep-alive", "Connection: Upgrade"], 101),
    (2, &["UPGRADE: WebSocket"], 101),
    (3, &["connection: keep-alive, upgrade"], 101),
];

/// Each against the same server.
pub(in crate::attack) fn run(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.echo(&[])?;
    let answered = |probes: &[Probe]| -> Result<(usize, usize), Failure> {
        let (mut right, mut accepted) = (0, 0);
        for probe in probes {
            let (answer, _) = exchange(&server, &request(probe))?;
            let seen = status(&answer);
            right += usize::from(seen == Amount::Count(probe.2));
            accepted += usize::from(seen == Amount::Count(101));
        }
        Ok((right, accepted))
    };
    let (refused, accepted) = answered(&BAD)?;
    let (legal, _) = answered(&LEGAL)?;
    Ok(Ok(Verdict::default()
        .exactly(
            "bad ones with 101",
            Amount::count(accepted),
            Amount::Count(0),
        )
        .exactly(
            "bad ones with their status",
            Amount::count(refused),
            Amount::count(BAD.len()),
        )
        .exactly(
            "legal ones with 101",
            Amount::count(legal),
            Amount::count(LEGAL.len()),
        )))
}

/// The lines, and a Close behind them, so that an accepted one ends at once.
fn request(&(replaced, by, _): &Probe) -> Vec<u8> {
    let mut text = String::new();
    for (at, line) in GOOD.iter().enumerate() {
        let here = std::slice::from_ref(line);
        for line in if at == replaced { by } else { here } {
            text.push_str(line);
            text.push_str("\r\n");
        }
    }
    text.push_str("\r\n");
    [text.as_bytes(), &[0x88, 0x80, 0, 0, 0, 0]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_probe_differs_from_a_good_request_in_one_line() {
        let good = request(&(0, &[GOOD[0]], 101));
        assert!(good.starts_with(b"GET / HTTP/1.1\r\nHost: example.com\r\n"));
        let mut all: Vec<Vec<u8>> = BAD.iter().chain(&LEGAL).map(request).collect();
        assert!(!all.contains(&good));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), BAD.len() + LEGAL.len(), "a probe stands twice");
    }
}
