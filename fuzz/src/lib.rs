//! Fuzz targets for every layer of TinyWs: plain functions, each of which takes bytes and asserts a property.
//!
//! *In scope*: the bodies, one a module; the [table](TARGETS) of them, which the programs of `fuzz_targets/`, the
//! replay of the corpora and `cargo xtask fuzz` share. *Out of scope*: the oracles, which are `ws-testing`'s; what is
//! decided for all inputs, which stands in the tests of the crates.
//!
//! A body panics when its property does not hold, and for no other reason. It makes the same of the same bytes every
//! time, does no I/O and asks no clock, so any fuzzer can call it, and so can a test:
//!
//! ```
//! fuzz::frame_header(b"\x81\x05Hello");
//! ```

mod close_payload;
mod connection;
mod cuts;
mod deflate;
mod diff_tungstenite;
mod extension_offers;
mod frame_header;
mod frame_stream;
mod handshake;
mod limits;
mod mask;
pub mod program;
mod proxies;
mod server_io;
mod target;
mod utf8_stream;

pub use close_payload::close_payload;
pub use connection::{connection_client, connection_ops, connection_server};
pub use cuts::Cuts;
pub use deflate::{deflate_roundtrip, inflate_stream};
pub use diff_tungstenite::diff_tungstenite;
pub use extension_offers::extension_offers;
pub use frame_header::frame_header;
pub use frame_stream::frame_stream;
pub use handshake::{handshake_request, handshake_response, header_lists};
pub use limits::Limits;
pub use mask::mask;
pub use proxies::{forwarded_for, proxy_header};
pub use server_io::server_io;
pub use target::{TARGETS, Target};
pub use utf8_stream::utf8_stream;
