//! `cargo xtask attack`: attacks and faults, each against a release server in a process of its own.
//!
//! A row does one thing to a server and holds what it sees against bounds: the server's memory and CPU time as the
//! kernel counts them, the bytes that it answers, and where others must not suffer, the latency of bystanders. What
//! the rows are is in docs/reliability.md, with the tests that hold the rest. It needs Linux for /proc and epoll.

#[cfg(target_os = "linux")]
mod bystanders;
#[cfg(target_os = "linux")]
mod ground;
#[cfg(target_os = "linux")]
mod log;
#[cfg(target_os = "linux")]
mod options;
#[cfg(target_os = "linux")]
mod peer;
#[cfg(target_os = "linux")]
mod promises;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod rows;
#[cfg(target_os = "linux")]
mod session;
#[cfg(target_os = "linux")]
mod swarm;
#[cfg(target_os = "linux")]
mod table;
#[cfg(target_os = "linux")]
mod verdict;
#[cfg(target_os = "linux")]
mod watch;

#[cfg(target_os = "linux")]
pub(crate) use session::{run, run_short};

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::run;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
