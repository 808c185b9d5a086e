use arbitrary::Arbitrary;
use ws_connection::Config;

/// The limits of an endpoint, taken from three bytes of an input: the defaults when all of them are 0, otherwise some
/// that a short conversation does reach.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Limits {
    message: u8,
    frame: u8,
    empty_fragments: u8,
}

impl Limits {
    /// The limits in a configuration whose other settings are the defaults, but for small marks of the write queue.
    #[must_use]
    pub fn config(self) -> Config {
        if [self.message, self.frame, self.empty_fragments] == [0; 3] {
            return Config::default();
        }
        let frame = (self.frame > 0).then_some(2 * u64::from(self.frame));
        Config::default()
            .with_max_message(4 * usize::from(self.message))
            .with_max_frame(frame)
            .with_max_empty_fragments(u32::from(self.empty_fragments % 8))
            .with_fragment_size(64)
            .with_high_water(512)
            .with_max_queue(2048)
    }
}
