use std::sync::{Arc, OnceLock};

use ws_connection::{Encoded, Message};

use crate::{Deflate, Deflater, WindowBits};

/// A message that is sent to many: it is deflated once, and not once for each connection.
///
/// It is deflated when the first connection needs it, without reference to other messages, so every
/// connection may send it, with context takeover or without; once for each size of window
/// that was agreed on, of which there are eight and mostly one. Clones are the same message.
///
/// With context takeover a connection pays for it: the compressor, of whose window such a message
/// is no part, forgets all, and the connection's next own message is deflated as if it were the first.
///
/// ```
/// use ws_deflate::{Prepared, WindowBits};
///
/// let prices = Prepared::new("[1,1,1,1,1,1,1,1]".repeat(100));
/// let small = prices.encoded(WindowBits::MAX).expect("it becomes shorter");
/// assert!(small.payload().len() < 50);
/// assert_eq!(prices.message().len(), 1700);
/// ```
#[derive(Clone, Debug)]
pub struct Prepared {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    message: Message<'static>,
    settings: Deflate,
    /// By the size of the window.
    encoded: [OnceLock<Option<Encoded>>; SIZES],
}

/// How many sizes a window can have.
const SIZES: usize = (WindowBits::MAX.get() - WindowBits::MIN.get()) as usize + 1;

impl Prepared {
    /// A message to be sent to many, deflated with the default settings, whatever those of the
    /// connections are.
    #[must_use]
    pub fn new(message: impl Into<Message<'static>>) -> Self {
        Self::with_settings(message, &Deflate::default())
    }

    /// The same, deflated with the level, the memory level and the threshold of these settings: those
    /// of the server, for example.
    ///
    /// ```
    /// use ws_deflate::{Deflate, Prepared, WindowBits};
    ///
    /// let settings = Deflate::default().with_level(9).with_threshold(20);
    /// let short = Prepared::with_settings("tick, tick, tick, tick", &settings);
    /// assert!(short.encoded(WindowBits::MAX).is_some());
    /// assert!(Prepared::new("tick, tick, tick, tick").encoded(WindowBits::MAX).is_none());
    /// ```
    #[must_use]
    pub fn with_settings(message: impl Into<Message<'static>>, settings: &Deflate) -> Self {
        Self {
            shared: Arc::new(Shared {
                message: message.into().into_owned(),
                settings: settings.clone(),
                encoded: Default::default(),
            }),
        }
    }

    /// The message as it is.
    #[must_use]
    pub fn message(&self) -> &Message<'static> {
        &self.shared.message
    }

    /// The message deflated for a window of this size; `None` when it leaves as it is, see
    /// [`Deflater::encode`].
    #[must_use]
    pub fn encoded(&self, window_bits: WindowBits) -> Option<&Encoded> {
        let Shared {
            message,
            settings,
            encoded,
        } = &*self.shared;
        let at = usize::from(window_bits.get() - WindowBits::MIN.get());
        encoded[at]
            .get_or_init(|| Deflater::new(settings, window_bits).encode(message))
            .as_ref()
    }
}
