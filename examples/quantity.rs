//! The quantities that options take, with what is allowed.

use std::time::Duration;

pub(crate) fn bytes(text: &str) -> Result<usize, &'static str> {
    text.parse()
        .map_err(|_| "a whole number of bytes, such as 65536")
}

/// In no time nobody ends a handshake.
pub(crate) fn seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0);
    let wait = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    wait.ok_or("a number of seconds above 0, such as 2.5")
}
