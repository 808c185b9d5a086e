//! What the rivals' echo servers have in common: their flags, the line that says where the server
//! listens, the accept loop on one thread, and hyper for those that leave the handshake to it.
//!
//! In scope: one tokio runtime on the current thread, `TCP_NODELAY`, one task a connection.
//! Out of scope: everything about WebSocket, which is what the binaries differ in.

mod flags;
mod http;
mod listening;

pub use flags::Compression;
pub use http::handshake;
pub use listening::{serve, serve_compressed};
