use std::{any::Any, error::Error, fmt, panic::AssertUnwindSafe};

use futures_util::{FutureExt, TryFutureExt};

/// A callback panicked; holds the message where it was text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panic {
    message: String,
}

impl Panic {
    /// What the panic said; "" when it was no text.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    fn from_payload(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().copied();
        let string = || payload.downcast_ref::<String>().map(String::as_str);
        let message = text.or_else(string).unwrap_or_default().to_owned();
        Self { message }
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message() {
            "" => f.write_str("a callback panicked"),
            message => write!(f, "a callback panicked: {message}"),
        }
    }
}

impl Error for Panic {}

/// Runs a callback; a panic becomes a value. Give it an `async` block that makes the call, so
/// that a panic before the first await is caught too.
///
/// # Errors
///
/// The panic of the callback.
pub fn catch<T>(
    callback: impl Future<Output = T> + Send,
) -> impl Future<Output = Result<T, Panic>> + Send {
    let caught = AssertUnwindSafe(callback).catch_unwind();
    caught.map_err(|payload| Panic::from_payload(&*payload))
}
