use std::{error::Error, fmt};

/// The peer took longer than it may, or the application did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Timeout {
    /// No byte came, not even after a ping ([`Config::pong_timeout`](crate::Config::pong_timeout)).
    Silence,
    /// Writing made no progress ([`Config::write_timeout`](crate::Config::write_timeout)).
    Write,
    /// The closing handshake did not end ([`Config::close_timeout`](crate::Config::close_timeout)).
    Close,
    /// The transport was not ended by the peer after the last byte of ours
    /// ([`Config::linger`](crate::Config::linger)).
    Linger,
    /// A callback stayed pending ([`Config::callback_timeout`](crate::Config::callback_timeout)).
    Callback,
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Timeout::Silence => "no byte came from the peer, not even after a ping",
            Timeout::Write => "the peer read nothing of what was written to it",
            Timeout::Close => "the closing handshake did not end in time",
            Timeout::Linger => "the peer did not end the transport after the closing handshake",
            Timeout::Callback => "a callback stayed pending for longer than it may",
        })
    }
}

impl Error for Timeout {}
