//! Short forms for what all tests of the receiver do.

use ws_connection::{Config, Receiver, Role};
use ws_testing::naive::{Frame, Run, Violation};

/// Any key that is not all zeros.
pub(crate) const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

pub(crate) fn receiver(role: Role, config: &Config) -> Receiver {
    match role {
        Role::Server => Receiver::server(config.clone()),
        Role::Client => Receiver::client(config.clone()),
    }
}

/// The frame as the peer of an endpoint of this role sends it.
pub(crate) fn toward(role: Role, frame: Frame) -> Frame {
    match role {
        Role::Server => frame.masked(KEY),
        Role::Client => frame,
    }
}

/// What a server makes of these frames of a client, which come in one piece.
pub(crate) fn serve(config: &Config, frames: impl IntoIterator<Item = Frame>) -> Run {
    let frames = frames.into_iter().map(|frame| frame.masked(KEY).encode());
    let bytes: Vec<u8> = frames.flatten().collect();
    let mut receiver = Receiver::server(config.clone());
    Run::observe(&mut receiver, [&bytes[..]])
}

/// What the first bytes of a connection break, if anything.
pub(crate) fn violation(receiver: &mut Receiver, bytes: &[u8]) -> Option<Violation> {
    let mut bytes = bytes.to_vec();
    let result = receiver.receive(&mut &mut bytes[..]);
    result.err().map(|error| Violation::from(&error))
}
