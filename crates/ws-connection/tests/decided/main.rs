//! Every input of a kind, not a sample of them: `cargo xtask decide` runs this in release and prints the counts.
//!
//! Each test ends with a line `decided: COUNT WHAT`, which the task reads.

mod allocation;
mod close_codes;
mod endpoint;
mod headers;
#[cfg(unix)]
mod work;
