//! The server on real sockets.

mod accepting;
mod addresses;
mod draining;
mod dropping;
mod handle;
mod places;
mod ports;
mod resets;
pub(crate) mod running;
mod shutdown;
mod workers;
