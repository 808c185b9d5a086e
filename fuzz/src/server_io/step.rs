use std::{io::ErrorKind, time::Duration};

/// What one call of the transport does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Moves at most so many bytes.
    Move(usize),
    /// Is pending, and wakes the task at once.
    Yield,
    /// Is pending for so long; then the next step comes.
    Wait(Duration),
    /// Reads the end of the stream, or takes none of the bytes to be written.
    Nothing,
    /// Is pending for ever.
    Stall,
    /// Fails, and fails from then on.
    Break(ErrorKind),
}

impl Step {
    pub(super) fn new(byte: u8) -> Self {
        match byte {
            0 => Self::Move(usize::MAX),
            1..=0x8F => Self::Move(usize::from(byte)),
            0x90..=0x9F => Self::Move(usize::from(byte - 0x8F) * 1024),
            0xA0..=0xBF => Self::Yield,
            0xC0..=0xDF => {
                let n = u32::from(byte - 0xBF);
                Self::Wait(Duration::from_millis(50) * n * n)
            }
            0xE0..=0xE7 => Self::Nothing,
            0xE8..=0xEF => Self::Stall,
            0xF0..=0xF3 => Self::Break(ErrorKind::ConnectionReset),
            0xF4..=0xF7 => Self::Break(ErrorKind::BrokenPipe),
            0xF8..=0xFB => Self::Break(ErrorKind::TimedOut),
            0xFC..=0xFF => Self::Break(ErrorKind::UnexpectedEof),
        }
    }

    /// How long it keeps a healthy connection.
    pub(super) fn time(self) -> Duration {
        match self {
            Self::Wait(time) => time,
            Self::Move(_) | Self::Yield | Self::Nothing | Self::Stall | Self::Break(_) => {
                Duration::ZERO
            }
        }
    }

    /// Whether a peer that does no more than this loses nothing and no time passes.
    pub(super) fn is_calm(self) -> bool {
        matches!(self, Self::Move(_) | Self::Yield)
    }
}
