//! The endpoints that a peer can meet.

use ws_connection::{Config, Event, ProtocolError, Receiver, Role};

/// Both sides of RFC 6455 5.1.
pub(crate) const ROLES: [Role; 2] = [Role::Server, Role::Client];

pub(crate) const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// Where the endpoint stands when the frame comes (5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Between {
    Messages,
    /// The first fragment of a binary message of no bytes has come.
    Fragments,
}

pub(crate) fn receiver(role: Role, between: Between) -> Receiver {
    let mut receiver = match role {
        Role::Server => Receiver::server(Config::default()),
        Role::Client => Receiver::client(Config::default()),
    };
    let masked = [0x02, 0x80, 1, 2, 3, 4];
    let mut first = match (between, role) {
        (Between::Messages, _) => Vec::new(),
        (Between::Fragments, Role::Server) => masked.to_vec(),
        (Between::Fragments, Role::Client) => vec![0x02, 0x00],
    };
    let told = receiver.receive(&mut &mut first[..]);
    assert!(matches!(told, Ok(None)), "{told:?}");
    receiver
}

/// The bytes as they travel: masked, if the second byte of the header says so.
pub(crate) fn masked(payload: &[u8], key: Option<[u8; 4]>) -> Vec<u8> {
    let key = key.unwrap_or_default();
    let bytes = payload.iter().enumerate();
    bytes.map(|(i, byte)| byte ^ key[i % 4]).collect()
}

/// Everything that one piece of bytes leads to: at most one event, or an error.
pub(crate) fn receive<T>(
    receiver: &mut Receiver,
    bytes: &[u8],
    see: impl FnOnce(&Event<'_>) -> T,
) -> Result<Option<T>, ProtocolError> {
    let mut bytes = bytes.to_vec();
    let mut input = &mut bytes[..];
    let seen = receiver.receive(&mut input)?.map(|event| see(&event));
    assert!(input.is_empty(), "{} bytes are left", input.len());
    Ok(seen)
}
