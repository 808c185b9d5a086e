use std::fmt;

use ws_handshake::{BuildError, Extension};

use crate::answer_error::AnswerError;
use crate::deflate::Deflate;
use crate::parameter::Parameter;
use crate::params::{ClientWindow, NAME, Params};
use crate::takeover::Takeover;
use crate::window_bits::WindowBits;

/// What a client and a server have agreed on: permessage-deflate with its parameters
/// (RFC 7692 7.1).
///
/// A server's is displayed as its answer. A client's has in it what the client said of itself, to
/// which it keeps whatever the answer says; so it is displayed as the answer that would say all of
/// it. Two are equal when they are displayed alike.
///
/// ```
/// use ws_deflate::{Deflate, Takeover, WindowBits};
///
/// let offer = "permessage-deflate; server_max_window_bits=10".parse()?;
/// let server = Deflate::default().with_peer_takeover(Takeover::On);
/// let agreed = server.accept([&offer]).expect("the offer is a legal one");
/// assert_eq!(agreed.server_window_bits().get(), 10);
/// assert_eq!(agreed.server_takeover(), Takeover::Off);
/// assert_eq!(agreed.client_window_bits(), WindowBits::MAX);
/// assert_eq!(agreed.client_takeover(), Takeover::On);
/// assert_eq!(
///     agreed.to_string(),
///     "permessage-deflate; server_no_context_takeover; server_max_window_bits=10"
/// );
/// # Ok::<(), ws_handshake::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Agreement {
    server_takeover: Takeover,
    client_takeover: Takeover,
    /// `None` means the same as the largest, and is displayed otherwise: not at all.
    server_max_window_bits: Option<WindowBits>,
    client_max_window_bits: Option<WindowBits>,
}

impl Agreement {
    /// Whether the server keeps its window from one message to the next.
    #[must_use]
    pub fn server_takeover(&self) -> Takeover {
        self.server_takeover
    }

    /// Whether the client keeps its window from one message to the next.
    #[must_use]
    pub fn client_takeover(&self) -> Takeover {
        self.client_takeover
    }

    /// The largest window that the server compresses with, so the client needs no larger one to
    /// read it.
    #[must_use]
    pub fn server_window_bits(&self) -> WindowBits {
        self.server_max_window_bits.unwrap_or_default()
    }

    /// The largest window that the client compresses with, so the server needs no larger one to
    /// read it.
    #[must_use]
    pub fn client_window_bits(&self) -> WindowBits {
        self.client_max_window_bits.unwrap_or_default()
    }

    /// The answer of the server: an element of its `Sec-WebSocket-Extensions`. A client's is what
    /// would say all of it.
    ///
    /// ```
    /// use ws_deflate::Deflate;
    ///
    /// let offer = "permessage-deflate".parse()?;
    /// let agreed = Deflate::default().accept([&offer]).expect("it is a legal offer");
    /// assert_eq!(
    ///     agreed.extension().to_string(),
    ///     "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
    /// );
    /// # Ok::<(), ws_handshake::BuildError>(())
    /// ```
    #[must_use]
    pub fn extension(&self) -> Extension {
        self.written()
            .expect("all names and numbers here are tokens")
    }

    fn written(&self) -> Result<Extension, BuildError> {
        let mut extension = Extension::new(NAME)?;
        if self.server_takeover == Takeover::Off {
            extension = extension.flag(Parameter::ServerNoContextTakeover.name())?;
        }
        if self.client_takeover == Takeover::Off {
            extension = extension.flag(Parameter::ClientNoContextTakeover.name())?;
        }
        if let Some(bits) = self.server_max_window_bits {
            let value = bits.to_string();
            extension = extension.param(Parameter::ServerMaxWindowBits.name(), &value)?;
        }
        if let Some(bits) = self.client_max_window_bits {
            let value = bits.to_string();
            extension = extension.param(Parameter::ClientMaxWindowBits.name(), &value)?;
        }
        Ok(extension)
    }
}

/// The server's side.
impl Agreement {
    /// What a server with these settings makes of an offer. There is an answer to every legal one.
    pub(crate) fn to_offer(offer: &Params, server: &Deflate) -> Self {
        Self {
            server_takeover: both(offer.server_takeover, server.takeover()),
            client_takeover: both(offer.client_takeover, client_takeover(offer, server)),
            server_max_window_bits: match offer.server_max_window_bits {
                // 7.1.2.1: "with the same or smaller value as the offer".
                Some(offered) => Some(offered.min(server.window_bits())),
                None => limit(server.window_bits()),
            },
            client_max_window_bits: match offer.client_max_window_bits {
                Some(ClientWindow::AtMost(offered)) => Some(offered.min(server.peer_window_bits())),
                Some(ClientWindow::Any) => limit(server.peer_window_bits()),
                // 7.1.2.2: the response "MUST NOT include" it then.
                None => None,
            },
        }
    }
}

/// A client that did not offer `client_max_window_bits` cannot be told to use a smaller window.
/// Where one is wanted, it is not allowed to keep the large one instead: that bounds our memory
/// between messages, too.
fn client_takeover(offer: &Params, server: &Deflate) -> Takeover {
    if offer.client_max_window_bits.is_none() && server.peer_window_bits() < WindowBits::MAX {
        Takeover::Off
    } else {
        server.peer_takeover()
    }
}

/// The client's side.
impl Agreement {
    /// What the client that sent [`Deflate::offer`] makes of an answer.
    ///
    /// For itself it keeps to what it offered, whatever the answer says: 7.1.1.2 and 7.1.2.2 call
    /// this a hint, which the server may ignore.
    pub(crate) fn by_answer(answer: &Params, client: &Deflate) -> Result<Self, AnswerError> {
        if client.peer_takeover() == Takeover::Off && answer.server_takeover == Takeover::On {
            return Err(AnswerError::TakeoverNotGranted);
        }
        check_server_window(answer, client)?;
        let answered = match answer.client_max_window_bits {
            Some(ClientWindow::Any) => {
                let parameter = Parameter::ClientMaxWindowBits;
                return Err(AnswerError::MissingValue { parameter });
            }
            Some(ClientWindow::AtMost(bits)) => Some(bits.min(client.window_bits())),
            None => limit(client.window_bits()),
        };
        Ok(Self {
            server_takeover: answer.server_takeover,
            client_takeover: both(answer.client_takeover, client.takeover()),
            server_max_window_bits: answer.server_max_window_bits,
            client_max_window_bits: answered,
        })
    }
}

/// 7.1.2.1: the server accepts the parameter by including it "with the same or smaller value as the
/// offer". It may also limit itself unasked.
fn check_server_window(answer: &Params, client: &Deflate) -> Result<(), AnswerError> {
    let Some(offered) = limit(client.peer_window_bits()) else {
        return Ok(());
    };
    match answer.server_max_window_bits {
        None => Err(AnswerError::WindowNotGranted { offered }),
        Some(seen) if seen > offered => Err(AnswerError::WindowTooLarge { seen, offered }),
        Some(_) => Ok(()),
    }
}

/// A limit that is worth a parameter: the largest window needs none.
pub(crate) fn limit(bits: WindowBits) -> Option<WindowBits> {
    (bits < WindowBits::MAX).then_some(bits)
}

fn both(one: Takeover, other: Takeover) -> Takeover {
    match (one, other) {
        (Takeover::On, Takeover::On) => Takeover::On,
        (Takeover::Off, _) | (_, Takeover::Off) => Takeover::Off,
    }
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.extension().fmt(f)
    }
}
