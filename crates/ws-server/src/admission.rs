use std::fmt;

use crate::counter::Counter;

/// Whether a connection that was accepted by the listener may become a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Granted,
    /// Its request is answered with 503.
    Refused(Excess),
}

/// Which limit holds a connection off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Excess {
    /// All places are taken.
    Full,
    /// Its address has so many connections, and may not have more.
    Connections(usize),
    /// The same of handshakes.
    Handshakes(usize),
}

impl Excess {
    /// Those that were to be told so.
    pub(crate) fn refused(self) -> Counter {
        match self {
            Self::Full => Counter::RefusedTotal,
            Self::Connections(_) | Self::Handshakes(_) => Counter::RefusedAddress,
        }
    }

    /// Those that were dropped unheard.
    pub(crate) fn dropped(self) -> Counter {
        match self {
            Self::Full => Counter::DroppedTotal,
            Self::Connections(_) | Self::Handshakes(_) => Counter::DroppedAddress,
        }
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (limit, what) = match self {
            Self::Full => {
                return f
                    .write_str("the server holds as many connections as it may: try again later");
            }
            Self::Connections(limit) => (limit, "connections"),
            Self::Handshakes(limit) => (limit, "handshakes"),
        };
        write!(
            f,
            "{limit} {what} of this address or its prefix are under way, at most {limit} are \
             allowed at the same time: try again later"
        )
    }
}
