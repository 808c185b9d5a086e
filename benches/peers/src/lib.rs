//! What the rivals' echo servers have in common: the flag `--addr`, the line that says where the
//! server listens, and the accept loop on one thread.
//!
//! In scope: one tokio runtime on the current thread, `TCP_NODELAY`, one task a connection.
//! Out of scope: everything about WebSocket, which is what the binaries differ in.

mod listening;

pub use listening::serve;
