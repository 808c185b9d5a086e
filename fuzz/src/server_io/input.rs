use std::time::Duration;

use ws_testing::peer::REQUEST;

/// What happens to one connection, as the bytes of an input say it.
#[derive(Debug)]
pub(super) struct Input<'a> {
    settings: u8,
    /// So many polls, and the connection's future is dropped; 0 for never.
    pub(super) drop_after: u8,
    /// What the transport does at each call; [`Step`](super::step::Step) reads them.
    steps: &'a [u8],
    /// What the callbacks do; [`Action`](super::action::Action) reads them.
    pub(super) actions: &'a [u8],
    /// What is done through a handle between two polls.
    pub(super) outside: &'a [u8],
    sent: &'a [u8],
}

impl<'a> Input<'a> {
    const MAX_LIST: usize = 48;

    pub(super) fn read(data: &'a [u8]) -> Option<Self> {
        let (&[settings, drop_after, steps, actions, outside], rest) = data.split_first_chunk()?;
        let (steps, rest) = list(steps, rest);
        let (actions, rest) = list(actions, rest);
        let (outside, sent) = list(outside, rest);
        Some(Self {
            settings,
            drop_after,
            steps,
            actions,
            outside,
            sent,
        })
    }

    /// What the peer sends, its request included.
    pub(super) fn stream(&self) -> Vec<u8> {
        let request = if self.settings & 1 == 0 { REQUEST } else { "" };
        [request.as_bytes(), self.sent].concat()
    }

    /// Behind the stream comes its end; otherwise nothing.
    pub(super) fn ends(&self) -> bool {
        self.settings & 2 == 0
    }

    pub(super) fn writes_vectored(&self) -> bool {
        self.settings & 4 != 0
    }

    /// A queue of some KiB, so that it can be full.
    pub(super) fn has_small_queue(&self) -> bool {
        self.settings & 8 != 0
    }

    /// The steps, which come round up to 128 times.
    pub(super) fn steps(&self) -> impl Iterator<Item = u8> + use<> {
        let rounds = 1_usize << (self.settings >> 4 & 0b111);
        let steps = self.steps.to_vec();
        let count = steps.len() * rounds;
        steps.into_iter().cycle().take(count)
    }

    /// Longer than everything together may take by the clock.
    pub(super) fn time_limit(&self) -> Duration {
        let steps = self.steps().map(|byte| super::step::Step::new(byte).time());
        let actions = self.actions.iter();
        let actions = actions.map(|&byte| super::action::Action::new(byte).time());
        Duration::from_secs(300) + steps.chain(actions).sum::<Duration>()
    }
}

/// As many bytes as are announced and there.
fn list(len: u8, bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_at(usize::from(len).min(Input::MAX_LIST).min(bytes.len()))
}
