//! What an idle connection costs: many are opened, each gets one echo, then nothing happens.

use super::connection::Connection;
use super::frames::Frames;
use super::replies::Check;
use super::report::Report;
use super::server::Server;
use crate::failure::Failure;

/// The server's memory before and after the connections, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Idle {
    connections: usize,
    before: u64,
    after: u64,
}

/// Opens the connections, has each echo one message in its turn, waits until the server's memory stands still.
pub(crate) fn run(server: &Server, frames: &Frames, connections: usize) -> Result<Idle, Failure> {
    let process = server.measured()?;
    let before = process.resident()?;
    let mut open = Connection::open_many(connections, server.address(), Check::Payload, frames)?;
    let mut scratch = vec![0; 64 * 1024];
    for connection in &mut open {
        connection.echo(frames, &mut scratch)?;
    }
    let after = process.settled_resident()?;
    Ok(Idle {
        connections,
        before,
        after,
    })
}

impl Idle {
    pub(crate) fn bytes_per_connection(&self) -> f64 {
        (self.after as f64 - self.before as f64) / self.connections as f64
    }

    pub(crate) fn report(&self) -> Report {
        Report::new("idle")
            .count("connections", self.connections as u64)
            .count("rss_before_bytes", self.before)
            .count("rss_after_bytes", self.after)
            .rounded("rss_bytes_per_connection", self.bytes_per_connection(), 0)
    }
}
