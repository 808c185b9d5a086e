use std::{collections::VecDeque, io};

use super::{Record, ScriptedIo};

/// What the transport does at each call. Behind the last read step the peer is silent: reading stays pending and wakes
/// nobody. Behind the last write step everything is taken.
#[derive(Clone, Debug)]
pub struct Script {
    pub(super) reads: VecDeque<Read>,
    pub(super) writes: VecDeque<Write>,
    pub(super) write_limit: usize,
}

/// One step of reading.
#[derive(Clone, Debug)]
pub(super) enum Read {
    Bytes(Vec<u8>),
    /// Nothing yet, but the task is woken at once.
    Pending,
    Error(io::ErrorKind),
    /// The peer ended its direction; stays so.
    End,
}

/// One step of writing.
#[derive(Clone, Copy, Debug)]
pub(super) enum Write {
    /// One write takes at most so many bytes.
    Accept(usize),
    /// No room, but the task is woken at once.
    Pending,
    /// No room, and nobody is woken; stays so.
    Stall,
    /// Stays so.
    Error(io::ErrorKind),
}

impl Default for Script {
    fn default() -> Self {
        Self {
            reads: VecDeque::new(),
            writes: VecDeque::new(),
            write_limit: usize::MAX,
        }
    }
}

/// What is read.
impl Script {
    /// A silent peer that takes everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// These bytes come in one piece, in several reads if the buffer is smaller; none is no step at all.
    #[must_use]
    pub fn read(mut self, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref().to_vec();
        if !bytes.is_empty() {
            self.reads.push_back(Read::Bytes(bytes));
        }
        self
    }

    /// These bytes come in pieces of `size`.
    ///
    /// # Panics
    ///
    /// When `size` is 0.
    #[must_use]
    pub fn read_in_pieces(self, bytes: impl AsRef<[u8]>, size: usize) -> Self {
        bytes.as_ref().chunks(size).fold(self, Self::read)
    }

    /// One read finds nothing, and the task is woken at once.
    #[must_use]
    pub fn pending(mut self) -> Self {
        self.reads.push_back(Read::Pending);
        self
    }

    /// One read fails.
    #[must_use]
    pub fn read_error(mut self, kind: io::ErrorKind) -> Self {
        self.reads.push_back(Read::Error(kind));
        self
    }

    /// The peer ends its direction of the transport.
    #[must_use]
    pub fn end(mut self) -> Self {
        self.reads.push_back(Read::End);
        self
    }
}

/// What is written.
impl Script {
    /// The next write takes at most `bytes`.
    #[must_use]
    pub fn accept(mut self, bytes: usize) -> Self {
        self.writes.push_back(Write::Accept(bytes));
        self
    }

    /// The next write finds no room, and the task is woken at once.
    #[must_use]
    pub fn write_pending(mut self) -> Self {
        self.writes.push_back(Write::Pending);
        self
    }

    /// From here on nothing is taken any more, and nobody is woken.
    #[must_use]
    pub fn stall(mut self) -> Self {
        self.writes.push_back(Write::Stall);
        self
    }

    /// From here on every write fails.
    #[must_use]
    pub fn write_error(mut self, kind: io::ErrorKind) -> Self {
        self.writes.push_back(Write::Error(kind));
        self
    }

    /// No write ever takes more than `bytes`.
    ///
    /// # Panics
    ///
    /// When `bytes` is 0.
    #[must_use]
    pub fn writes_of_at_most(mut self, bytes: usize) -> Self {
        assert!(bytes > 0, "a write of nothing means the end of a transport");
        self.write_limit = bytes;
        self
    }

    /// The transport, and what is to be known of it afterwards.
    #[must_use]
    pub fn start(self) -> (ScriptedIo, Record) {
        let record = Record::default();
        (ScriptedIo::new(self, record.clone()), record)
    }
}
