//! What a client asks for.

use proptest::prelude::*;
use serde_json::{Value, json};
use ws_handshake::ClientRequest;

use crate::hex;
use crate::settings::{EXTENSION, SUBPROTOCOLS};

const HOSTS: &[&str] = &["example.com", "Example.org:8080", "127.0.0.1:9001"];
const PATHS: &[&str] = &["/", "/chat", "/chat?room=1&x=%20", "/a;b=c/@!$&'()*+,:~"];

/// A client's request in parts.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    key: [u8; 16],
    host: &'static str,
    path: &'static str,
    subprotocols: Vec<String>,
    extensions: Vec<String>,
}

impl Offer {
    /// All that is known on both sides, with the key of RFC 6455 1.3.
    pub(crate) fn sample() -> Self {
        Self {
            key: *b"the sample nonce",
            host: HOSTS[0],
            path: PATHS[0],
            subprotocols: SUBPROTOCOLS.map(str::to_owned).to_vec(),
            extensions: vec![EXTENSION.to_owned()],
        }
    }

    /// Reads what [`json`](Self::json) wrote; host and path have no part in the check of a response.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let texts = |value: &Value| -> Option<Vec<String>> {
            let texts = value.as_array()?.iter();
            texts.map(|text| Some(text.as_str()?.to_owned())).collect()
        };
        Some(Self {
            key: hex::decode(value["key"].as_str()?)?.try_into().ok()?,
            subprotocols: texts(&value["subprotocols"])?,
            extensions: texts(&value["extensions"])?,
            ..Self::sample()
        })
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "key": hex::encode(&self.key),
            "host": self.host,
            "path": self.path,
            "subprotocols": self.subprotocols,
            "extensions": self.extensions,
        })
    }

    /// The request of our client.
    pub(crate) fn request(&self) -> ClientRequest {
        let request = ClientRequest::new(self.host, self.path, self.key);
        let request = self.subprotocols.iter().fold(request, |request, name| {
            request.and_then(|request| request.subprotocol(name))
        });
        let request = request.expect("a host, a path and tokens that differ");
        self.extensions.iter().fold(request, |request, text| {
            request.extension(text.parse().expect("an extension"))
        })
    }

    /// The value of `Sec-WebSocket-Accept` that answers it.
    pub(crate) fn accept(&self) -> String {
        let accept = self.request().key().accept();
        String::from_utf8_lossy(&accept).into_owned()
    }
}

/// Any offer, of things that are known on the other side or not.
pub(crate) fn offer() -> impl Strategy<Value = Offer> {
    let subprotocols = ["chat", "superchat", "other", "v1.x-y"]
        .map(str::to_owned)
        .to_vec();
    let extensions = [EXTENSION, "x-other; a; b=c"].map(str::to_owned).to_vec();
    let some = |all: Vec<String>| {
        let len = all.len();
        prop::sample::subsequence(all, 0..=len).prop_shuffle()
    };
    let parts = (
        any::<[u8; 16]>(),
        prop::sample::select(HOSTS),
        prop::sample::select(PATHS),
        some(subprotocols),
        some(extensions),
    );
    parts.prop_map(|(key, host, path, subprotocols, extensions)| Offer {
        key,
        host,
        path,
        subprotocols,
        extensions,
    })
}

/// The bytes of our client's request.
pub(crate) fn encode(offer: &Offer) -> Vec<u8> {
    let mut bytes = Vec::new();
    offer.request().encode(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::{Offer, encode};

    #[test]
    fn an_offer_goes_there_and_back() {
        let offer = Offer::sample();
        let read = Offer::read(&offer.json()).expect("it is whole");
        assert_eq!(encode(&read), encode(&offer));
        assert_eq!(offer.accept(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert!(Offer::read(&serde_json::json!({"key": "00"})).is_none());
    }
}
