//! A23: one slow reader among those to whom everything is sent.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::net::sockopt;

use crate::attack::bystanders::FLOOR;
use crate::attack::ground::Ground;
use crate::attack::peer::{BINARY, PING, PONG, Peer};
use crate::attack::table::Skip;
use crate::attack::verdict::{Amount, Verdict};
use crate::attack::watch::Watch;
use crate::failure::Failure;
use crate::load::generator::frames::{FIN, masked};
use crate::load::generator::latency::Latency;
use crate::process::stop_if_interrupted;

const LISTENERS: usize = 1000;

/// Bytes of a message, and of the frame in which it comes.
const PAYLOAD: usize = 4096;
const FRAME: usize = PAYLOAD + 4;

/// A ping of the keepalive.
const KEEPALIVE: usize = 6;

/// Between two messages: 200 kB/s for each, so that the kernel's buffers for the slow one are soon full.
const EVERY: Duration = Duration::from_millis(20);

/// What the slow one reads in a second.
const SLOW: usize = 1000;

/// So long the slow one is there, at most.
const PATIENCE: Duration = Duration::from_secs(60);

pub(in crate::attack) fn slow_reader(ground: &Ground) -> Result<Result<Verdict, Skip>, Failure> {
    let server = ground.broadcast()?;
    let mut audience = Audience::gather(server.address())?;
    let alone = audience.listen(|sent, _| sent < 250)?;
    let watch = Watch::begin(server.measured()?)?;
    let slow = Slow::come(server.address())?;
    let came = Instant::now();
    let mut dropped = None;
    let seen = audience.listen(|_, watch_now| {
        if watch_now && dropped.is_none() && came.elapsed() > Duration::from_secs(1) {
            let there = watch.more_descriptors().unwrap_or(usize::MAX);
            dropped = (there == 0).then(|| came.elapsed());
        }
        dropped.is_none() && came.elapsed() < PATIENCE
    })?;
    slow.leave();
    Ok(Ok(Verdict::default()
        .at_most(
            "the slow one dropped after",
            Amount::Time(dropped.unwrap_or(Duration::MAX)),
            Amount::Time(PATIENCE),
        )
        .at_least(
            "messages to each while it was there",
            Amount::count(seen.sent),
            Amount::count(100),
        )
        .exactly(
            "messages that others missed",
            Amount::count(seen.missed),
            Amount::count(0),
        )
        .told("the others' p99 before", Amount::Time(alone.p99))
        .at_most(
            "the others' p99",
            Amount::Time(seen.p99),
            Amount::Time(FLOOR.max(alone.p99 * 2)),
        )
        .told("memory, peak", watch.peak_growth()?)))
}

/// Those who read all that they are sent. The first of them has it sent.
struct Audience {
    epoll: OwnedFd,
    listeners: Vec<Listener>,
    /// When each message left.
    sent: Vec<Instant>,
}

struct Listener {
    socket: TcpStream,
    unread: Vec<u8>,
    heard: usize,
}

/// What a row of messages was like.
struct Heard {
    sent: usize,
    missed: usize,
    p99: Duration,
}

impl Audience {
    fn gather(address: SocketAddr) -> Result<Self, Failure> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(io::Error::from)?;
        let mut listeners = Vec::with_capacity(LISTENERS);
        for at in 0..LISTENERS {
            stop_if_interrupted()?;
            let socket = Peer::open(address)?.socket().try_clone()?;
            socket.set_nonblocking(true)?;
            let data = epoll::EventData::new_u64(at as u64);
            epoll::add(&epoll, &socket, data, epoll::EventFlags::IN).map_err(io::Error::from)?;
            listeners.push(Listener {
                socket,
                unread: Vec::new(),
                heard: 0,
            });
        }
        Ok(Self {
            epoll,
            listeners,
            sent: Vec::new(),
        })
    }

    /// Has messages sent while there are to be more, who is asked with their number, and whether it is time to look;
    /// then waits for the last to come.
    fn listen(&mut self, mut more: impl FnMut(usize, bool) -> bool) -> Result<Heard, Failure> {
        let first = self.sent.len();
        let mut latency = Latency::new();
        let mut due = Instant::now();
        while more(self.sent.len() - first, self.sent.len().is_multiple_of(5)) {
            stop_if_interrupted()?;
            self.send()?;
            due += EVERY;
            self.hear_until(due, &mut latency)?;
        }
        let all = self.sent.len();
        let patience = Instant::now() + Duration::from_secs(5);
        while self.missed(all) > 0 && Instant::now() < patience {
            self.hear_until(Instant::now() + EVERY, &mut latency)?;
        }
        Ok(Heard {
            sent: all - first,
            missed: self.missed(all),
            p99: latency.percentile(99),
        })
    }

    fn missed(&self, all: usize) -> usize {
        let listeners = self.listeners.iter();
        listeners.map(|listener| all - listener.heard).sum()
    }

    fn send(&mut self) -> Result<(), Failure> {
        let mut payload = vec![7; PAYLOAD];
        payload[..8].copy_from_slice(&(self.sent.len() as u64).to_be_bytes());
        self.sent.push(Instant::now());
        let frame = masked(FIN | BINARY, &payload);
        // It fits in what the kernel holds: the one before has been given to all by now, or the row has failed.
        self.listeners[0].socket.write_all(&frame)?;
        Ok(())
    }

    fn hear_until(&mut self, until: Instant, latency: &mut Latency) -> Result<(), Failure> {
        let mut events = Vec::with_capacity(LISTENERS);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            let wait = Timespec {
                tv_sec: 0,
                tv_nsec: i64::from(left.subsec_nanos()),
            };
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&wait)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(io::Error::from(error).into()),
            }
            for event in &events {
                let at = event.data.u64() as usize;
                self.listeners[at].hear(&self.sent, latency)?;
            }
        }
    }
}

impl Listener {
    /// Reads what is there; each message has to be the one behind the last.
    fn hear(&mut self, sent: &[Instant], latency: &mut Latency) -> Result<(), Failure> {
        let mut buffer = [0; 16 << 10];
        match self.socket.read(&mut buffer) {
            Ok(0) => return Err(Failure::failed("one who reads all was dropped")),
            Ok(length) => self.unread.extend_from_slice(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
        let mut taken = 0;
        loop {
            let rest = &self.unread[taken..];
            if rest.starts_with(&[FIN | PING, 4]) && rest.len() >= KEEPALIVE {
                self.socket
                    .write_all(&masked(FIN | PONG, &rest[2..KEEPALIVE]))?;
                taken += KEEPALIVE;
                continue;
            }
            let Some(frame) = rest.get(..FRAME) else {
                break;
            };
            let number = (self.heard as u64).to_be_bytes();
            let header = [FIN | BINARY, 126, (PAYLOAD >> 8) as u8, PAYLOAD as u8];
            if frame[..4] != header || frame[4..12] != number {
                let seen = &frame[..12];
                return Err(Failure::failed(format!(
                    "instead of message {} came {seen:02x?}",
                    self.heard
                )));
            }
            latency.record(sent[self.heard].elapsed());
            self.heard += 1;
            taken += FRAME;
        }
        self.unread.drain(..taken);
        Ok(())
    }
}

/// Reads a kilobyte a second, on a thread of its own.
struct Slow {
    leaves: Arc<AtomicBool>,
}

impl Slow {
    fn come(address: SocketAddr) -> Result<Self, Failure> {
        let mut socket = Peer::open(address)?.socket().try_clone()?;
        // What the kernel holds for it is read by nobody.
        sockopt::set_socket_recv_buffer_size(&socket, 4096).map_err(io::Error::from)?;
        let leaves = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&leaves);
        thread::spawn(move || {
            let mut buffer = [0; SLOW];
            while !told.load(Ordering::Relaxed)
                && socket.read(&mut buffer).is_ok_and(|read| read > 0)
            {
                thread::sleep(Duration::from_secs(1));
            }
        });
        Ok(Self { leaves })
    }

    fn leave(self) {
        self.leaves.store(true, Ordering::Relaxed);
    }
}
