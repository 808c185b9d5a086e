use std::time::{Duration, Instant};

use ws_connection::{Config, Role};

use super::{Clock, Endpoint, Transcript};

/// More than any test needs: a pair that never comes to rest is broken.
const STEPS: usize = 10_000_000;

/// A server and a client, joined; see the [module](super).
#[derive(Debug)]
pub struct Pair {
    /// The server's end.
    pub server: Endpoint,
    /// The client's end.
    pub client: Endpoint,
    clock: Clock,
    transcript: Transcript,
}

impl Pair {
    /// Two endpoints with the same limits and times.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self::with_configs(config.clone(), config)
    }

    /// Two endpoints with limits and times of their own.
    #[must_use]
    pub fn with_configs(server: Config, client: Config) -> Self {
        Self {
            server: Endpoint::new(Role::Server, server),
            client: Endpoint::new(Role::Client, client),
            clock: Clock::new(),
            transcript: Transcript::default(),
        }
    }

    /// The end of this role.
    #[must_use]
    pub fn end(&mut self, role: Role) -> &mut Endpoint {
        match role {
            Role::Server => &mut self.server,
            Role::Client => &mut self.client,
        }
    }

    /// The time, as both ends are told it.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The time since the beginning.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// What happened so far.
    #[must_use]
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// Forgets what happened so far.
    pub fn clear_transcript(&mut self) {
        self.transcript = Transcript::default();
    }

    /// Nothing arrives on either side any more: a cable was pulled.
    pub fn drop_link(&mut self) {
        self.server.inbound.hold();
        self.client.inbound.hold();
    }

    /// Both ends write what they can, then both read one piece; `true` when anything moved.
    pub fn step(&mut self) -> bool {
        let Self {
            server,
            client,
            clock,
            transcript,
        } = self;
        let wrote = [
            server.write(clock, &mut client.inbound, transcript),
            client.write(clock, &mut server.inbound, transcript),
        ];
        let read = [
            server.read(clock, transcript),
            client.read(clock, transcript),
        ];
        wrote.contains(&true) || read.contains(&true)
    }

    /// Steps until nothing moves, while the clock stands.
    ///
    /// # Panics
    ///
    /// When that does not end.
    pub fn settle(&mut self) {
        let rests = (0..STEPS).any(|_| !self.step());
        assert!(rests, "the pair never comes to rest");
    }

    /// Lets time pass: everything is delivered, and every timeout handled at its moment.
    ///
    /// # Panics
    ///
    /// When an endpoint wants to be woken in the past.
    pub fn advance(&mut self, by: Duration) {
        let until = self.clock.elapsed() + by;
        self.settle();
        while let Some(due) = self.next_due().filter(|due| *due <= until) {
            let wait = due.checked_sub(self.clock.elapsed());
            self.clock.advance(wait.expect("due in the past"));
            self.server
                .handle_timeout(&self.clock, &mut self.transcript);
            self.client
                .handle_timeout(&self.clock, &mut self.transcript);
            self.settle();
        }
        self.clock.advance(until - self.clock.elapsed());
    }

    fn next_due(&self) -> Option<Duration> {
        let due = [self.server.due(), self.client.due()];
        due.into_iter().flatten().map(|at| self.clock.at(at)).min()
    }
}
