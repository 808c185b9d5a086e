use std::fmt;

use ws_frame::Rsv;

mod decoded;
mod decoder;
mod encoded;
mod encoder;
mod extension_error;

pub use self::{
    decoded::Decoded, decoder::Decoder, encoded::Encoded, encoder::Encoder,
    extension_error::ExtensionError,
};

/// An extension that carries the payload of messages in another form (RFC 6455 5.8, 9), as
/// permessage-deflate does; agreed on in the opening handshake.
///
/// It makes a half for each half of an endpoint:
/// [`Receiver::with_extension`](crate::Receiver::with_extension) and
/// [`Sender::with_extension`](crate::Sender::with_extension). The protocol stays theirs: frames,
/// fragments, control frames, limits and UTF-8 are looked after as without an extension.
///
/// ```
/// use std::time::Instant;
/// use bytes::Buf;
/// use ws_connection::{
///     Batch, Config, Decoded, Decoder, Encoder, Event, Extension, Message, ProtocolError,
///     Receiver, Sender,
/// };
/// use ws_frame::Rsv;
///
/// /// Turns every bit around.
/// #[derive(Debug)]
/// struct Inverted;
///
/// impl Extension for Inverted {
///     fn rsv(&self) -> Rsv {
///         Rsv::RSV2
///     }
///     fn decoder(&self) -> Box<dyn Decoder> {
///         Box::new(Inverted)
///     }
///     fn encoder(&self) -> Box<dyn Encoder> {
///         Box::new(Inverted)
///     }
/// }
///
/// impl Decoder for Inverted {
///     fn decode(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
///         let mut rest = piece;
///         while !rest.is_empty() {
///             output.fill(rest.len(), |room| {
///                 let len = room.len().min(rest.len());
///                 let (now, later) = rest.split_at(len);
///                 for (to, from) in room.iter_mut().zip(now) {
///                     *to = !from;
///                 }
///                 rest = later;
///                 Ok(len)
///             })?;
///         }
///         Ok(())
///     }
///     fn finish(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
///         self.decode(piece, output)
///     }
/// }
///
/// impl Encoder for Inverted {
///     fn encode(&mut self, message: &Message<'_>) -> Option<Vec<u8>> {
///         Some(message.as_bytes().iter().map(|byte| !byte).collect())
///     }
///     fn skip(&mut self) {}
/// }
///
/// let mut sender = Sender::server(Config::default()).with_extension(&Inverted);
/// sender.send("hi").expect("open");
/// let mut batch = Batch::default();
/// sender.transmit(Instant::now(), &mut batch);
/// assert_eq!(batch.chunk(), b"\xA1\x02\x97\x96");
///
/// let mut receiver = Receiver::client(Config::default()).with_extension(&Inverted);
/// let mut bytes = batch.chunk().to_vec();
/// match receiver.receive(&mut &mut bytes[..])? {
///     Some(Event::Message(message)) => assert_eq!(message.as_text(), Some("hi")),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), ProtocolError>(())
/// ```
pub trait Extension: fmt::Debug {
    /// The reserved bits that the first frame of a message has when its payload has the other
    /// form; one at least.
    fn rsv(&self) -> Rsv;

    /// What brings the payloads that are received back into their own form.
    fn decoder(&self) -> Box<dyn Decoder>;

    /// What brings the payloads that are sent into the other form.
    fn encoder(&self) -> Box<dyn Encoder>;
}
