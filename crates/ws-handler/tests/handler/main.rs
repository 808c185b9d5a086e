//! Handlers, clients and handles, driven with no runtime and no socket.

mod client;
mod close_info;
mod compression;
mod conversions;
mod desk;
mod handle;
mod order;
mod panics;
mod recorder;
mod upgrade;
mod waking;
