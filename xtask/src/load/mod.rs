//! `cargo xtask load`: load on a server, and what it costs.
//!
//! The server runs in a process of its own, pinned to one core, and the generator in this one, pinned to another.
//! Frames are prepared, compressed and masked once; replies are parsed as frames and counted. The figure that holds on a noisy
//! machine is the server's CPU time per message. `load compare` builds our `echo` and the rivals of `benches/peers`
//! and measures them in turn.
//!
//! Out of scope: TLS, and any address that is not loopback. It needs Linux for /proc, epoll and pinning.

#[cfg(target_os = "linux")]
mod compare;
#[cfg(target_os = "linux")]
pub(crate) mod generator;

use crate::failure::Failure;

/// Runs `load` or `load compare`.
#[cfg(target_os = "linux")]
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    match args.split_first() {
        Some((first, rest)) if first == "compare" => compare::run(rest),
        Some(_) | None => generator::run(args),
    }
}

/// Says that this task needs Linux.
#[cfg(not(target_os = "linux"))]
pub(crate) fn run(_args: &[String]) -> Result<(), Failure> {
    Err(Failure::failed(
        "`load` reads /proc, polls with epoll and pins to cores: it needs Linux",
    ))
}
