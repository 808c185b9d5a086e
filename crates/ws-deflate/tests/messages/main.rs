//! Messages that a peer of ours receives, deflated.

mod limits;
mod peer;
mod vectors;
