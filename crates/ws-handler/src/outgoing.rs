use ws_connection::{Encoded, Message, Queued, SendError, SendOptions, Sender};
use ws_deflate::{PermessageDeflate, Volume};

/// A message on its way to its sender, deflated beforehand where that can be.
#[derive(Debug)]
pub(crate) struct Outgoing<'a> {
    message: Message<'a>,
    encoded: Option<Encoded>,
}

impl<'a> Outgoing<'a> {
    pub(crate) fn new(message: Message<'a>, encoded: Option<Encoded>) -> Self {
        Self { message, encoded }
    }

    /// Queues it; what was deflated for it is counted only then.
    pub(crate) fn send(
        self,
        sender: &mut Sender,
        deflate: Option<&PermessageDeflate>,
        options: SendOptions,
    ) -> Result<Queued, SendError<'a>> {
        let Self { message, encoded } = self;
        let Some(encoded) = encoded else {
            return sender.send_with(message, options);
        };
        let volume = Volume {
            plain: message.len() as u64,
            deflated: encoded.payload().len() as u64,
        };
        let queued = sender.send_encoded_with(message, encoded, options)?;
        if let Some(traffic) = deflate.and_then(PermessageDeflate::traffic) {
            traffic.add_sent(volume);
        }
        Ok(queued)
    }
}
