/// One number that only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counter {
    Accepted,
    AcceptErrors,
    Refused,
    Dropped,
    Gone,
    ReceivedTexts,
    ReceivedTextBytes,
    ReceivedBinaries,
    ReceivedBinaryBytes,
    ReceivedPings,
    ReceivedPongs,
    ReceivedCloses,
    SentTexts,
    SentTextBytes,
    SentBinaries,
    SentBinaryBytes,
    SentCloses,
    Pings,
    Congestions,
    Panics,
    Cut,
    ByPeer,
    ByUs,
    ByShutdown,
    ByAbort,
    ByProtocol,
    ByLimit,
    ByTransport,
    ByPanic,
    BySilence,
    ByWriteTimeout,
    ByCloseTimeout,
    ByOther,
}

impl Counter {
    pub(crate) const COUNT: usize = Self::ByOther as usize + 1;
}
