use bytes::BufMut;
use ws_connection::Receiver;

use super::{Event, Violation};

/// Everything an endpoint saw in a byte string, and what became of its connection. The naive receiver makes one, the
/// real one is observed, and the two must be the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The events, in order.
    pub events: Vec<Event>,
    /// What stands behind them.
    pub end: End,
}

/// What stands behind the last event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// More may come.
    Open,
    /// The peer's Close: nothing behind it counts.
    Closed,
    /// The connection fails: nothing behind it counts.
    Failed(Violation),
}

/// How bytes get to a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// In a buffer of the caller.
    Input,
    /// Into [`Receiver::payload_room`] when there is some, else as input.
    Room,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            events: Vec::new(),
            end: End::Open,
        }
    }
}

impl Run {
    /// What `receiver` makes of these pieces.
    ///
    /// # Panics
    ///
    /// When it leaves input over, or tells anything behind the end.
    pub fn observe<'a>(
        receiver: &mut Receiver,
        pieces: impl IntoIterator<Item = &'a [u8]>,
    ) -> Self {
        let mut run = Self::default();
        for piece in pieces {
            run.receive(receiver, &mut piece.to_vec());
        }
        run
    }

    /// What `receiver` makes of `bytes` when they come in these sizes and on these roads.
    ///
    /// # Panics
    ///
    /// When it leaves input over, offers room without end, or tells anything behind the end.
    pub fn observe_on_roads(
        receiver: &mut Receiver,
        bytes: &[u8],
        steps: impl IntoIterator<Item = (usize, Road)>,
    ) -> Self {
        let mut run = Self::default();
        let mut rest = bytes;
        for (size, road) in steps {
            if rest.is_empty() {
                break;
            }
            let used = match road {
                Road::Room => read_into_room(receiver, &rest[..size.min(rest.len())]),
                Road::Input => None,
            };
            if let Some(used) = used {
                rest = &rest[used..];
                run.receive(receiver, &mut []);
            } else {
                let (piece, after) = rest.split_at(size.min(rest.len()));
                rest = after;
                run.receive(receiver, &mut piece.to_vec());
            }
        }
        run
    }

    fn receive(&mut self, receiver: &mut Receiver, piece: &mut [u8]) {
        let mut input = piece;
        loop {
            let result = receiver.receive(&mut input);
            if let Ok(None) = result {
                break;
            }
            assert_eq!(self.end, End::Open, "{result:?} behind the end");
            match result {
                Ok(None) => {}
                Ok(Some(event)) => {
                    let event = Event::from(&event);
                    if matches!(event, Event::Close(_)) {
                        self.end = End::Closed;
                    }
                    self.events.push(event);
                }
                Err(error) => {
                    self.end = End::Failed(Violation::from(&error));
                    assert_eq!(
                        error.close_code().get(),
                        Violation::from(&error).close_code()
                    );
                }
            }
        }
        assert!(input.is_empty(), "{} bytes left over", input.len());
        assert_eq!(receiver.is_discarding(), self.end != End::Open);
    }
}

/// How many of `bytes` went into the room, if there is one.
fn read_into_room(receiver: &mut Receiver, bytes: &[u8]) -> Option<usize> {
    let mut room = receiver.payload_room()?;
    let len = room.remaining_mut().min(bytes.len());
    assert!(len > 0, "room for nothing");
    room.put_slice(&bytes[..len]);
    Some(len)
}
