/// RFC 6455 7: from the sender's point of view.
///
/// ```text
/// Open --close--> Closing --Close received--> Ending --time is up--> Over
///   |                 `-------- fail ----------^  ^
///   `------------ Close received, fail -----------'
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    /// Our Close is queued or sent, the peer's has not come.
    Closing,
    /// Nothing is awaited from the peer any more; our Close may still have to leave.
    Ending,
    /// Nothing is written any more.
    Over,
}
