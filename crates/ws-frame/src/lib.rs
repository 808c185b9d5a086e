//! RFC 6455 frames as bytes and back: headers, masking, UTF-8, close codes; no_std, no I/O
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
