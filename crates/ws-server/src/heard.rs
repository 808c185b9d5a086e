use ws_connection::{Event, Kinds};

/// What one read brought, until it is counted among what the server received.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) messages: Kinds,
    pub(crate) pings: u64,
    pub(crate) pongs: u64,
    pub(crate) closes: u64,
}

impl Heard {
    pub(crate) fn count_control(&mut self, event: &Event<'_>) {
        match event {
            Event::Message(_) => {}
            Event::Ping(_) => self.pings += 1,
            Event::Pong(_) => self.pongs += 1,
            Event::Close(_) => self.closes += 1,
        }
    }
}
