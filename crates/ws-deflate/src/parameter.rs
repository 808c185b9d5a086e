use std::fmt;

/// A parameter of permessage-deflate (RFC 7692 7.1): all that there are.
///
/// ```
/// use ws_deflate::Parameter;
///
/// let names = Parameter::ALL.map(Parameter::name);
/// assert_eq!(names[2], "server_max_window_bits");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// The server compresses each message by itself (7.1.1.1).
    ServerNoContextTakeover,
    /// The client compresses each message by itself (7.1.1.2).
    ClientNoContextTakeover,
    /// The largest window that the server compresses with (7.1.2.1).
    ServerMaxWindowBits,
    /// The largest window that the client compresses with (7.1.2.2).
    ClientMaxWindowBits,
}

impl Parameter {
    /// In the order of the RFC, which is the one in which ours are sent.
    pub const ALL: [Self; 4] = [
        Self::ServerNoContextTakeover,
        Self::ClientNoContextTakeover,
        Self::ServerMaxWindowBits,
        Self::ClientMaxWindowBits,
    ];

    /// The name, as it is sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServerNoContextTakeover => "server_no_context_takeover",
            Self::ClientNoContextTakeover => "client_no_context_takeover",
            Self::ServerMaxWindowBits => "server_max_window_bits",
            Self::ClientMaxWindowBits => "client_max_window_bits",
        }
    }

    /// The parameter of this name, compared byte by byte.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|parameter| parameter.name() == name)
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
