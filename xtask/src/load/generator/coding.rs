//! How payloads travel: as they are, or compressed as RFC 7692 says.

/// What the client offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Plain,
    /// Both ends compress each message for itself.
    NoTakeover,
    /// What browsers offer: the server may refer to its earlier messages.
    Takeover,
}

const NAME: &str = "permessage-deflate";
const SERVER_NO_TAKEOVER: &str = "server_no_context_takeover";

impl Coding {
    pub(crate) const WANTED: &str = "no-takeover or takeover";

    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "no-takeover" => Some(Self::NoTakeover),
            "takeover" => Some(Self::Takeover),
            _ => None,
        }
    }

    /// The value of `Sec-WebSocket-Extensions`.
    pub(crate) fn offer(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::NoTakeover => {
                Some("permessage-deflate; server_no_context_takeover; client_no_context_takeover")
            }
            Self::Takeover => Some("permessage-deflate; client_max_window_bits"),
        }
    }

    /// Whether the server's answer is one to what was offered, and lets messages refer back so far.
    pub(crate) fn check(self, answer: Option<&str>, reach: usize) -> Result<(), String> {
        let text = answer.unwrap_or_default();
        let parts: Vec<&str> = text.split(';').map(str::trim).collect();
        let window = parts
            .iter()
            .find_map(|part| part.strip_prefix("client_max_window_bits=")?.parse().ok())
            .map_or(usize::MAX, |bits: u32| 1 << bits.min(15));
        let agreed = parts[0].eq_ignore_ascii_case(NAME);
        match self {
            Self::Plain if answer.is_some() => Err(format!(
                "the server answers the extensions {answer:?}, which were not offered"
            )),
            Self::NoTakeover | Self::Takeover if !agreed => Err(format!(
                "the server does not agree to {NAME}: its answer is {answer:?}"
            )),
            Self::NoTakeover if !parts.contains(&SERVER_NO_TAKEOVER) => Err(format!(
                "the server does not agree to {SERVER_NO_TAKEOVER}: its answer is {answer:?}"
            )),
            Self::NoTakeover | Self::Takeover if reach > window => Err(format!(
                "the server wants a window of {window} bytes, but messages refer back up to {reach}"
            )),
            Self::Plain | Self::NoTakeover | Self::Takeover => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_must_be_one_to_the_offer() {
        let fresh = Some("permessage-deflate; server_no_context_takeover");
        let kept = Some("permessage-deflate; client_max_window_bits=12");
        assert!(Coding::Plain.check(None, 1024).is_ok());
        assert!(Coding::Plain.check(kept, 1024).is_err());
        assert!(Coding::Takeover.check(kept, 1024).is_ok());
        assert!(Coding::Takeover.check(fresh, 1024).is_ok());
        assert!(Coding::NoTakeover.check(fresh, 1024).is_ok());
        let error = Coding::NoTakeover.check(kept, 1024).unwrap_err();
        assert!(error.contains(SERVER_NO_TAKEOVER), "{error}");
        let error = Coding::Takeover.check(kept, 4097).unwrap_err();
        assert!(error.contains("4096"), "{error}");
        let error = Coding::Takeover.check(None, 1024).unwrap_err();
        assert!(error.contains(NAME), "{error}");
    }

    #[test]
    fn each_coding_that_can_be_asked_for_offers_something() {
        for name in ["no-takeover", "takeover"] {
            let coding = Coding::parse(name).unwrap();
            assert!(coding.offer().unwrap().starts_with(NAME));
        }
        assert_eq!(Coding::parse("plain"), None);
    }
}
