use arbitrary::Arbitrary;
use ws_handshake::Limits;

/// The limits of a head, taken from two bytes of an input: 0 stands for the default, anything else for a limit that a
/// short head does reach.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) struct HeadLimits {
    head: u8,
    headers: u8,
}

impl HeadLimits {
    pub(super) fn limits(self) -> Limits {
        let mut limits = Limits::default();
        if self.head > 0 {
            limits = limits.with_max_head(8 * usize::from(self.head));
        }
        if self.headers > 0 {
            limits = limits.with_max_headers(usize::from(self.headers));
        }
        limits
    }
}
