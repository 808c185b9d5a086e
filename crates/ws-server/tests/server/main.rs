//! The server as its peers and its application see it: over transports in memory with a clock that stands while nothing
//! waits for it, and over real sockets where the socket is the matter.

mod compression;
mod connection;
mod handshake;
mod listener;
mod log;
mod metrics;
mod puppet;
mod response;
mod served;
