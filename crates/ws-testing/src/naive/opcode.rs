//! The opcodes of RFC 6455 11.8, as the four bits they are.

/// A fragment behind the first.
pub const CONTINUATION: u8 = 0x0;
/// A text message, or its first fragment.
pub const TEXT: u8 = 0x1;
/// A binary message, or its first fragment.
pub const BINARY: u8 = 0x2;
/// The closing handshake.
pub const CLOSE: u8 = 0x8;
/// A ping.
pub const PING: u8 = 0x9;
/// A pong.
pub const PONG: u8 = 0xA;

/// Whether RFC 6455 gives these four bits a meaning.
#[must_use]
pub fn is_defined(opcode: u8) -> bool {
    [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG].contains(&opcode)
}

/// "Control frames are identified by opcodes where the most significant bit of the opcode is 1" (RFC 6455 5.5).
#[must_use]
pub fn is_control(opcode: u8) -> bool {
    opcode & 0b1000 != 0
}
