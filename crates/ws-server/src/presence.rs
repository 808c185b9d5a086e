use crate::Metrics;

/// Where a connection stands, for who counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Handshake,
    Open,
    Closing,
}

impl Standing {
    pub(crate) const COUNT: usize = Self::Closing as usize + 1;
}

/// A connection in its opening handshake is counted as such until this is dropped.
#[derive(Debug)]
pub(crate) struct Arriving(Metrics);

/// The same of an open connection.
#[derive(Debug)]
pub(crate) struct Present(Metrics);

/// The same of one that says its last word, be it a Close or a refusal, or waits for the peer's.
#[derive(Debug)]
pub(crate) struct Leaving(Metrics);

impl Arriving {
    pub(crate) fn new(metrics: &Metrics) -> Self {
        metrics.shard().enter(Standing::Handshake);
        Self(metrics.clone())
    }

    pub(crate) fn open(self) -> Present {
        self.0.shard().enter(Standing::Open);
        Present(self.0.clone())
    }

    pub(crate) fn leave(self) -> Leaving {
        Leaving::new(&self.0)
    }
}

impl Present {
    #[inline]
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0
    }

    pub(crate) fn leave(self) -> Leaving {
        Leaving::new(&self.0)
    }
}

impl Leaving {
    fn new(metrics: &Metrics) -> Self {
        metrics.shard().enter(Standing::Closing);
        Self(metrics.clone())
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.0.shard().leave(Standing::Handshake);
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.shard().leave(Standing::Open);
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.shard().leave(Standing::Closing);
    }
}
