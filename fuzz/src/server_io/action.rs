use std::time::Duration;

/// What a callback does beside echoing, or what somebody does through a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Nothing,
    /// Is pending so many times.
    Yield(u8),
    Sleep(Duration),
    /// Is pending for ever.
    Never,
    /// Sends so many bytes of text.
    Text(usize),
    /// Sends so many binary messages of 1,000 bytes.
    Flood(usize),
    /// Is pending once, then sends so many bytes.
    TextLater(usize),
    /// Sends a ping of so many bytes.
    Ping(usize),
    Close(u16),
    CloseWithoutStatus,
    Abort,
    /// Refuses the upgrade.
    Refuse,
}

impl Action {
    pub(super) fn new(byte: u8) -> Self {
        let n = byte >> 4;
        let many = usize::from(n);
        match byte & 0xF {
            1 | 2 => Self::Yield(n),
            3 => {
                let n = u32::from(n);
                Self::Sleep(Duration::from_millis(150) * n * n)
            }
            4 => Self::Never,
            5 => Self::Text(many),
            6 => Self::Text(many * 300),
            7 => Self::Flood(many),
            8 => Self::TextLater(many * 40),
            9 => Self::Ping(many * 8),
            10 => Self::Close(1000 + u16::from(n % 4)),
            11 => Self::CloseWithoutStatus,
            12 if n < 4 => Self::Abort,
            13 if n < 4 => Self::Refuse,
            _ => Self::Nothing,
        }
    }

    /// How long it takes by the clock, if it ends.
    pub(super) fn time(self) -> Duration {
        if let Self::Sleep(time) = self {
            return time;
        }
        Duration::ZERO
    }

    /// Whether it neither takes time nor ends the connection out of turn.
    pub(super) fn is_calm(self) -> bool {
        !matches!(self, Self::Sleep(_) | Self::Never | Self::Abort)
    }
}
