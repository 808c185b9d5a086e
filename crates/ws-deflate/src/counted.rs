use std::sync::Arc;

use ws_connection::{Encoder, Message};

use crate::{Traffic, Volume};

/// Counts what an encoder makes: a sender asks its own only for what it then queues.
#[derive(Debug)]
pub(crate) struct Counted<E> {
    encoder: E,
    traffic: Option<Arc<Traffic>>,
}

impl<E> Counted<E> {
    pub(crate) fn new(encoder: E, traffic: Option<Arc<Traffic>>) -> Self {
        Self { encoder, traffic }
    }
}

impl<E: Encoder> Encoder for Counted<E> {
    fn encode(&mut self, message: &Message<'_>) -> Option<Vec<u8>> {
        let payload = self.encoder.encode(message)?;
        if let Some(traffic) = &self.traffic {
            traffic.add_sent(Volume {
                plain: message.len() as u64,
                deflated: payload.len() as u64,
            });
        }
        Some(payload)
    }

    fn skip(&mut self) {
        self.encoder.skip();
    }
}
