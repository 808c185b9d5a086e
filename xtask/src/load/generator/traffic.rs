//! Messages as fast as the server answers them: each connection sends a batch, awaits its replies, sends the next.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};

use super::connection::Connection;
use super::frames::Frames;
use super::latency::Latency;
use super::process::{CoreTime, Process};
use super::replies::Check;
use super::report::Report;
use super::server::Server;
use crate::failure::Failure;
use crate::process::stop_if_interrupted;

/// One read takes at most this much.
const SCRATCH: usize = 256 * 1024;

/// How many events one wait brings at most.
const EVENTS: usize = 256;

/// How often the clock is looked at when nothing happens.
const TICK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

/// What to put on the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traffic {
    pub(crate) connections: usize,
    pub(crate) warmup: Duration,
    pub(crate) length: Duration,
    pub(crate) check: Check,
}

/// What came of it; the warm-up is not in it.
#[derive(Debug)]
pub(crate) struct Outcome {
    messages: u64,
    elapsed: Duration,
    /// Of the server, if its process is known.
    core_time: Option<CoreTime>,
    /// Of batches, not of messages.
    round_trips: Latency,
    depth: usize,
}

impl Traffic {
    pub(crate) fn run(&self, server: &Server, frames: &Frames) -> Result<Outcome, Failure> {
        let mut drive = Drive::new(self, server, frames)?;
        drive.start()?;
        drive.go_on(self.warmup)?;
        drive.round_trips = Latency::new();

        let process = server.process();
        let before = process.map(Process::core_time).transpose()?;
        let begun = Instant::now();
        let messages = drive.go_on(self.length)?;
        let elapsed = begun.elapsed();
        let after = process.map(Process::core_time).transpose()?;
        if messages == 0 {
            return Err(Failure::failed(format!(
                "no reply came in {} s",
                self.length.as_secs()
            )));
        }
        Ok(Outcome {
            messages,
            elapsed,
            core_time: after.zip(before).map(|(after, before)| after.since(before)),
            round_trips: drive.round_trips,
            depth: frames.depth(),
        })
    }
}

impl Outcome {
    pub(crate) fn per_second(&self) -> f64 {
        self.messages as f64 / self.elapsed.as_secs_f64()
    }

    /// The server's CPU nanoseconds per message.
    pub(crate) fn cpu_per_message(&self) -> Option<f64> {
        Some(self.core_time?.running.as_nanos() as f64 / self.messages as f64)
    }

    /// The part of the time that the server's threads were on a core: 1 when it never rested.
    pub(crate) fn server_busy(&self) -> Option<f64> {
        Some(self.core_time?.running.as_secs_f64() / self.elapsed.as_secs_f64())
    }

    /// The part of the time that they could have run but another process had the core: noise.
    pub(crate) fn server_kept_waiting(&self) -> Option<f64> {
        Some(self.core_time?.waiting.as_secs_f64() / self.elapsed.as_secs_f64())
    }

    pub(crate) fn report(&self) -> Report {
        let microseconds = |percent| self.round_trips.percentile(percent).as_nanos() as f64 / 1e3;
        let (p50, p99) = match self.depth {
            1 => ("latency_p50_us", "latency_p99_us"),
            _ => ("batch_round_trip_p50_us", "batch_round_trip_p99_us"),
        };
        Report::new("traffic")
            .count("messages", self.messages)
            .rounded("seconds", self.elapsed.as_secs_f64(), 3)
            .rounded("messages_per_second", self.per_second(), 0)
            .rounded_if_known("server_cpu_ns_per_message", self.cpu_per_message(), 1)
            .rounded_if_known("server_busy", self.server_busy(), 3)
            .rounded_if_known("server_kept_waiting", self.server_kept_waiting(), 3)
            .rounded(p50, microseconds(50), 1)
            .rounded(p99, microseconds(99), 1)
    }
}

/// The connections at work.
struct Drive<'a> {
    frames: &'a Frames,
    epoll: OwnedFd,
    connections: Vec<Connection>,
    scratch: Vec<u8>,
    round_trips: Latency,
}

impl<'a> Drive<'a> {
    fn new(traffic: &Traffic, server: &Server, frames: &'a Frames) -> Result<Self, Failure> {
        let connections =
            Connection::open_many(traffic.connections, server.address(), traffic.check, frames)?;
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(std::io::Error::from)?;
        // Edge-triggered, so that interest in writing need not be told and untold for each large batch.
        let interest = epoll::EventFlags::IN | epoll::EventFlags::OUT | epoll::EventFlags::ET;
        for (at, connection) in connections.iter().enumerate() {
            connection.set_nonblocking()?;
            epoll::add(
                &epoll,
                connection,
                epoll::EventData::new_u64(at as u64),
                interest,
            )
            .map_err(std::io::Error::from)?;
        }
        Ok(Self {
            frames,
            epoll,
            connections,
            scratch: vec![0; SCRATCH],
            round_trips: Latency::new(),
        })
    }

    /// Sends the first batch on every connection.
    fn start(&mut self) -> Result<(), Failure> {
        for connection in &mut self.connections {
            connection.begin(self.frames)?;
        }
        Ok(())
    }

    /// Keeps the batches going for `length`; the number of replies that came.
    fn go_on(&mut self, length: Duration) -> Result<u64, Failure> {
        let begun = Instant::now();
        let mut events = Vec::with_capacity(EVENTS);
        let mut messages = 0;
        while begun.elapsed() < length {
            stop_if_interrupted()?;
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&TICK)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(std::io::Error::from(error).into()),
            }
            for event in &events {
                messages += self.serve(event.data.u64() as usize)? as u64;
            }
        }
        Ok(messages)
    }

    /// Writes what is left of a batch and reads what has come, until the socket has no more of either.
    fn serve(&mut self, at: usize) -> Result<usize, Failure> {
        let connection = &mut self.connections[at];
        connection.write(self.frames)?;
        let mut messages = 0;
        loop {
            let progress = connection.read(self.frames, &mut self.scratch)?;
            messages += progress.whole;
            if progress.whole > 0 && connection.is_answered() {
                self.round_trips.record(connection.age());
                connection.begin(self.frames)?;
            }
            // A short read has emptied the socket: the next byte is a new edge.
            if progress.bytes < self.scratch.len() {
                return Ok(messages);
            }
        }
    }
}
