use std::{
    task::{Context, Poll, ready},
    time::Instant,
};

use crate::{
    Config,
    refusal::Refusal,
    state::{OpeningSeat, Place},
    timer::Timer,
    wire::now,
};

/// How long an opening handshake may go on: until its deadline, or until its server drains.
#[derive(Debug)]
pub(crate) struct Patience {
    /// In its server; `None` for a connection without one.
    pub(crate) place: Option<Place>,
    /// `None` is never.
    deadline: Option<Instant>,
    waiting: Option<Waiting>,
}

/// What wakes the task in time.
#[derive(Debug)]
enum Waiting {
    Server(OpeningSeat),
    Alone(Box<Timer>),
}

impl Patience {
    pub(crate) fn new(config: &Config, place: Option<Place>) -> Self {
        Self {
            place,
            deadline: now().checked_add(config.handshake_timeout()),
            waiting: None,
        }
    }

    /// Ready when it is over, with what the peer is told.
    pub(crate) fn poll_over(&mut self, cx: &mut Context<'_>, config: &Config) -> Poll<Refusal> {
        let now = now();
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            return Poll::Ready(Refusal::too_late(config.handshake_timeout()));
        }
        match (&mut self.waiting, &self.place) {
            (Some(Waiting::Server(seat)), _) if seat.register(cx) => Poll::Pending,
            (Some(Waiting::Server(_)), _) => Poll::Ready(Refusal::draining()),
            (Some(Waiting::Alone(timer)), _) => {
                ready!(timer.poll(cx, now, self.deadline));
                Poll::Ready(Refusal::too_late(config.handshake_timeout()))
            }
            (None, Some(place)) => {
                match OpeningSeat::take(place.state(), cx, self.deadline) {
                    Some(seat) => self.waiting = Some(Waiting::Server(seat)),
                    None => return Poll::Ready(Refusal::draining()),
                }
                Poll::Pending
            }
            (None, None) => {
                self.waiting = Some(Waiting::Alone(Box::default()));
                self.poll_over(cx, config)
            }
        }
    }
}
