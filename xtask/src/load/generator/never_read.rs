//! A peer that sends and never reads (A22): how much the server takes, and how much memory it costs.

use std::thread;
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::frames::Frames;
use super::replies::Check;
use super::report::Report;
use super::server::Server;
use crate::failure::Failure;
use crate::process::stop_if_interrupted;

/// When the server has taken nothing for so long, it will take nothing more.
const SILENCE: Duration = Duration::from_secs(2);

/// How often the socket is tried again.
const PAUSE: Duration = Duration::from_millis(5);

/// What the server took, and its memory, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NeverRead {
    offered: u64,
    taken: u64,
    ending: Ending,
    before: u64,
    after: u64,
    peak: u64,
}

/// Why no more was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    AllTaken,
    NoMoreTaken,
    Lost,
}

/// Sends `count` batches, until all are taken, or nothing has been taken for two seconds, or `limit` has passed.
pub(crate) fn run(
    server: &Server,
    frames: &Frames,
    count: usize,
    limit: Duration,
) -> Result<NeverRead, Failure> {
    let process = server.measured()?;
    let mut connection = Connection::open(server.address(), Check::Shape, frames)?;
    connection.set_nonblocking()?;
    let before = process.resident()?;
    let mut sent = Sent {
        bytes: 0,
        begun: Instant::now(),
        moved: Instant::now(),
    };
    let mut ending = Ending::AllTaken;
    for _ in 0..count {
        ending = sent.batch(&mut connection, frames, limit)?;
        if ending != Ending::AllTaken {
            break;
        }
    }
    Ok(NeverRead {
        offered: frames.batch().len() as u64 * count as u64,
        taken: sent.bytes,
        ending,
        before,
        after: process.settled_resident()?,
        peak: process.peak_resident()?,
    })
}

/// What has left so far; bytes in the kernel's buffers count as taken.
struct Sent {
    bytes: u64,
    begun: Instant,
    /// When bytes were last taken.
    moved: Instant,
}

impl Sent {
    fn batch(
        &mut self,
        connection: &mut Connection,
        frames: &Frames,
        limit: Duration,
    ) -> Result<Ending, Failure> {
        let mut outcome = connection.begin(frames);
        let mut written = 0;
        loop {
            if connection.written() > written {
                self.bytes += (connection.written() - written) as u64;
                self.moved = Instant::now();
                written = connection.written();
            }
            if outcome.is_err() {
                return Ok(Ending::Lost);
            }
            if written == frames.batch().len() {
                return Ok(Ending::AllTaken);
            }
            if self.moved.elapsed() > SILENCE || self.begun.elapsed() > limit {
                return Ok(Ending::NoMoreTaken);
            }
            stop_if_interrupted()?;
            thread::sleep(PAUSE);
            outcome = connection.write(frames);
        }
    }
}

impl Ending {
    fn name(self) -> &'static str {
        match self {
            Self::AllTaken => "all was taken",
            Self::NoMoreTaken => "no more was taken",
            Self::Lost => "the connection was lost",
        }
    }
}

impl NeverRead {
    /// What left, the kernel's buffers included.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    pub(crate) fn report(&self) -> Report {
        Report::new("never-read")
            .count("offered_bytes", self.offered)
            .count("taken_bytes", self.taken)
            .words("ending", self.ending.name())
            .count("rss_before_bytes", self.before)
            .count("rss_after_bytes", self.after)
            .rounded(
                "rss_growth_bytes",
                self.after as f64 - self.before as f64,
                0,
            )
            .rounded(
                "rss_peak_growth_bytes",
                self.peak as f64 - self.before as f64,
                0,
            )
    }
}
