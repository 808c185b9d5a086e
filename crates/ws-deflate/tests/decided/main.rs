//! All settings with all legal offers, all legal answers and each other: `cargo xtask decide` runs this in release and
//! prints the counts.
//!
//! Each test ends with a line `decided: COUNT WHAT`, which the task reads.

mod answers;
mod naive;
mod offers;
mod pairs;

use ws_deflate::{Deflate, Takeover, WindowBits};

/// All of them, but for what has no part in the negotiation.
fn all_settings() -> Vec<Deflate> {
    let mut all = Vec::new();
    for takeover in [Takeover::Off, Takeover::On] {
        for peer_takeover in [Takeover::Off, Takeover::On] {
            for bits in 8..=15 {
                for peer_bits in 8..=15 {
                    let bits = WindowBits::new(bits).expect("8 to 15");
                    let peer_bits = WindowBits::new(peer_bits).expect("8 to 15");
                    let settings = Deflate::default()
                        .with_takeover(takeover)
                        .with_peer_takeover(peer_takeover)
                        .with_window_bits(bits)
                        .with_peer_window_bits(peer_bits);
                    all.push(settings);
                }
            }
        }
    }
    all
}
