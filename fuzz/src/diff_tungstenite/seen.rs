use ws_testing::naive::{Decoder, Event, Frame, opcode, read_close};

/// What an endpoint makes of the bytes of its peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) events: Vec<Event>,
    pub(super) end: End,
    /// The payloads of the pongs that it sends.
    pub(super) pongs: Vec<Vec<u8>>,
    pub(super) answer: Answer,
}

/// What stands behind the last event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// More may come.
    Open,
    /// The peer's Close.
    Closed,
    /// The connection fails, for a reason that has this status code (RFC 6455 7.4.1).
    Failed(u16),
}

/// The Close that it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    None,
    WithoutStatus,
    Code(u16),
}

impl Seen {
    /// With what stands in the bytes that the endpoint wrote: pongs, and at most one Close, which is the last frame.
    pub(super) fn new(events: Vec<Event>, end: End, written: &[u8]) -> Self {
        let mut frames = Decoder::decode(written).expect("an endpoint sends legal headers");
        let is_close = |frame: &mut Frame| frame.opcode == opcode::CLOSE;
        let answer = frames.pop_if(is_close).map_or(Answer::None, |close| {
            let payload = read_close(&close.payload).expect("an endpoint sends a legal Close");
            payload.map_or(Answer::WithoutStatus, |(code, _)| Answer::Code(code))
        });
        let pongs = frames.into_iter().map(|frame| {
            assert_eq!(frame.opcode, opcode::PONG, "{frame}");
            frame.payload
        });
        Self {
            events,
            end,
            pongs: pongs.collect(),
            answer,
        }
    }
}
