use std::mem;

use crate::Config;

/// Where the bytes that wait to be written stand between their two marks.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// From the high-water mark on, until the low-water mark.
    congested: bool,
    drained: bool,
}

impl Marks {
    /// More waits: so many bytes now.
    #[inline]
    pub(crate) fn rise(&mut self, queued: usize, config: &Config) {
        if queued >= config.high_water() {
            self.congested = true;
        }
    }

    /// Less waits, maybe. Ends the congestion at the low-water mark.
    #[inline]
    pub(crate) fn fall(&mut self, queued: usize, config: &Config) {
        if self.congested && queued <= config.low_water() {
            self.congested = false;
            self.drained = true;
        }
    }

    pub(crate) fn take_drained(&mut self) -> bool {
        mem::take(&mut self.drained)
    }

    pub(crate) fn is_congested(&self) -> bool {
        self.congested
    }
}
