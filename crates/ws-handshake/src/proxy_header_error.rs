use std::fmt;

use crate::excerpt::Excerpt;
use crate::proxy_header::ProxyHeader;

/// Why bytes are not the header of the PROXY protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyHeaderError {
    /// They begin like none.
    Absent {
        /// The first of them.
        seen: Excerpt,
    },
    /// Version 1: the line is malformed, or does not end where it must.
    Line {
        /// The line, or its beginning.
        seen: Excerpt,
    },
    /// Version 2: another version, or a command that is unassigned.
    Command {
        /// The byte that holds both.
        seen: u8,
    },
    /// Version 2: a family of addresses, or a transport, that is unassigned.
    Family {
        /// The byte that holds both.
        seen: u8,
    },
    /// Version 2: the header is longer than [`ProxyHeader::MAX_BINARY`].
    Length {
        /// Its length in all.
        seen: usize,
    },
    /// Version 2: there is no room for the addresses of the family.
    Addresses {
        /// The bytes that are there for them.
        seen: usize,
        /// The bytes that they take.
        least: usize,
    },
}

impl fmt::Display for ProxyHeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProxyHeaderError::Absent { seen } => {
                write!(
                    f,
                    "the first bytes are \"{seen}\", and must be a header of the PROXY protocol"
                )
            }
            ProxyHeaderError::Line { seen } => write!(
                f,
                "PROXY line is \"{seen}\", and must be PROXY, TCP4 or TCP6, two addresses and two ports, or \
                 UNKNOWN, in at most {} bytes with CRLF",
                ProxyHeader::MAX_LINE
            ),
            ProxyHeaderError::Command { seen } => {
                write!(
                    f,
                    "version and command of the PROXY header are {seen:#04x}, and must be 0x20 or 0x21"
                )
            }
            ProxyHeaderError::Family { seen } => write!(
                f,
                "family and transport of the PROXY header are {seen:#04x}, and must be 0x00, 0x11, 0x12, 0x21, \
                 0x22, 0x31 or 0x32"
            ),
            ProxyHeaderError::Length { seen } => {
                write!(
                    f,
                    "the PROXY header has {seen} bytes, and may have {}",
                    ProxyHeader::MAX_BINARY
                )
            }
            ProxyHeaderError::Addresses { seen, least } => {
                write!(
                    f,
                    "the addresses of the PROXY header have {seen} bytes, and must have {least}"
                )
            }
        }
    }
}

impl std::error::Error for ProxyHeaderError {}
