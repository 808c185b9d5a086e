use std::{fmt, time::Duration};

use ws_connection::{ProtocolError, Role, Timeout};

use crate::naive::{Event, Frame};

/// What happened on both sides, and when.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    entries: Vec<Entry>,
}

/// One line of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The time since the beginning.
    pub at: Duration,
    /// Whom it happened to.
    pub who: Role,
    /// What it was.
    pub what: What,
}

/// What can happen to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The last byte of a frame went to the transport.
    Sent(Frame),
    /// The receiver told an event.
    Got(Event),
    /// The receiver told what the peer did wrong.
    Failed(ProtocolError),
    /// The sender told which limit the peer broke.
    TimedOut(Timeout),
    /// The endpoint ended its direction of the transport.
    Ended,
    /// The endpoint dropped the transport.
    Over,
}

impl Transcript {
    pub(super) fn push(&mut self, at: Duration, who: Role, what: What) {
        self.entries.push(Entry { at, who, what });
    }

    /// All of it.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// All of it as text, a line an entry.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.entries.iter().map(Entry::to_string).collect()
    }

    /// The frames that an endpoint has sent.
    pub fn sent_by(&self, role: Role) -> impl DoubleEndedIterator<Item = &Frame> {
        self.of(role).filter_map(|entry| match &entry.what {
            What::Sent(frame) => Some(frame),
            _ => None,
        })
    }

    /// The events that an endpoint was told.
    pub fn got_by(&self, role: Role) -> impl DoubleEndedIterator<Item = &Event> {
        self.of(role).filter_map(|entry| match &entry.what {
            What::Got(event) => Some(event),
            _ => None,
        })
    }

    /// When an endpoint ended its direction, dropped the transport, or whatever else it did, first.
    #[must_use]
    pub fn time_of(&self, role: Role, what: &What) -> Option<Duration> {
        let mut entries = self.of(role);
        entries
            .find(|entry| entry.what == *what)
            .map(|entry| entry.at)
    }

    fn of(&self, role: Role) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.who == role)
    }
}

/// ` 0.000 client sends text 'hi'`, the time in seconds.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.at.as_secs_f64();
        let who = match self.who {
            Role::Server => "server",
            Role::Client => "client",
        };
        write!(f, "{seconds:6.3} {who} ")?;
        match &self.what {
            What::Sent(frame) => write!(f, "sends {frame}"),
            What::Got(event) => write!(f, "gets {event}"),
            What::Failed(error) => write!(f, "fails {}: {error}", error.close_code()),
            What::TimedOut(timeout) => write!(f, "times out: {timeout:?}"),
            What::Ended => f.write_str("ends"),
            What::Over => f.write_str("is over"),
        }
    }
}
