use std::{borrow::Cow, fmt};

use ws_frame::CloseCode;

/// What an [`Extension`](crate::Extension) finds wrong with what the peer sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionError {
    code: CloseCode,
    what: Cow<'static, str>,
}

impl ExtensionError {
    /// An error that is told to the peer with this code and this sentence, of which a Close takes
    /// 123 bytes.
    #[must_use]
    pub fn new(code: CloseCode, what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            what: what.into(),
        }
    }

    /// The status code that tells the peer.
    #[must_use]
    pub fn close_code(&self) -> CloseCode {
        self.code
    }
}

impl fmt::Display for ExtensionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for ExtensionError {}
