/// The payload of a control frame, at most 125 bytes (RFC 6455 5.5).
#[derive(Clone, Debug)]
pub(crate) struct ControlPayload {
    bytes: [u8; Self::MAX],
    len: u8,
}

impl ControlPayload {
    pub(crate) const MAX: usize = 125;

    /// A copy of `bytes`, of which the caller knows that they fit.
    pub(crate) fn from_slice(bytes: &[u8]) -> Self {
        let mut payload = Self::default();
        payload.append(bytes);
        payload
    }

    /// Appends `bytes`, of which the caller knows that they fit.
    pub(crate) fn append(&mut self, bytes: &[u8]) {
        let len = usize::from(self.len);
        self.bytes[len..len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len() as u8;
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.bytes[..usize::from(self.len)]
    }
}

impl Default for ControlPayload {
    fn default() -> Self {
        Self {
            bytes: [0; Self::MAX],
            len: 0,
        }
    }
}
