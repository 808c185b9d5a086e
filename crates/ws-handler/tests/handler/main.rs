//! Handlers, clients and handles, driven with no runtime and no socket.

mod client;
mod close_info;
mod compression;
mod conversions;
mod desk;
mod giving_way;
mod handle;
mod order;
mod panics;
mod ready;
mod recorder;
mod upgrade;
mod waking;
