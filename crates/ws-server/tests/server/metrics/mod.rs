//! What the server counts, against what its peers and its application did.

mod handshakes;
mod limits;
mod messages;
mod sums;
