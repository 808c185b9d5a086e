/// Whether one side keeps the window of what it compresses from one message to the next
/// (RFC 7692 7.1.1).
///
/// With it, a message can repeat what the ones before it said, and both sides hold the window as
/// long as the connection lives. Without it, an idle connection holds none. The RFC calls it
/// context takeover; all of its states are here.
///
/// ```
/// use ws_deflate::{Deflate, Takeover};
///
/// assert_eq!(Takeover::default(), Takeover::Off);
/// assert_eq!(Deflate::default().takeover(), Takeover::Off);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Takeover {
    /// Each message is compressed by itself.
    #[default]
    Off,
    /// The window is kept from one message to the next.
    On,
}
