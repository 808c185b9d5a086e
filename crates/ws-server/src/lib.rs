//! A complete WebSocket server (RFC 6455) on tokio: implement one callback and you have a server.
//!
//! *In scope*: listening, the opening handshake with its limits and deadline, one handler value for
//! each connection, gathered writes, back-pressure, keepalive, limits, the closing handshake,
//! shutdown, compression ([`Builder::deflate`]). *Out of scope*: TLS, for now; a TLS stream goes
//! through [`serve_connection`].
//!
//! ```no_run
//! use ws_server::{Client, Handler, Message, Server};
//!
//! #[derive(Clone)]
//! struct Echo;
//!
//! impl Handler for Echo {
//!     async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
//!         client.send(message);
//!     }
//! }
//!
//! #[tokio::main]
//! async fn main() -> std::io::Result<()> {
//!     Server::bind("127.0.0.1:9001").await?.serve(Echo).await?;
//!     Ok(())
//! }
//! ```
//!
//! # The road of one message
//!
//! ```text
//! socket -> rented buffer -> Receiver -> Event -> Handler::on_message
//!                                                        |
//! socket <----- one write <----- batch <----- Sender <- Client::send
//! ```
//!
//! An idle connection owns no buffer: it rents one from its thread for the time of a read.
//! Replies to all that one read brought leave in one write.
//!
//! # Two ways to run
//!
//! In the caller's runtime, one task for each connection, the default; or with
//! [`Builder::workers`], threads that share the port and nothing else.
//!
//! # Logging
//!
//! Events and spans of the [`tracing`](https://docs.rs/tracing) crate. They go nowhere until the program has a
//! subscriber, such as that of `tracing-subscriber`:
//!
//! ```
//! // tracing-subscriber = { version = "0.3", features = ["env-filter"] }
//! let filter = tracing_subscriber::EnvFilter::new("info,ws_server=debug");
//! tracing_subscriber::fmt().with_env_filter(filter).init();
//! ```
//!
//! Each connection is a span, `connection`, of level INFO; what callbacks log is in it, too. Its fields are there
//! as soon as they are known:
//!
//! | field | what |
//! |---|---|
//! | `peer` | the client's address, as [`Client::peer`] tells it |
//! | `transport` | the other end of the socket, only where that is one of the [`TrustedProxies`]; `peer` is then known from what it says |
//! | `path` | the path of the request |
//! | `subprotocol` | the one that was agreed on, if any |
//!
//! An event in the span does not say again who the peer is. Where the filter lets no span through, such as `warn`,
//! events of the levels ERROR and WARN have the `peer` themselves.
//!
//! | level | events |
//! |---|---|
//! | ERROR | faults of the application: a callback, the making of a handler, the origin's predicate or the fallback panicked; [`Handler::on_upgrade`] accepted an extension |
//! | WARN | a callback took longer than [`Builder::callback_timeout`]; connections cannot be accepted, such as for want of descriptors, once until it works again |
//! | INFO | the server shuts down |
//! | DEBUG | any other end of a connection, as [`CloseInfo`] displays it: its status and why; `handshake refused`, with `status`, `reason` (the first line of the answer) and, where that was refused, `origin`; `dropped`, with the limit that the connection was above; a peer that was gone in its handshake, or before it was accepted; what a `proxy` says and is not believed |
//!
//! What the [fallback](Builder::fallback) answers is not logged. A subscriber that wants the span holds its fields
//! for as long as the connection lives; an idle connection is small only without.

mod accept;
mod addr_limits;
mod admission;
mod beside;
mod builder;
mod census;
mod codes;
mod config;
mod connection;
mod counter;
mod drain;
mod drain_report;
mod driver;
mod ending;
mod endings;
mod handshake;
mod heard;
mod input;
mod listen;
mod meter;
mod metrics;
mod opening;
mod openings;
mod origins;
mod patience;
mod pool;
mod prefix;
mod prefix_error;
mod presence;
mod rate;
mod refusal;
mod refusing;
mod server;
mod server_handle;
mod shard;
mod snapshot;
mod stage;
mod state;
mod timer;
mod traced;
mod trusted_proxies;
mod wire;
mod workers;

pub use addr_limits::AddrLimits;
pub use builder::Builder;
pub use config::Config;
pub use connection::serve_connection;
pub use drain_report::DrainReport;
pub use metrics::Metrics;
pub use origins::Origins;
pub use prefix_error::PrefixError;
pub use rate::Rate;
pub use server::Server;
pub use server_handle::ServerHandle;
pub use snapshot::{Causes, Connections, Controls, Excesses, Snapshot};
pub use trusted_proxies::{AddrHeader, ProxyProtocol, TrustedProxies};

pub use bytes;
pub use http;
pub use ws_connection::{Config as ConnectionConfig, Kinds};
pub use ws_deflate::{Agreement, Deflate, Prepared, Takeover, Traffic, Volume, WindowBits};
pub use ws_handler::{
    Acceptance, AddrSource, Cause, Client, CloseCode, CloseFrame, CloseInfo, ClosingHandshake,
    Compress, Dropped, Handle, Handler, Limit, Message, MessageKind, NoRoom, Overflow, Panic, Peer,
    PingError, ProtocolError, Ready, Record, Rejection, Request, SendError, SendOptions, Sent,
    Side, Tally, Timeout, Upgrade,
};
pub use ws_handshake::{Limits, Origin, OriginError, OriginPattern, ProxyHeader, ProxyHeaderError};

/// The programs of the repository's README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The program of this crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct CrateReadme;
