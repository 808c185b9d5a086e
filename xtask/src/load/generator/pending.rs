//! What is pinned while callbacks stay pending (A57): many connections send one message each and get no reply.

use super::connection::Connection;
use super::frames::Frames;
use super::replies::Check;
use super::report::Report;
use super::server::Server;
use crate::failure::Failure;

/// The server's memory before and after the messages, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    connections: usize,
    before: u64,
    open: u64,
    after: u64,
}

/// Opens the connections, sends one message on each, waits until the server's memory stands still.
///
/// A reply is an error: the server's callback is to stay pending.
pub(crate) fn run(
    server: &Server,
    frames: &Frames,
    connections: usize,
) -> Result<Pending, Failure> {
    let process = server.measured()?;
    let before = process.resident()?;
    let mut peers = Connection::open_many(connections, server.address(), Check::Shape, frames)?;
    let open = process.settled_resident()?;
    for peer in &mut peers {
        peer.send(frames)?;
    }
    let after = process.settled_resident()?;
    let mut scratch = vec![0; 64 * 1024];
    for peer in &mut peers {
        peer.set_nonblocking()?;
        if peer.read(frames, &mut scratch)?.whole > 0 {
            return Err(Failure::failed(
                "the server replied: this mode needs one whose callback stays pending",
            ));
        }
    }
    Ok(Pending {
        connections,
        before,
        open,
        after,
    })
}

impl Pending {
    /// What the connections and their callbacks hold.
    pub(crate) fn growth(&self) -> i64 {
        self.after as i64 - self.before as i64
    }

    pub(crate) fn report(&self) -> Report {
        let growth = self.after as f64 - self.before as f64;
        Report::new("pending")
            .count("connections", self.connections as u64)
            .count("rss_before_bytes", self.before)
            .count("rss_open_bytes", self.open)
            .count("rss_after_bytes", self.after)
            .rounded("rss_growth_bytes", growth, 0)
            .rounded(
                "rss_growth_per_connection_bytes",
                growth / self.connections as f64,
                0,
            )
    }
}
