//! The kinds of case.

/// What a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The bytes of a peer, legal or not, in pieces; what our endpoint sees and answers.
    Stream,
    /// The bytes that our endpoint sends, and what it was told to send.
    Sent,
    /// Legal frames for another implementation to send, and what they say.
    Written,
    /// The bytes of a request, legal or not, and our server's answer.
    Request,
    /// The bytes of a response, legal or not, and what our client makes of them.
    Response,
    /// What a client may ask for, the request of our client, and our server's answer.
    Offer,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] = [
        Self::Stream,
        Self::Sent,
        Self::Written,
        Self::Request,
        Self::Response,
        Self::Offer,
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Sent => "sent",
            Self::Written => "written",
            Self::Request => "request",
            Self::Response => "response",
            Self::Offer => "offer",
        }
    }
}
