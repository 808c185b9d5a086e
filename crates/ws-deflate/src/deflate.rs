use ws_handshake::{BuildError, Extension};

use crate::agreement::{Agreement, limit};
use crate::answer_error::AnswerError;
use crate::parameter::Parameter;
use crate::params::{NAME, Params};
use crate::takeover::Takeover;
use crate::window_bits::WindowBits;

/// How one endpoint compresses, and what it asks of its peer.
///
/// The defaults are the cheap ones: a fast level, and nothing is kept between messages. Share one
/// value between connections with an `Arc`.
///
/// A message that comes in pieces is inflated whenever 4 KiB of them are there, and at its end, as
/// an inflater takes 46 KiB and each step its time: so what is wrong in those 4 KiB, text that is not
/// UTF-8 among it, fails the connection (1007) once they are whole.
///
/// # Memory
///
/// A compressor takes 132 KiB, and besides, in KiB, for the largest window that it may use and for
/// its memory level:
///
/// | window bits | 8, 9 | 10 | 11 | 12 | 13 | 14 | 15 |
/// |---|---|---|---|---|---|---|---|
/// | KiB | 2 | 4 | 8 | 16 | 32 | 64 | 128 |
///
/// | memory level | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 |
/// |---|---|---|---|---|---|---|---|---|---|
/// | KiB | 1 | 2 | 4 | 7 | 14 | 28 | 56 | 112 | 224 |
///
/// So it is 372 KiB by default, 484 at most and 135 at least. With [takeover](Self::with_takeover)
/// each connection has one of its own from its first compressed message on. With the
/// [takeover of the peer](Self::with_peer_takeover) it holds as much of the peer's messages as the
/// peer's window has room for, 32 KiB at most.
///
/// All else threads lend for the time of a message. Each keeps up to 4 compressors, one for each level,
/// memory level and window that it used last, 16 KiB that they write to, and up to 4 inflaters of 46
/// KiB: 1.7 MB at most with the default memory level. It keeps them until it ends, and any thread
/// that sends has its own, also one that only calls `Handle::send` of ws-handler.
///
/// ```
/// use ws_deflate::{Deflate, Takeover, WindowBits};
///
/// let bits = WindowBits::new(12).expect("8 to 15 are legal");
/// let settings = Deflate::default()
///     .with_takeover(Takeover::On)
///     .with_window_bits(bits)
///     .with_max_ratio(Some(100));
/// assert_eq!(settings.window_bits().bytes(), 4096);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deflate {
    level: u8,
    memory_level: u8,
    threshold: usize,
    takeover: Takeover,
    window_bits: WindowBits,
    peer_takeover: Takeover,
    peer_window_bits: WindowBits,
    max_ratio: Option<u32>,
}

impl Default for Deflate {
    fn default() -> Self {
        Self {
            level: 1,
            memory_level: 8,
            threshold: 256,
            takeover: Takeover::Off,
            window_bits: WindowBits::MAX,
            peer_takeover: Takeover::Off,
            peer_window_bits: WindowBits::MAX,
            max_ratio: None,
        }
    }
}

/// What is sent.
impl Deflate {
    /// How hard the compressor tries: 0 stores, 1 is the fastest, 9 the smallest; 1 by default.
    /// More than 9 is 9.
    #[must_use]
    pub fn with_level(mut self, level: u8) -> Self {
        self.level = level.min(9);
        self
    }

    /// How much memory the compressor takes beside its window: 1 is the least, 9 the most; 8 by
    /// default. 0 is 1, more than 9 is 9. In KiB it is [above](Self#memory).
    #[must_use]
    pub fn with_memory_level(mut self, level: u8) -> Self {
        self.memory_level = level.clamp(1, 9);
        self
    }

    /// Messages with a shorter payload leave uncompressed, in bytes; 256 by default. With 0 all but
    /// empty ones are tried; what does not shrink leaves as it is.
    #[must_use]
    pub fn with_threshold(mut self, bytes: usize) -> Self {
        self.threshold = bytes;
        self
    }

    /// Whether we keep the window from one message to the next, if the peer lets us; off by
    /// default. On, the compressor stays with its connection, 372 KiB if no setting makes it smaller
    /// ([see above](Self#memory)); off, an idle connection holds none.
    #[must_use]
    pub fn with_takeover(mut self, takeover: Takeover) -> Self {
        self.takeover = takeover;
        self
    }

    /// The largest window that we compress with; 15 bits, which is 32 KiB, by default. The peer
    /// can ask for a smaller one. A compressor takes 4 times its window, and more
    /// ([see above](Self#memory)); 8 bits cost what 9 do.
    #[must_use]
    pub fn with_window_bits(mut self, bits: WindowBits) -> Self {
        self.window_bits = bits;
        self
    }

    /// See [`with_level`](Self::with_level).
    #[must_use]
    pub fn level(&self) -> u8 {
        self.level
    }

    /// See [`with_memory_level`](Self::with_memory_level).
    #[must_use]
    pub fn memory_level(&self) -> u8 {
        self.memory_level
    }

    /// See [`with_threshold`](Self::with_threshold).
    #[must_use]
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// See [`with_takeover`](Self::with_takeover).
    #[must_use]
    pub fn takeover(&self) -> Takeover {
        self.takeover
    }

    /// See [`with_window_bits`](Self::with_window_bits).
    #[must_use]
    pub fn window_bits(&self) -> WindowBits {
        self.window_bits
    }
}

/// What is received.
impl Deflate {
    /// Whether the peer may keep its window from one message to the next; off by default. On, as
    /// much of its messages stays with the connection as came, up to the window that was agreed on:
    /// at most [`peer_window_bits`](Self::with_peer_window_bits).
    #[must_use]
    pub fn with_peer_takeover(mut self, takeover: Takeover) -> Self {
        self.peer_takeover = takeover;
        self
    }

    /// The largest window that the peer may compress with; 15 bits, which is 32 KiB, by default.
    ///
    /// A client that does not understand `client_max_window_bits` cannot be asked for a smaller
    /// one. Then it uses 32 KiB all the same, and its takeover is off whatever
    /// [`peer_takeover`](Self::with_peer_takeover) says.
    #[must_use]
    pub fn with_peer_window_bits(mut self, bits: WindowBits) -> Self {
        self.peer_window_bits = bits;
        self
    }

    /// A received message that inflates to more than so many times its compressed bytes is
    /// refused; `None`, the default, leaves it to the limit of a message's length. It is looked at
    /// beyond the first 64 KiB of the inflated message only, because a few bytes that repeat are
    /// no attack.
    #[must_use]
    pub fn with_max_ratio(mut self, times: Option<u32>) -> Self {
        self.max_ratio = times;
        self
    }

    /// See [`with_peer_takeover`](Self::with_peer_takeover).
    #[must_use]
    pub fn peer_takeover(&self) -> Takeover {
        self.peer_takeover
    }

    /// See [`with_peer_window_bits`](Self::with_peer_window_bits).
    #[must_use]
    pub fn peer_window_bits(&self) -> WindowBits {
        self.peer_window_bits
    }

    /// See [`with_max_ratio`](Self::with_max_ratio).
    #[must_use]
    pub fn max_ratio(&self) -> Option<u32> {
        self.max_ratio
    }
}

/// Negotiation.
impl Deflate {
    /// The server's side: the first of these offers that can be accepted, and what it comes to.
    ///
    /// The offers are the client's, in its order of preference, other extensions among them or
    /// not. One with a parameter that is unknown, repeated or malformed is declined, as RFC 7692 7
    /// demands, and the next one looked at; `None` leaves the connection without compression, which is never an error.
    ///
    /// ```
    /// use ws_deflate::Deflate;
    ///
    /// let offers = [
    ///     "x-other".parse()?,
    ///     "permessage-deflate; server_max_window_bits=7".parse()?,
    ///     "permessage-deflate; server_max_window_bits=9".parse()?,
    ///     "permessage-deflate".parse()?,
    /// ];
    /// let agreed = Deflate::default().accept(&offers).expect("two are legal");
    /// assert_eq!(agreed.server_window_bits().get(), 9);
    /// assert_eq!(Deflate::default().accept(&offers[..2]), None);
    /// # Ok::<(), ws_handshake::BuildError>(())
    /// ```
    pub fn accept<'a>(&self, offers: impl IntoIterator<Item = &'a Extension>) -> Option<Agreement> {
        offers
            .into_iter()
            .filter(|offer| offer.name() == NAME)
            .find_map(|offer| Params::of(offer).ok())
            .map(|offer| Agreement::to_offer(&offer, self))
    }

    /// The client's side: what it offers.
    ///
    /// It always says that the server may limit our window. What the peer is asked for must be
    /// granted; what we say of ourselves is a hint (RFC 7692 7.1.1.2, 7.1.2.2).
    ///
    /// ```
    /// use ws_deflate::Deflate;
    ///
    /// assert_eq!(
    ///     Deflate::default().offer().to_string(),
    ///     "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
    ///      client_max_window_bits"
    /// );
    /// ```
    #[must_use]
    pub fn offer(&self) -> Extension {
        self.offered()
            .expect("all names and numbers here are tokens")
    }

    /// The client's side: what the server's answer to [`offer`](Self::offer) comes to.
    ///
    /// `None` when the server does not accept it, which is its right. Other extensions in the
    /// answer are the caller's business.
    ///
    /// # Errors
    ///
    /// What the client must fail the connection for: see [`AnswerError`].
    ///
    /// ```
    /// use ws_deflate::{AnswerError, Deflate, WindowBits};
    ///
    /// let client = Deflate::default();
    /// assert_eq!(client.check(&[]), Ok(None));
    ///
    /// let answer = "permessage-deflate; server_no_context_takeover; server_max_window_bits=12";
    /// let agreed = client.check(&[answer.parse()?])?.expect("it is accepted");
    /// assert_eq!(agreed.server_window_bits().bytes(), 4096);
    ///
    /// let answer = "permessage-deflate".parse()?;
    /// assert_eq!(client.check(&[answer]), Err(AnswerError::TakeoverNotGranted));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(&self, answer: &[Extension]) -> Result<Option<Agreement>, AnswerError> {
        let mut accepted = answer.iter().filter(|extension| extension.name() == NAME);
        match (accepted.next(), accepted.next()) {
            (None, _) => Ok(None),
            (Some(one), None) => Agreement::by_answer(&Params::of(one)?, self).map(Some),
            (Some(_), Some(_)) => Err(AnswerError::Repeated),
        }
    }

    fn offered(&self) -> Result<Extension, BuildError> {
        let mut offer = Extension::new(NAME)?;
        if self.peer_takeover == Takeover::Off {
            offer = offer.flag(Parameter::ServerNoContextTakeover.name())?;
        }
        if self.takeover == Takeover::Off {
            offer = offer.flag(Parameter::ClientNoContextTakeover.name())?;
        }
        if let Some(bits) = limit(self.peer_window_bits) {
            let value = bits.to_string();
            offer = offer.param(Parameter::ServerMaxWindowBits.name(), &value)?;
        }
        match limit(self.window_bits) {
            Some(bits) => offer.param(Parameter::ClientMaxWindowBits.name(), &bits.to_string()),
            None => offer.flag(Parameter::ClientMaxWindowBits.name()),
        }
    }
}
