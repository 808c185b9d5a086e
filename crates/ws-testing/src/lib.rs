//! The test kit of the TinyWs crates: a naive codec, strategies, a pair of endpoints with a fake clock, scripted I/O.
//!
//! *In scope*: what tests and fuzz targets of several crates share. *Out of scope*: assertions about one crate, which
//! stand in its own `tests/`; sockets, ports, sleeping.
//!
//! - [`naive`]: an oracle for frames and for the receiving half, written from RFC 6455 one byte at a time, and an
//!   encoder that can also make every illegal frame;
//! - [`strategies`]: what a peer may send, what it may not, and how its bytes may arrive, for proptest;
//! - [`pair`]: a server and a client of `ws-connection`, joined in memory, with time in the hands of the test and a
//!   transcript of all that happened;
//! - [`peer`]: a client over any transport, for tests of servers;
//! - [`io`]: an `AsyncRead + AsyncWrite` that follows a script.
//!
//! It is a path-only dev-dependency: tests that use it live in `tests/`, never in a crate's own modules, where two
//! versions of the crate would meet.
//!
//! ```
//! use ws_connection::{Config, Role};
//! use ws_frame::CloseCode;
//! use ws_testing::{naive::{Frame, opcode}, pair::Pair};
//!
//! let mut pair = Pair::new(Config::default());
//! pair.server.inbound.push(&Frame::new(0x3, "reserved").encode());
//! pair.settle();
//! let answer = pair.transcript().sent_by(Role::Server).next().expect("a Close");
//! assert_eq!(answer.opcode, opcode::CLOSE);
//! assert_eq!(answer.payload[..2], CloseCode::PROTOCOL_ERROR.get().to_be_bytes());
//! ```

pub mod io;
pub mod naive;
pub mod pair;
pub mod peer;
pub mod strategies;
