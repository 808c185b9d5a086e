//! permessage-deflate (RFC 7692): the compression of WebSocket messages, without I/O.
//!
//! **In scope:** the negotiation, both sides: what a client offers, what a server answers, and
//! whether the client may take that; messages, deflated and inflated within limits.
//!
//! **Out of scope:** sockets, frames, other extensions, and the grammar of
//! `Sec-WebSocket-Extensions`, which is ws-handshake's.
//!
//! [`PermessageDeflate`] is what an endpoint of ws-connection takes. [`Deflater`] and [`Prepared`]
//! deflate messages that refer to no other, on any thread.
//!
//! # Negotiation
//!
//! ```
//! use ws_deflate::{AnswerError, Deflate, Takeover, WindowBits};
//!
//! let client = Deflate::default().with_peer_takeover(Takeover::On);
//! let server = Deflate::default().with_peer_window_bits(WindowBits::MIN);
//!
//! let offer = client.offer();
//! assert_eq!(
//!     offer.to_string(),
//!     "permessage-deflate; client_no_context_takeover; client_max_window_bits"
//! );
//!
//! let agreed = server.accept([&offer]).expect("the offer is a legal one");
//! let answer = agreed.extension();
//! assert_eq!(
//!     answer.to_string(),
//!     "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
//!      client_max_window_bits=8"
//! );
//!
//! assert_eq!(client.check(&[answer])?, Some(agreed));
//! # Ok::<(), AnswerError>(())
//! ```
//!
//! 1. A client sends [`Deflate::offer`] with its request.
//! 2. The server gives the offers to [`Deflate::accept`]; if there is an [`Agreement`], its
//!    [`extension`](Agreement::extension) goes into the response. What cannot be accepted is left
//!    unanswered, and the connection opens without compression.
//! 3. The client gives the answer to [`Deflate::check`]. An error fails the connection.

mod agreement;
mod answer_error;
mod counted;
mod deflate;
mod deflater;
mod history;
mod inflater;
mod parameter;
mod params;
mod permessage_deflate;
mod pool;
mod prepared;
mod shape;
mod takeover;
mod traffic;
mod window_bits;

pub use agreement::Agreement;
pub use answer_error::AnswerError;
pub use deflate::Deflate;
pub use deflater::Deflater;
pub use parameter::Parameter;
pub use permessage_deflate::PermessageDeflate;
pub use prepared::Prepared;
pub use takeover::Takeover;
pub use traffic::{Traffic, Volume};
pub use window_bits::WindowBits;
