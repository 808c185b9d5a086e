//! What a driver with one lazily re-armed timer relies on (R9).

use std::time::Duration;

use bytes::Buf;
use proptest::{collection::vec, prelude::*};
use ws_connection::{Batch, Config, Event, Sender};
use ws_testing::pair::Clock;

use crate::times::{millis, seconds};

/// Plain traffic, written at once but for what is stuck until something else happens.
#[derive(Clone, Debug)]
enum Traffic {
    Wait(u64),
    Stuck(usize),
    Read,
    Message,
    Send(usize),
    Ping,
    Pong,
}

fn traffic() -> impl Strategy<Value = Traffic> {
    prop_oneof![
        (0_u64..12_000).prop_map(Traffic::Wait),
        (0_usize..600_000).prop_map(Traffic::Stuck),
        Just(Traffic::Read),
        Just(Traffic::Message),
        (0_usize..600_000).prop_map(Traffic::Send),
        Just(Traffic::Ping),
        Just(Traffic::Pong),
    ]
}

struct Driver {
    sender: Sender,
    batch: Batch,
    clock: Clock,
}

impl Driver {
    fn new(config: Config) -> Self {
        let mut driver = Self {
            sender: Sender::server(config),
            batch: Batch::default(),
            clock: Clock::new(),
        };
        driver.write();
        driver
    }

    fn write(&mut self) {
        loop {
            self.sender.transmit(self.clock.now(), &mut self.batch);
            match self.batch.remaining() {
                0 => return,
                len => self.batch.advance(len),
            }
        }
    }

    fn happen(&mut self, traffic: &Traffic) {
        let now = self.clock.now();
        match traffic {
            Traffic::Wait(wait) => return self.clock.advance(millis(*wait)),
            Traffic::Stuck(len) => {
                self.sender.send(vec![7; *len]).expect("open");
                return self.sender.transmit(now, &mut self.batch);
            }
            Traffic::Read => self.sender.handle_read(now),
            Traffic::Message => {
                self.sender.handle_read(now);
                self.sender.send("echo").expect("open");
            }
            Traffic::Send(len) => self.sender.send(vec![7; *len]).expect("open"),
            Traffic::Ping => {
                self.sender.handle_read(now);
                self.sender.on_event(now, &Event::Ping(b"?"));
            }
            Traffic::Pong => {
                self.sender.handle_read(now);
                self.sender
                    .on_event(now, &Event::Pong(&1_u32.to_be_bytes()));
            }
        }
        self.write();
    }
}

proptest! {
    /// So a timer that was armed once need not be armed earlier, only later when it fires.
    #[test]
    fn plain_traffic_never_brings_the_deadline_nearer(traffic in vec(traffic(), 1..80)) {
        let mut driver = Driver::new(Config::default());
        let mut armed = driver.sender.poll_timeout().expect("the keepalive runs");
        for traffic in traffic {
            driver.happen(&traffic);
            while driver.clock.now() >= armed {
                let timeout = driver.sender.handle_timeout(driver.clock.now());
                if timeout.is_some() {
                    return Ok(());
                }
                driver.write();
                let next = driver.sender.poll_timeout().expect("the keepalive runs");
                prop_assert!(next > driver.clock.now());
                armed = next;
            }
            prop_assert!(driver.sender.poll_timeout().expect("the keepalive runs") >= armed);
        }
    }

    /// A timer that fires early finds nothing to do, and what it finds later is the same.
    #[test]
    fn coming_early_does_no_harm(waits in vec(0_u64..3_000, 1..60)) {
        let mut eager = Driver::new(Config::default());
        let deadline = eager.sender.poll_timeout();
        for wait in waits {
            if deadline.is_some_and(|at| eager.clock.now() + millis(wait) >= at) {
                break;
            }
            eager.clock.advance(millis(wait));
            prop_assert_eq!(eager.sender.handle_timeout(eager.clock.now()), None);
            eager.write();
            prop_assert_eq!(eager.sender.poll_timeout(), deadline);
        }
    }
}

#[test]
fn no_timer_runs_before_the_first_transmit() {
    let sender = Sender::server(Config::default());
    assert_eq!(sender.poll_timeout(), None);
}

#[test]
fn the_first_transmit_starts_the_keepalive() {
    let driver = Driver::new(Config::default());
    let expected = driver.clock.now() + seconds(25);
    assert_eq!(driver.sender.poll_timeout(), Some(expected));
}

/// The wake-ups of an idle connection, each at its own deadline.
#[test]
fn an_idle_connection_wakes_at_25_45_and_46_5_seconds() {
    let mut driver = Driver::new(Config::default());
    let mut wakes = Vec::new();
    while let Some(at) = driver.sender.poll_timeout() {
        let wait = at - driver.clock.now();
        assert!(wait > Duration::ZERO);
        driver.clock.advance(wait);
        wakes.push(driver.clock.elapsed().as_secs_f64());
        driver.sender.handle_timeout(at);
        driver.write();
    }
    assert_eq!(wakes, [25.0, 45.0, 46.5]);
    assert!(driver.sender.is_over());
}

#[test]
fn a_pause_stops_the_keepalive_and_a_read_or_a_resume_starts_it_anew() {
    let mut driver = Driver::new(Config::default());
    driver.sender.pause_reading(driver.clock.now());
    assert_eq!(driver.sender.poll_timeout(), None);
    driver.clock.advance(seconds(100));
    let now = driver.clock.now();
    assert_eq!(driver.sender.handle_timeout(now), None);
    driver.sender.resume_reading(now);
    assert_eq!(driver.sender.poll_timeout(), Some(now + seconds(25)));
    driver.sender.pause_reading(driver.clock.now());
    driver.sender.handle_read(now + seconds(1));
    assert_eq!(driver.sender.poll_timeout(), Some(now + seconds(26)));
}

/// Resuming what was not paused must not pass for a sign of life.
#[test]
fn a_resume_without_a_pause_changes_nothing() {
    let mut driver = Driver::new(Config::default());
    let deadline = driver.sender.poll_timeout();
    driver.clock.advance(seconds(10));
    driver.sender.resume_reading(driver.clock.now());
    assert_eq!(driver.sender.poll_timeout(), deadline);
}

/// While reading is paused only a stalled write is watched: the deadline then comes out of nothing, and a driver has
/// to arm its timer again.
#[test]
fn a_stalled_write_is_watched_while_reading_is_paused() {
    let mut driver = Driver::new(Config::default());
    driver.sender.pause_reading(driver.clock.now());
    driver.sender.send("stuck").expect("open");
    driver
        .sender
        .transmit(driver.clock.now(), &mut driver.batch);
    let expected = driver.clock.now() + seconds(30);
    assert_eq!(driver.sender.poll_timeout(), Some(expected));
}

/// "Never" is a legal setting, and no moment that a clock can name.
#[test]
fn times_without_end_are_no_deadlines() {
    let config = Config::default()
        .with_ping_interval(Some(Duration::MAX))
        .with_pong_timeout(Duration::MAX)
        .with_write_timeout(Duration::MAX)
        .with_close_timeout(Duration::MAX)
        .with_linger(Duration::MAX);
    let mut driver = Driver::new(config);
    assert_eq!(driver.sender.poll_timeout(), None);
    driver.sender.send("stuck").expect("open");
    let now = driver.clock.now();
    driver.sender.transmit(now, &mut driver.batch);
    assert_eq!(driver.sender.poll_timeout(), None);
    driver.write();
    driver.sender.close(None);
    driver.write();
    assert_eq!(driver.sender.poll_timeout(), None);
    driver.sender.on_event(now, &Event::Close(None));
    driver.write();
    assert_eq!(driver.sender.poll_timeout(), None);
    assert_eq!(driver.sender.handle_timeout(now + seconds(1 << 30)), None);
    assert!(driver.sender.is_done() && !driver.sender.is_over());
}
