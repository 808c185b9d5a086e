//! Peers that do nothing wrong: what an attack on somebody else costs them.

use std::io;
use std::mem;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::process::setpriority_process;

use super::verdict::{Amount, Verdict};
use crate::failure::Failure;
use crate::load::generator::connection::Connection;
use crate::load::generator::latency::Latency;
use crate::load::generator::{Check, Coding, Frames, Kind, Server};

const COUNT: usize = 100;

/// Each sends a message so often.
const EVERY: Duration = Duration::from_millis(100);

/// How long they are alone with the server: 3,000 round trips.
const ALONE: Duration = Duration::from_secs(3);

/// Under an attack their p99 may be twice what it was, or this: with two cores, of which the attacker has one and
/// shares it with the bystanders, a thread that has nothing else to do waits up to two ticks of the kernel of 4 ms for
/// its turn. Measured without an attack: 4 to 5 ms on a quiet machine, 6 ms beside a loop that only spins; 22 and 63 ms
/// beside the builds of others.
pub(super) const FLOOR: Duration = Duration::from_millis(10);

/// Attacks on a thread that lets the bystanders' go first, with whom it shares a core: what they wait for is then the
/// server, and not their turn behind the attacker.
pub(super) fn behind_others<T: Send>(
    attack: impl FnOnce() -> Result<T, Failure> + Send,
) -> Result<T, Failure> {
    const LAST: i32 = 19;
    thread::scope(|scope| {
        let attacker = scope.spawn(|| {
            // Of this thread only, on Linux.
            setpriority_process(None, LAST).map_err(io::Error::from)?;
            attack()
        });
        match attacker.join() {
            Ok(seen) => seen,
            Err(_) => Err(Failure::failed("the attacker's thread has panicked")),
        }
    })
}

/// Bystanders at work, on a thread of their own.
#[derive(Debug)]
pub(super) struct Bystanders {
    shared: Arc<Shared>,
    thread: JoinHandle<Result<(), Failure>>,
    alone: Duration,
}

#[derive(Debug)]
struct Shared {
    stop: AtomicBool,
    round_trips: Mutex<Latency>,
}

impl Shared {
    fn take(&self) -> Latency {
        let mut lock = self
            .round_trips
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        mem::replace(&mut lock, Latency::new())
    }

    fn record(&self, time: Duration) {
        let mut lock = self
            .round_trips
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        lock.record(time);
    }
}

impl Bystanders {
    /// Lets them talk to the server alone for a while; from then on what they see is what the attack does.
    pub(super) fn begin(server: &Server) -> Result<Self, Failure> {
        let frames = Frames::new(Kind::Binary, 64, 1, Coding::Plain);
        let talk = Talk::new(server, frames)?;
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            round_trips: Mutex::new(Latency::new()),
        });
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || talk.run(&theirs));
        thread::sleep(ALONE);
        let alone = shared.take().percentile(99);
        Ok(Self {
            shared,
            thread,
            alone,
        })
    }

    /// Adds their figures, and fails if one of them was not answered.
    pub(super) fn end(self, verdict: Verdict) -> Result<Verdict, Failure> {
        let (alone, seen) = self.waits()?;
        let allowed = FLOOR.max(alone * 2);
        Ok(verdict
            .told("bystanders' p99 before", Amount::Time(alone))
            .at_most("bystanders' p99", Amount::Time(seen), Amount::Time(allowed)))
    }

    /// The same where the table asks for no bound.
    pub(super) fn told(self, verdict: Verdict) -> Result<Verdict, Failure> {
        let (alone, seen) = self.waits()?;
        Ok(verdict
            .told("bystanders' p99 before", Amount::Time(alone))
            .told("bystanders' p99", Amount::Time(seen)))
    }

    /// Their p99 before the attack, and since it began.
    fn waits(self) -> Result<(Duration, Duration), Failure> {
        let seen = self.shared.take().percentile(99);
        self.shared.stop.store(true, Ordering::Relaxed);
        match self.thread.join() {
            Ok(ended) => ended?,
            Err(_) => return Err(Failure::failed("the bystanders' thread has panicked")),
        }
        Ok((self.alone, seen))
    }
}

/// The connections of the bystanders.
struct Talk {
    frames: Frames,
    epoll: OwnedFd,
    speakers: Vec<Speaker>,
}

struct Speaker {
    connection: Connection,
    /// When the next message is due.
    due: Instant,
    /// Since when the answer is waited for: from the moment that the message was due, if it had to wait for the one
    /// before, so that a server that stands still is not asked less often.
    since: Option<Instant>,
}

impl Talk {
    fn new(server: &Server, frames: Frames) -> Result<Self, Failure> {
        let connections = Connection::open_many(COUNT, server.address(), Check::Payload, &frames)?;
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(io::Error::from)?;
        let begun = Instant::now();
        let mut speakers = Vec::with_capacity(COUNT);
        for (at, connection) in connections.into_iter().enumerate() {
            connection.set_nonblocking()?;
            let data = epoll::EventData::new_u64(at as u64);
            epoll::add(&epoll, &connection, data, epoll::EventFlags::IN)
                .map_err(io::Error::from)?;
            speakers.push(Speaker {
                connection,
                due: begun + EVERY * at as u32 / COUNT as u32,
                since: None,
            });
        }
        Ok(Self {
            frames,
            epoll,
            speakers,
        })
    }

    fn run(mut self, shared: &Shared) -> Result<(), Failure> {
        const TICK: Timespec = Timespec {
            tv_sec: 0,
            tv_nsec: 500_000,
        };
        let mut events = Vec::with_capacity(COUNT);
        let mut scratch = vec![0; 4096];
        while !shared.stop.load(Ordering::Relaxed) {
            for speaker in &mut self.speakers {
                let now = Instant::now();
                if speaker.since.is_none() && speaker.due <= now {
                    speaker.speak(&self.frames, now)?;
                }
            }
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&TICK)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(io::Error::from(error).into()),
            }
            for event in &events {
                let speaker = &mut self.speakers[event.data.u64() as usize];
                speaker.listen(&self.frames, &mut scratch, shared)?;
            }
        }
        Ok(())
    }
}

impl Speaker {
    fn speak(&mut self, frames: &Frames, since: Instant) -> Result<(), Failure> {
        self.since = Some(since);
        self.due += EVERY;
        self.connection.begin(frames)
    }

    fn listen(
        &mut self,
        frames: &Frames,
        scratch: &mut [u8],
        shared: &Shared,
    ) -> Result<(), Failure> {
        let progress = self.connection.read(frames, scratch)?;
        let Some(since) = self
            .since
            .filter(|_| progress.whole > 0 && self.connection.is_answered())
        else {
            return Ok(());
        };
        shared.record(since.elapsed());
        self.since = None;
        let late = self.due;
        if late < Instant::now() {
            self.speak(frames, late)?;
        }
        Ok(())
    }
}
