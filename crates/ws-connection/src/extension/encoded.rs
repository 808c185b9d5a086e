use bytes::Bytes;
use ws_frame::Rsv;

/// A payload in the form of an [`Extension`](crate::Extension), with the reserved bits that say so:
/// made beforehand, for [`Sender::send_encoded`](crate::Sender::send_encoded).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    pub(crate) rsv: Rsv,
    pub(crate) payload: Bytes,
}

impl Encoded {
    /// A payload as it is to travel.
    #[must_use]
    pub fn new(rsv: Rsv, payload: impl Into<Bytes>) -> Self {
        Self {
            rsv,
            payload: payload.into(),
        }
    }

    /// The payload as it is to travel.
    #[must_use]
    pub fn payload(&self) -> &Bytes {
        &self.payload
    }
}
