use zlib_rs::{Deflate as Zlib, DeflateConfig};

use crate::{Deflate, WindowBits};

/// What a compressor of zlib is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    level: u8,
    memory_level: u8,
    window_bits: WindowBits,
}

impl Shape {
    pub(crate) fn new(settings: &Deflate, window_bits: WindowBits) -> Self {
        Self {
            level: settings.level(),
            memory_level: settings.memory_level(),
            window_bits,
        }
    }

    pub(crate) fn compressor(self) -> Zlib {
        // zlib has no window of 256 bytes. In one of 512 it looks back 250 bytes at most, as it keeps 262
        // for what is to come.
        let bits = self.window_bits.get().max(9);
        Zlib::new_with_config(DeflateConfig {
            level: i32::from(self.level),
            // Negative: without a header.
            window_bits: -i32::from(bits),
            mem_level: i32::from(self.memory_level),
            ..DeflateConfig::default()
        })
    }
}
