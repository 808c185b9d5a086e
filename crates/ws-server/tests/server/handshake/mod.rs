//! The opening handshake, over the wire.

mod answers;
mod deadlines;
mod early_frames;
mod extensions;
mod fallback;
mod origins;
mod proxies;
mod request;
mod upgrade;
