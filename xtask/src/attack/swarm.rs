//! Many sockets that do not ask to be served: they are silent, or dribble.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};

use crate::failure::Failure;
use crate::process::stop_if_interrupted;

/// A round of bytes is spread over so many steps of this length: a second.
const STEPS: usize = 100;
const STEP: Duration = Duration::from_millis(10);

/// How the status line of a refusal begins.
const TIMED_OUT: &[u8] = b"HTTP/1.1 408 ";

/// What each socket says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Speech {
    Nothing,
    /// A byte of this each second.
    Dribble(&'static [u8]),
}

/// Open sockets, until the server ends them.
pub(super) struct Swarm {
    epoll: OwnedFd,
    members: Vec<Option<Member>>,
    seen: Seen,
}

struct Member {
    socket: TcpStream,
    connected: Instant,
    told: Vec<u8>,
    said: usize,
}

/// What became of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) timed_out: usize,
    /// Ended without an answer.
    pub(super) dropped: usize,
    /// The shortest and the longest life.
    pub(super) shortest: Option<Duration>,
    pub(super) longest: Duration,
}

impl Swarm {
    pub(super) fn connect(address: SocketAddr, count: usize) -> Result<Self, Failure> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(io::Error::from)?;
        let mut members = Vec::with_capacity(count);
        for at in 0..count {
            stop_if_interrupted()?;
            let socket = TcpStream::connect(address)?;
            let connected = Instant::now();
            socket.set_nonblocking(true)?;
            socket.set_nodelay(true)?;
            let data = epoll::EventData::new_u64(at as u64);
            epoll::add(&epoll, &socket, data, epoll::EventFlags::IN).map_err(io::Error::from)?;
            members.push(Some(Member {
                socket,
                connected,
                told: Vec::new(),
                said: 0,
            }));
        }
        Ok(Self {
            epoll,
            members,
            seen: Seen::default(),
        })
    }

    /// Talks until all have been ended, or for so long.
    pub(super) fn talk(mut self, speech: Speech, limit: Duration) -> Result<Seen, Failure> {
        let begun = Instant::now();
        let mut events = Vec::with_capacity(1024);
        let mut step = 0;
        while begun.elapsed() < limit && self.members.iter().any(Option::is_some) {
            stop_if_interrupted()?;
            if begun.elapsed() >= STEP * step as u32 {
                self.say(speech, step % STEPS);
                step += 1;
            }
            self.listen(&mut events)?;
        }
        Ok(self.seen)
    }

    /// Each socket has its step in a second.
    fn say(&mut self, speech: Speech, step: usize) {
        let Speech::Dribble(bytes) = speech else {
            return;
        };
        for member in self.members.iter_mut().skip(step).step_by(STEPS).flatten() {
            let byte = bytes.get(member.said..=member.said).unwrap_or_default();
            // What a socket does not take any more, it will tell by its end.
            member.said += member.socket.write(byte).unwrap_or(0);
        }
    }

    fn listen(&mut self, events: &mut Vec<epoll::Event>) -> Result<(), Failure> {
        const TICK: Timespec = Timespec {
            tv_sec: 0,
            tv_nsec: 2_000_000,
        };
        events.clear();
        match epoll::wait(&self.epoll, spare_capacity(events), Some(&TICK)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(io::Error::from(error).into()),
        }
        for event in events {
            let member = &mut self.members[event.data.u64() as usize];
            if member.as_mut().is_some_and(Member::has_ended)
                && let Some(member) = member.take()
            {
                self.seen.count(&member);
            }
        }
        Ok(())
    }
}

impl Member {
    /// Reads what is there.
    fn has_ended(&mut self) -> bool {
        let mut buffer = [0; 1024];
        loop {
            match self.socket.read(&mut buffer) {
                Ok(0) => return true,
                Ok(length) => self.told.extend(&buffer[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
                Err(_) => return true,
            }
        }
    }
}

impl Seen {
    fn count(&mut self, member: &Member) {
        if member.told.starts_with(TIMED_OUT) {
            self.timed_out += 1;
        } else if member.told.is_empty() {
            self.dropped += 1;
        }
        let life = member.connected.elapsed();
        self.longest = self.longest.max(life);
        self.shortest = Some(self.shortest.map_or(life, |shortest| shortest.min(life)));
    }

    /// Ended in the way that the table asks for.
    pub(super) fn ended(&self) -> usize {
        self.timed_out + self.dropped
    }
}
