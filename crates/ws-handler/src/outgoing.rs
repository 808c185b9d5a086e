use ws_connection::{Encoded, Message, SendError, Sender};
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
    ) -> Result<(), SendError<'a>> {
        let Self { message, encoded } = self;
        let Some(encoded) = encoded else {
            return sender.send(message);
        };
        let volume = Volume {
            plain: message.len() as u64,
            deflated: encoded.payload().len() as u64,
        };
        sender.send_encoded(message, encoded)?;
        if let Some(traffic) = deflate.and_then(PermessageDeflate::traffic) {
            traffic.add_sent(volume);
        }
        Ok(())
    }
}
