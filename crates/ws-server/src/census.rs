use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{AddrLimits, admission::Excess, prefix::Prefix};

/// With fewer entries the map keeps its room.
const KEEP: usize = 64;

/// How many connections and handshakes each client address has; an entry exists only while it has any.
#[derive(Debug)]
pub(crate) struct Census {
    pub(crate) limits: AddrLimits,
    connections: usize,
    handshakes: usize,
    counts: Mutex<HashMap<Prefix, Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    connections: usize,
    handshakes: usize,
}

impl Census {
    /// Of a server with so many connections.
    pub(crate) fn new(limits: AddrLimits, max_connections: usize) -> Self {
        Self {
            limits,
            connections: limits.connections(max_connections).unwrap_or(usize::MAX),
            handshakes: limits.handshakes(max_connections).unwrap_or(usize::MAX),
            counts: Mutex::default(),
        }
    }

    /// Nothing need be counted.
    pub(crate) fn is_off(&self) -> bool {
        self.connections == usize::MAX && self.handshakes == usize::MAX
    }

    /// Counts a connection of which the handshake is under way, if one more may be.
    pub(crate) fn enter(&self, prefix: Prefix) -> Result<(), Excess> {
        let mut all = self.lock();
        let (connections, handshakes) = all
            .get(&prefix)
            .map_or((0, 0), |counts| (counts.connections, counts.handshakes));
        if connections >= self.connections {
            return Err(Excess::Connections(self.connections));
        }
        if handshakes >= self.handshakes {
            return Err(Excess::Handshakes(self.handshakes));
        }
        let counts = all.entry(prefix).or_default();
        counts.connections += 1;
        counts.handshakes += 1;
        Ok(())
    }

    /// The handshake of a connection is over, and it is open.
    pub(crate) fn opened(&self, prefix: Prefix) {
        if let Some(counts) = self.lock().get_mut(&prefix) {
            counts.handshakes -= 1;
        }
    }

    /// A connection is gone that was open.
    pub(crate) fn leave(&self, prefix: Prefix) {
        let mut all = self.lock();
        if let Some(counts) = all.get_mut(&prefix) {
            counts.connections -= 1;
            if counts.connections == 0 {
                all.remove(&prefix);
            }
        }
        // Seldom, because as many entries have to go before the next time.
        if all.capacity() > KEEP && all.len() < all.capacity() / 4 {
            let room = all.len() * 2;
            all.shrink_to(room);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Prefix, Counts>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn prefix(number: u32) -> Prefix {
        let ip = IpAddr::V4(Ipv4Addr::from_bits(number));
        Prefix::of(ip, &AddrLimits::default()).expect("no broadcast")
    }

    #[test]
    fn half_of_all_connections_may_be_of_one_address_by_default() {
        for (all, half) in [(0, 0), (1, 1), (2, 1), (3, 2), (65_536, 32_768)] {
            let census = Census::new(AddrLimits::default(), all);
            for _ in 0..half {
                assert_eq!(census.enter(prefix(1)), Ok(()));
            }
            let excess = Err(Excess::Connections(half));
            assert_eq!(census.enter(prefix(1)), excess);
        }
    }

    #[test]
    fn handshakes_are_counted_apart() {
        let limits = AddrLimits::default().with_connections(3).with_handshakes(1);
        let census = Census::new(limits, 100);
        for _ in 0..3 {
            assert_eq!(census.enter(prefix(1)), Ok(()));
            assert!(census.enter(prefix(1)).is_err());
            assert_eq!(census.enter(prefix(2)), Ok(()));
            census.opened(prefix(2));
            census.opened(prefix(1));
        }
        assert_eq!(census.enter(prefix(1)), Err(Excess::Connections(3)));
        census.leave(prefix(1));
        assert_eq!(census.enter(prefix(1)), Ok(()));
        assert_eq!(census.enter(prefix(1)), Err(Excess::Connections(3)));
    }

    #[test]
    fn a_limit_that_is_off_holds_nobody_off() {
        let limits = AddrLimits::default().with_connections(None);
        let census = Census::new(limits, 4);
        for _ in 0..100 {
            assert_eq!(census.enter(prefix(1)), Ok(()));
            census.opened(prefix(1));
        }
        assert!(!census.is_off());
        assert!(Census::new(limits.with_handshakes(None), 4).is_off());
    }

    #[test]
    fn a_hundred_thousand_prefixes_leave_nothing_behind() {
        let census = Census::new(AddrLimits::default(), 2);
        for number in 0..100_000 {
            assert_eq!(census.enter(prefix(number)), Ok(()));
        }
        assert!(census.lock().capacity() >= 100_000);
        for number in 0..100_000 {
            census.opened(prefix(number));
            census.leave(prefix(number));
        }
        let counts = census.lock();
        assert!(counts.is_empty());
        assert!(counts.capacity() <= KEEP, "{}", counts.capacity());
    }
}
