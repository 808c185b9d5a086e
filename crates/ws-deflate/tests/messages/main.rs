//! Messages, deflated: what a peer of ours receives, and what it sends.

mod again;
mod kept;
mod limits;
mod memory;
mod peer;
mod sent;
mod under_way;
mod vectors;
mod window;
