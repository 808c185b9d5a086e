use std::fmt;

use crate::{Decoded, ProtocolError};

/// The receiving half of an [`Extension`](crate::Extension).
pub trait Decoder: fmt::Debug + Send {
    /// Decodes a piece of a message that is not the last, unmasked and in order, wherever fragments
    /// begin and end. It may also keep it until more has come.
    ///
    /// # Errors
    ///
    /// What is wrong with it, most often an [`ExtensionError`](crate::ExtensionError); the
    /// connection fails.
    fn decode(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError>;

    /// Decodes the last piece of a message, or the whole of one that came at once; it may be empty.
    /// What comes next is another message.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or that it cannot be the end.
    fn finish(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError>;
}
