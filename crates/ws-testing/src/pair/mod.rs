//! A server and a client, joined by links in memory, with a clock that moves when the test says so.
//!
//! The [`Pair`] does what a driver does: it writes what [`Sender::transmit`](ws_connection::Sender::transmit) gives,
//! reads what came, answers control frames, handles every timeout at its moment, and ends the transport when the
//! endpoint asks for it. A naive receiver looks at every byte on the wire, so that an endpoint which breaks RFC 6455
//! fails the test, whatever the test is about.
//!
//! ```
//! use std::time::Duration;
//! use ws_connection::Config;
//! use ws_testing::pair::Pair;
//!
//! let mut pair = Pair::new(Config::default());
//! pair.client.sender.send("hi").expect("open");
//! pair.settle();
//! pair.drop_link();
//! pair.server.sender.close(None);
//! pair.advance(Duration::from_secs(5));
//! assert_eq!(pair.transcript().lines(), [
//!     " 0.000 client sends text 'hi'",
//!     " 0.000 server gets text 'hi'",
//!     " 0.000 server sends close",
//!     " 5.000 server times out: Close",
//!     " 5.000 server is over",
//! ]);
//! ```

mod clock;
mod endpoint;
mod joined;
mod link;
mod transcript;
mod wire;

pub use clock::Clock;
pub use endpoint::Endpoint;
pub use joined::Pair;
pub use link::Link;
pub use transcript::{Entry, Transcript, What};
