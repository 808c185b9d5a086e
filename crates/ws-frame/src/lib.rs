//! The frames of the WebSocket protocol (RFC 6455) as bytes and back.
//!
//! This is the lowest layer of TinyWs. It is `no_std` with `alloc`, does no I/O, keeps no state but
//! that of an unfinished text, and holds no `unsafe` code.
//!
//! **In scope:** the frame header ([`FrameHeader`]), whole frames to be sent ([`Frame`]), masking
//! ([`MaskingKey`]), the check of text ([`validate_utf8`], [`Utf8Validator`]), status codes and the
//! payload of a close frame ([`CloseCode`], [`CloseFrame`]). That is RFC 6455 sections 5.2, 5.3,
//! 5.5, 7.4 and 8.1.
//!
//! **Out of scope:** what depends on the connection. The order of the frames, the limits, who must
//! mask, which reserved bits were negotiated, the closing handshake, where masking keys come from:
//! ws-connection knows these. The opening handshake is ws-handshake's.
//!
//! # The rules
//!
//! - A value that exists may be sent. There is no header with a reserved opcode, no fragmented
//!   ping, no status code 1006, so encoding never fails.
//! - What is decoded was checked, strictly: every length in its shortest form, nothing reserved.
//!   An error tells the status code that answers it, such as [`FrameError::close_code`].
//! - Nothing here allocates by a length that a peer announced; only [`CloseFrame::decode`]
//!   allocates at all, at most 123 bytes.
//!
//! # A codec
//!
//! A client's frame, over a transport that is a `Vec`:
//!
//! ```
//! use ws_frame::{Frame, FrameError, FrameHeader, MaskingKey, Opcode, validate_utf8};
//!
//! // The client sends. It masks, with a key that nobody can predict (section 5.3).
//! let mut transport = Vec::new();
//! let key = MaskingKey::new([0x37, 0xfa, 0x21, 0x3d]);
//! Frame::text("Hello").with_masking_key(key).encode(&mut transport);
//! assert_eq!(transport, b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
//!
//! // The server receives. `None` would mean: read more, call again.
//! let (header, header_len) = FrameHeader::decode(&transport)?.expect("it is all there");
//! assert_eq!((header.opcode(), header.is_final()), (Opcode::Text, true));
//! let payload = &mut transport[header_len..][..header.payload_len() as usize];
//! if let Some(key) = header.masking_key() {
//!     key.apply(payload, 0);
//! }
//! assert_eq!(validate_utf8(payload), Ok("Hello"));
//! # Ok::<(), FrameError>(())
//! ```
//!
//! A real endpoint compares `payload_len` with its limit before it makes room for anything: it is
//! a number that the peer chose, up to 2^63 - 1.
//!
//! # Features
//!
//! - `std` (on by default): the UTF-8 check looks at run time for the vector units of the
//!   processor. Without it only those that the target is compiled for are used. Nothing else
//!   changes.
#![no_std]

extern crate alloc;

mod close_code;
mod close_frame;
mod error;
mod frame;
mod header;
mod masking;
mod opcode;
mod rsv;
mod utf8;

pub use close_code::CloseCode;
pub use close_frame::{CloseFrame, ClosePayload};
pub use error::{ClosePayloadError, FrameError, InvalidCloseCode, LengthForm, Utf8Error};
pub use frame::Frame;
pub use header::FrameHeader;
pub use masking::MaskingKey;
pub use opcode::Opcode;
pub use rsv::Rsv;
pub use utf8::{Utf8Validator, validate_utf8};

/// Runs the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
