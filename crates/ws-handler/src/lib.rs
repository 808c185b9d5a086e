//! What a WebSocket application implements and what it holds: one [`Handler`] with callbacks, of
//! which only `on_message` is required; the [`Client`] that callbacks send through, and the
//! [`Handle`] that any other task does.
//!
//! *In scope*: the callbacks and their order, sending, how a connection ended.
//! *Out of scope*: sockets, runtimes, clocks: `ws-server` has them, and a [`Session`] can be
//! driven without any.
//!
//! ```
//! use ws_handler::{Client, CloseInfo, Handler, Message};
//!
//! /// Its fields are the session: one value for each connection.
//! #[derive(Clone, Default)]
//! struct Counter {
//!     seen: u64,
//! }
//!
//! impl Handler for Counter {
//!     async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
//!         self.seen += 1;
//!         client.send(format!("{} bytes, message {}", message.len(), self.seen));
//!     }
//!
//!     async fn on_close(&mut self, close: &CloseInfo) {
//!         println!("{close} after {} messages", self.seen);
//!     }
//! }
//! ```

mod client;
mod close_info;
mod handle;
mod handler;
mod limit;
mod outgoing;
mod outlet;
mod panic;
mod peer;
mod ready;
mod record;
mod sent;
mod session;
mod sync;
mod upgrade;
mod waiters;

pub use client::Client;
pub use close_info::{Cause, CloseInfo};
pub use handle::Handle;
pub use handler::Handler;
pub use limit::Limit;
pub use outlet::{Outlet, SenderGuard};
pub use panic::{Panic, catch};
pub use peer::{AddrSource, Peer};
pub use ready::{NoRoom, Ready};
pub use record::Record;
pub use sent::Sent;
pub use session::Session;
pub use upgrade::Upgrade;

pub use ws_connection::{
    ClosingHandshake, Compress, Dropped, Message, MessageKind, Overflow, PingError, ProtocolError,
    SendError, SendOptions, Side, Tally, Timeout,
};
pub use ws_deflate::{Agreement, Prepared, Takeover, WindowBits};
pub use ws_frame::{CloseCode, CloseFrame};
pub use ws_handshake::{Acceptance, Rejection, Request};

/// The program of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
