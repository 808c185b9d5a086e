use ws_connection::{Config, Role};

/// What both endpoints are, and the limits that both have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) role: Role,
    /// Largest message, and largest frame.
    pub(super) limit: usize,
}

impl Setting {
    /// Under 125 bytes tungstenite's limit of a frame would be one of control frames, too.
    const LIMITS: [usize; 4] = [125, 1000, 3000, 70_000];

    pub(super) fn new(byte: u8) -> Self {
        let role = match byte & 1 {
            0 => Role::Server,
            _ => Role::Client,
        };
        let limit = Self::LIMITS[usize::from(byte >> 1 & 0b11)];
        Self { role, limit }
    }

    /// Of empty fragments tungstenite takes any number.
    pub(super) fn ours(self) -> Config {
        Config::default()
            .with_max_message(self.limit)
            .with_max_empty_fragments(u32::MAX)
    }
}
