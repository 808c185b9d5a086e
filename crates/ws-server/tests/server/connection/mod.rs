//! One connection behind its handshake.

mod aborting;
mod closing;
mod congestion;
mod control;
mod dropping;
mod echo;
mod failing;
mod keepalive;
mod panics;
mod pending;
mod scripted;
mod transports;
