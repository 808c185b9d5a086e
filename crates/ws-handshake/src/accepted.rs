use crate::extension::Extension;
use crate::response::Response;

/// What the server agreed to: the WebSocket is open.
#[derive(Clone, Debug)]
pub struct Accepted {
    pub(crate) subprotocol: Option<String>,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) response: Response,
}

impl Accepted {
    /// The subprotocol that the server selected, one of those that were offered.
    #[must_use]
    pub fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// The extensions that the server accepted, all of them offered, with the parameters of the
    /// answer.
    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The response itself, for its other headers.
    #[must_use]
    pub fn response(&self) -> &Response {
        &self.response
    }
}
