use std::{
    task::{Context, Poll, ready},
    time::Instant,
};

use crate::{
    Config,
    refusal::Refusal,
    state::{DrainWatch, Place},
    timer::Timer,
    wire::now,
};

/// How long an opening handshake may go on: until its deadline, or until its server drains.
#[derive(Debug)]
pub(crate) struct Patience {
    /// In its server; `None` for a connection without one.
    pub(crate) place: Option<Place>,
    pub(crate) timer: Timer,
    /// `None` is never.
    deadline: Option<Instant>,
    watch: DrainWatch,
}

impl Patience {
    pub(crate) fn new(config: &Config, place: Option<Place>) -> Self {
        Self {
            place,
            timer: Timer::default(),
            deadline: now().checked_add(config.handshake_timeout()),
            watch: DrainWatch::default(),
        }
    }

    /// Ready when it is over, with what the peer is told.
    pub(crate) fn poll_over(&mut self, cx: &mut Context<'_>, config: &Config) -> Poll<Refusal> {
        if let Some(place) = &self.place
            && self.watch.poll_draining(place, cx).is_ready()
        {
            return Poll::Ready(Refusal::draining());
        }
        ready!(self.timer.poll(cx, now(), self.deadline));
        Poll::Ready(Refusal::too_late(config.handshake_timeout()))
    }
}
