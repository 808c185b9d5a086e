use ws_connection::Sender;

/// How far an endpoint has come; it never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Open,
    Closing,
    Done,
    Over,
}

impl Stage {
    pub(crate) fn of(sender: &Sender) -> Self {
        match (sender.is_open(), sender.is_done(), sender.is_over()) {
            (true, false, false) => Stage::Open,
            (false, false, false) => Stage::Closing,
            (false, true, false) => Stage::Done,
            (false, true, true) => Stage::Over,
            impossible => panic!("open, done, over: {impossible:?}"),
        }
    }
}
