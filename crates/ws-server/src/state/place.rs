use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use ws_frame::CloseCode;
use ws_handler::{CloseInfo, Handle, Peer};

use super::{Open, Phase, State};
use crate::{
    admission::{Admission, Excess},
    prefix::Prefix,
};

/// Connections above a limit that are told so at a time; further ones are dropped unheard.
const REFUSED_AT_A_TIME: usize = 64;

impl State {
    /// A place for a new connection.
    ///
    /// # Errors
    ///
    /// When it is to be dropped at once.
    pub(crate) fn admit(self: &Arc<Self>, peer: Peer) -> Result<(Place, Admission), Excess> {
        let is_granted = take(&self.granted, self.max_connections);
        if !is_granted && !take(&self.refused, REFUSED_AT_A_TIME) {
            return Err(Excess::Full);
        }
        let mut place = Place {
            state: self.clone(),
            prefix: None,
            standing: match is_granted {
                true => Standing::Opening,
                false => Standing::Refused,
            },
        };
        let admission = match is_granted {
            true => place.count_for(peer)?,
            false => Admission::Refused(Excess::Full),
        };
        Ok((place, admission))
    }

    /// One connection less.
    fn give_back(&self, standing: Standing) {
        let counter = match standing {
            Standing::Opening | Standing::Answered | Standing::Open(_) => &self.granted,
            Standing::Refused => &self.refused,
        };
        counter.fetch_sub(1, Relaxed);
        if self.is_draining() {
            self.ended.send_replace(());
        }
    }
}

/// Whether there was one left.
fn take(counter: &AtomicUsize, limit: usize) -> bool {
    let more = |count| (count < limit).then_some(count + 1);
    counter.fetch_update(Relaxed, Relaxed, more).is_ok()
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Opening,
    /// Its handshake is over.
    Answered,
    /// With this key in the list. It has half a word, because an idle connection holds it.
    Open(u32),
    Refused,
}

/// The place of one connection in its server; it is free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    state: Arc<State>,
    /// What it counts for, once the address of its client is known.
    prefix: Option<Prefix>,
    standing: Standing,
}

impl Place {
    pub(crate) fn state(&self) -> &Arc<State> {
        &self.state
    }

    /// Counts the connection for this client, unless that is a proxy, whose client is not known yet, or it
    /// counts for one already.
    ///
    /// # Errors
    ///
    /// When it is to be dropped at once.
    pub(crate) fn count_for(&mut self, client: Peer) -> Result<Admission, Excess> {
        let census = &self.state.census;
        let proxies = self.state.config.trusted_proxies();
        if census.is_off() || self.prefix.is_some() || proxies.trusts(client) {
            return Ok(Admission::Granted);
        }
        let ip = client.addr().map(|addr| addr.ip());
        let Some(prefix) = ip.and_then(|ip| Prefix::of(ip, &census.limits)) else {
            return Ok(Admission::Granted);
        };
        let Err(excess) = census.enter(prefix) else {
            self.prefix = Some(prefix);
            return Ok(Admission::Granted);
        };
        if !take(&self.state.refused, REFUSED_AT_A_TIME) {
            return Err(excess);
        }
        self.state.give_back(self.standing);
        self.standing = Standing::Refused;
        Ok(Admission::Refused(excess))
    }

    /// The answer that opens it is about to leave: who has read it may come again at once.
    pub(crate) fn answered(&mut self) {
        if self.standing == Standing::Opening {
            self.standing = Standing::Answered;
            if let Some(prefix) = self.prefix {
                self.state.census.opened(prefix);
            }
        }
    }

    /// Makes an open connection known, so that a shutdown can close it.
    pub(crate) fn register(mut self, handle: &Handle) -> Seat {
        self.answered();
        let mut list = self.state.lock();
        let key = list.open.insert(Open {
            handle: handle.clone(),
            ended: false,
        });
        let key = u32::try_from(key).expect("fewer connections than bytes of memory");
        self.standing = Standing::Open(key);
        let is_late = self.state.is_draining();
        list.late += usize::from(is_late);
        drop(list);
        if is_late {
            self.state.close(handle);
        }
        Seat(self)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Standing::Open(key) = self.standing {
            self.state.lock().open.remove(key as usize);
        }
        self.answered();
        if let Some(prefix) = self.prefix {
            self.state.census.leave(prefix);
        }
        self.state.give_back(self.standing);
    }
}

/// An open connection in the list of its server; it leaves the list when dropped.
#[derive(Debug)]
pub(crate) struct Seat(Place);

impl Seat {
    /// The code that the shutdown closes with, if it has begun.
    pub(crate) fn shutdown_code(&self) -> Option<CloseCode> {
        let state = &self.0.state;
        state.is_draining().then(|| state.closes_with())
    }

    /// What `call` returns; `None` when the shutdown of the server is over before.
    pub(crate) async fn until_over<F: Future>(&self, call: F) -> Option<F::Output> {
        tokio::select! {
            biased;
            output = call => Some(output),
            () = self.0.state.reached(Phase::Over) => None,
        }
    }

    pub(crate) fn ended(&self, close: &CloseInfo) {
        let mut list = self.0.state.lock();
        if let Standing::Open(key) = self.0.standing {
            list.open[key as usize].ended = true;
        }
        list.endings.count(close);
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::{AddrLimits, drain::Drain};

    /// A client that has read the answer may be faster than the task that wrote it.
    #[test]
    fn a_handshake_is_over_before_its_answer_can_be_read() {
        let limits = AddrLimits::default().with_handshakes(1);
        let state = Arc::new(State::new(Arc::default(), 100, limits, Drain::default()));
        let peer = Peer::from(SocketAddr::from(([192, 0, 2, 1], 1)));
        let admit = || state.admit(peer).expect("it is told so at least");
        let (mut first, admission) = admit();
        assert_eq!(admission, Admission::Granted);
        assert_eq!(admit().1, Admission::Refused(Excess::Handshakes(1)));
        first.answered();
        first.answered();
        let (second, admission) = admit();
        assert_eq!(admission, Admission::Granted);
        drop(first);
        assert_eq!(admit().1, Admission::Refused(Excess::Handshakes(1)));
        drop(second);
        assert_eq!(admit().1, Admission::Granted);
        assert_eq!(state.connections(), 0);
    }
}
