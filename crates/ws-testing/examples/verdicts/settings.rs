//! What both sides of every comparison are set to. The scripts of `xtask/interop/python` say the same.

use ws_connection::Config;

/// What a server speaks and a client offers, liked most first.
pub(crate) const SUBPROTOCOLS: [&str; 2] = ["chat", "superchat"];

/// The same for extensions; this one has no parameters and no effect.
pub(crate) const EXTENSION: &str = "x-test";

/// Messages of up to 1 MiB, as by default.
pub(crate) fn config() -> Config {
    Config::default()
}
