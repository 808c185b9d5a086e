//! Transports other than a TCP socket: one that holds bytes back, one that never ends, one that takes nothing for a while.

mod buffered;
mod ending;
mod holding;
mod marks;
mod page;
mod replier;
#[cfg(unix)]
mod unix;
mod valve;
