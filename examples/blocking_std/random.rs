//! Unpredictable bytes.

use rand::{
    Rng, SeedableRng,
    rngs::{StdRng, SysError, SysRng},
};
use ws_frame::MaskingKey;

/// A generator that nobody can predict, seeded by the system: after that it cannot fail, and a
/// frame costs no call of the system.
#[derive(Debug)]
pub(crate) struct Random(StdRng);

impl Random {
    pub(crate) fn new() -> Result<Self, SysError> {
        StdRng::try_from_rng(&mut SysRng).map(Self)
    }

    /// "A randomly selected 16-byte value" (RFC 6455 4.1 item 7).
    pub(crate) fn handshake_key(&mut self) -> [u8; 16] {
        self.bytes()
    }

    /// "The masking key needs to be unpredictable" (RFC 6455 5.3): what a script makes us send
    /// must not look like something else to a proxy on the way (10.3).
    pub(crate) fn masking_key(&mut self) -> MaskingKey {
        MaskingKey::new(self.bytes())
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_generators_and_no_two_keys_are_alike() {
        let mut keys = HashSet::new();
        for _ in 0..8 {
            let mut random = Random::new().expect("the system has random bytes");
            keys.extend((0..8).map(|_| random.handshake_key()));
        }
        assert_eq!(keys.len(), 64);
    }
}
