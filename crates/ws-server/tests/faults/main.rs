//! Faults by the hundred and the thousand on real sockets, and what is left of them: nothing.
//!
//! The process is measured, so its tests run one after the other and all of them are in this program.
#![cfg(target_os = "linux")]

mod ends;
mod ledger;
mod panics;
mod process;
mod resets;
mod served;
mod shutdown;
mod stuck;
