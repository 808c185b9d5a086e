use std::ops::Sub;

use ws_handler::{Cause, CloseInfo};

/// How many connections have ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Endings {
    pub(crate) clean: usize,
    pub(crate) timed_out: usize,
    pub(crate) lost: usize,
    pub(crate) failed: usize,
}

impl Endings {
    pub(crate) fn count(&mut self, close: &CloseInfo) {
        let counter = match close.cause() {
            _ if close.is_clean() => &mut self.clean,
            Cause::Timeout(_) => &mut self.timed_out,
            Cause::Protocol(_) | Cause::Limit(_) | Cause::Panic(_) | Cause::Abort => {
                &mut self.failed
            }
            // Somebody may have said a Close, and the transport ended before the answer.
            _ => &mut self.lost,
        };
        *counter += 1;
    }
}

impl Sub for Endings {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            clean: self.clean - before.clean,
            timed_out: self.timed_out - before.timed_out,
            lost: self.lost - before.lost,
            failed: self.failed - before.failed,
        }
    }
}
