//! `cargo xtask load`: load on a server, and what it costs.

use crate::failure::Failure;

/// Not there yet.
pub(crate) fn run(_args: &[String]) -> Result<(), Failure> {
    Err(Failure::failed("`load` is not written yet"))
}
