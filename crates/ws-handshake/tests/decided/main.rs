//! Every prefix of a head by the memory that it costs, and work that is linear: `cargo xtask decide` runs this in
//! release and prints the counts.
//!
//! Each test ends with a line `decided: COUNT WHAT`, which the task reads.

mod allocation;
#[cfg(unix)]
mod work;
