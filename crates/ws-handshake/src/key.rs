use std::fmt;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use sha1::{Digest, Sha1};

/// RFC 6455 1.3: the string that a server appends to the key, to show that it knows the protocol.
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// 16 bytes in base64.
const KEY_LEN: usize = 24;

/// 20 bytes in base64.
const ACCEPT_LEN: usize = 28;

/// The last character before the padding carries four bits that mean nothing; a client that left
/// them set is understood all the same, as the bytes are the same.
const NONCE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// The value of `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key`: base64 of the SHA-1 of
/// the key, as it was sent, and a fixed string (RFC 6455 4.2.2 step 5.4).
///
/// The key is not checked here; [`Acceptance::for_request`](crate::Acceptance::for_request) does
/// that.
///
/// ```
/// let accept = ws_handshake::accept_key(b"dGhlIHNhbXBsZSBub25jZQ==");
/// assert_eq!(&accept, b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
/// ```
#[must_use]
pub fn accept_key(key: &[u8]) -> [u8; ACCEPT_LEN] {
    let hash = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    let mut accept = [0; ACCEPT_LEN];
    STANDARD
        .encode_slice(hash, &mut accept)
        .expect("20 bytes are 28 characters of base64");
    accept
}

/// Whether this is what RFC 6455 4.2.1 item 5 asks for: base64 "that, when decoded, is 16 bytes in
/// length".
pub(crate) fn is_key(text: &[u8]) -> bool {
    let mut nonce = [0; KEY_LEN / 4 * 3];
    text.len() == KEY_LEN
        && NONCE
            .decode_slice(text, &mut nonce)
            .is_ok_and(|len| len == 16)
}

/// A client's `Sec-WebSocket-Key`: 16 bytes in base64 (RFC 6455 4.1 item 7).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key([u8; KEY_LEN]);

impl Key {
    /// The key made of 16 bytes, which the caller draws at random anew for each connection: "The
    /// nonce MUST be selected randomly for each connection."
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        let mut text = [0; KEY_LEN];
        STANDARD
            .encode_slice(random, &mut text)
            .expect("16 bytes are 24 characters of base64");
        Key(text)
    }

    /// The 24 characters that travel.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; KEY_LEN] {
        &self.0
    }

    /// The `Sec-WebSocket-Accept` that a server must answer with.
    #[must_use]
    pub fn accept(&self) -> [u8; ACCEPT_LEN] {
        accept_key(&self.0)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, is_key};

    #[test]
    fn each_set_of_pad_bits_is_the_same_key() {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for last in ALPHABET {
            let mut text = *b"dGhlIHNhbXBsZSBub25jZQ==";
            text[21] = *last;
            assert!(is_key(&text));
        }
    }

    #[test]
    fn every_key_of_a_client_is_one_that_a_server_takes() {
        for byte in 0..=255 {
            assert!(is_key(Key::new([byte; 16]).as_bytes()));
        }
    }
}
