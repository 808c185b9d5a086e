use std::collections::BTreeMap;

use ws_connection::{Dropped, Kinds, Tally};
use ws_deflate::Volume;

use crate::{counter::Counter, presence::Standing, shard::Shard};

/// The numbers of a [`Metrics`](crate::Metrics) at one time. But for [`connections`](Self::connections), all of them
/// only grow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Connections that are there now.
    pub connections: Connections,
    /// Connections that the listeners have accepted.
    pub accepted: u64,
    /// Errors of accepting connections.
    pub accept_errors: u64,
    /// Connections above a limit that were to be told so by a 503.
    pub refused: Excesses,
    /// Connections above a limit that were dropped unheard.
    pub dropped: Excesses,
    /// Opening handshakes that were answered, by the status code of the answer: 101 opens a
    /// connection; a fallback may answer with any.
    pub handshakes: BTreeMap<u16, u64>,
    /// Opening handshakes whose peers were gone before an answer, or did not take it.
    pub gone: u64,
    /// Messages that were received whole, with the bytes of their payloads before compression.
    pub received: Kinds,
    /// Messages that were queued for writing, likewise.
    pub sent: Kinds,
    /// Messages that were sent in vain, counted when their connection next writes, or ends.
    pub dropped_messages: Dropped,
    /// Control frames that were received.
    pub received_controls: Controls,
    /// Control frames that left. A Close is counted when its connection has ended.
    pub sent_controls: Controls,
    /// Of the pings, those of the keepalive. How many peers did not answer, [`Causes::silence`] tells.
    pub keepalive_pings: u64,
    /// Bytes of compressed messages that were received.
    pub received_compressed: Volume,
    /// Bytes of messages that were sent compressed.
    pub sent_compressed: Volume,
    /// Connections that have ended, by their status code ([`CloseInfo::status`]): what the peer sent,
    /// 1005 for a Close without one, 1006 for none. Of the codes above 3000, from which peers choose,
    /// the first 64 are told apart; what comes beyond is counted under 3000.
    ///
    /// [`CloseInfo::status`]: crate::CloseInfo::status
    pub closes: BTreeMap<u16, u64>,
    /// The same connections by why they ended.
    pub causes: Causes,
    /// How often a write queue was found at its high-water mark.
    pub congestions: u64,
    /// How often a connection was not read from for a while, because it had brought all that
    /// [`Builder::max_message_rate`](crate::Builder::max_message_rate) or
    /// [`max_byte_rate`](crate::Builder::max_byte_rate) allow at once; whether it would have sent more
    /// is not known.
    pub rate_pauses: u64,
    /// The most bytes that have waited to be written to one peer, and what is
    /// [charged](crate::SendOptions::CHARGE) for messages that may give way.
    pub most_queued: u64,
    /// Panics of the application's code.
    pub panics: u64,
    /// Connections that a shutdown did not wait for any longer.
    pub cut: u64,
}

/// Connections by where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connections {
    /// In their opening handshake.
    pub handshake: u64,
    /// Open.
    pub open: u64,
    /// Ending: their last word is written, or the peer's is awaited. A refused handshake is one of
    /// these until it has ended.
    pub closing: u64,
}

/// Connections above a limit, by which it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Excesses {
    /// All places were taken: [`Builder::max_connections`](crate::Builder::max_connections).
    pub by_total: u64,
    /// The places of one client address were taken, be it those of connections or of handshakes:
    /// [`AddrLimits`](crate::AddrLimits).
    pub by_address: u64,
}

/// Control frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Controls {
    /// Pings.
    pub pings: u64,
    /// Pongs.
    pub pongs: u64,
    /// Closes.
    pub closes: u64,
}

/// Connections by why they ended: see [`Cause`](crate::Cause).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Causes {
    /// The peer's Close was the first.
    pub peer: u64,
    /// The application's Close was the first.
    pub us: u64,
    /// The server was shut down.
    pub shutdown: u64,
    /// Aborted.
    pub abort: u64,
    /// The peer broke the protocol.
    pub protocol: u64,
    /// The peer read too slowly: [`Limit::WriteQueue`](crate::Limit::WriteQueue).
    pub write_queue: u64,
    /// It was as old as it may become: [`Limit::Lifetime`](crate::Limit::Lifetime).
    pub lifetime: u64,
    /// The transport broke, or ended without a Close.
    pub transport: u64,
    /// A callback panicked.
    pub panic: u64,
    /// No byte came, not even after a ping.
    pub silence: u64,
    /// The peer read nothing of what was written to it.
    pub write: u64,
    /// The closing handshake took too long.
    pub close: u64,
    /// [`Timeout::Callback`](crate::Timeout::Callback).
    pub callback: u64,
    /// What has no name here yet.
    pub other: u64,
}

impl Snapshot {
    pub(crate) fn sum(shards: &[Shard]) -> Self {
        let most = shards.iter().map(Shard::most_queued).max();
        Self {
            connections: Connections::sum(shards),
            most_queued: most.unwrap_or_default(),
            ..Self::counted(|counter| shards.iter().map(|shard| shard.get(counter)).sum())
        }
    }

    fn counted(get: impl Fn(Counter) -> u64) -> Self {
        let tally = |messages, bytes| Tally {
            messages: get(messages),
            bytes: get(bytes),
        };
        let mut dropped_messages = Dropped::default();
        dropped_messages.newest = tally(Counter::DroppedNewest, Counter::DroppedNewestBytes);
        dropped_messages.oldest = tally(Counter::DroppedOldest, Counter::DroppedOldestBytes);
        dropped_messages.conflated = tally(Counter::Conflated, Counter::ConflatedBytes);
        Self {
            dropped_messages,
            accepted: get(Counter::Accepted),
            accept_errors: get(Counter::AcceptErrors),
            refused: Excesses {
                by_total: get(Counter::RefusedTotal),
                by_address: get(Counter::RefusedAddress),
            },
            dropped: Excesses {
                by_total: get(Counter::DroppedTotal),
                by_address: get(Counter::DroppedAddress),
            },
            gone: get(Counter::Gone),
            received: Kinds {
                text: tally(Counter::ReceivedTexts, Counter::ReceivedTextBytes),
                binary: tally(Counter::ReceivedBinaries, Counter::ReceivedBinaryBytes),
            },
            sent: Kinds {
                text: tally(Counter::SentTexts, Counter::SentTextBytes),
                binary: tally(Counter::SentBinaries, Counter::SentBinaryBytes),
            },
            received_controls: Controls {
                pings: get(Counter::ReceivedPings),
                pongs: get(Counter::ReceivedPongs),
                closes: get(Counter::ReceivedCloses),
            },
            sent_controls: Controls {
                pings: get(Counter::SentPings),
                pongs: get(Counter::SentPongs),
                closes: get(Counter::SentCloses),
            },
            keepalive_pings: get(Counter::KeepalivePings),
            causes: Causes::counted(&get),
            congestions: get(Counter::Congestions),
            rate_pauses: get(Counter::RatePauses),
            panics: get(Counter::Panics),
            cut: get(Counter::Cut),
            ..Self::default()
        }
    }
}

impl Connections {
    fn sum(shards: &[Shard]) -> Self {
        let sum = |standing| {
            let parts = shards.iter().map(|shard| shard.standing(standing));
            // One that moved between threads may be seen to leave and not to come.
            (parts.fold(0, u64::wrapping_add) as i64).max(0) as u64
        };
        Self {
            handshake: sum(Standing::Handshake),
            open: sum(Standing::Open),
            closing: sum(Standing::Closing),
        }
    }
}

impl Causes {
    fn counted(get: &impl Fn(Counter) -> u64) -> Self {
        Self {
            peer: get(Counter::ByPeer),
            us: get(Counter::ByUs),
            shutdown: get(Counter::ByShutdown),
            abort: get(Counter::ByAbort),
            protocol: get(Counter::ByProtocol),
            write_queue: get(Counter::ByWriteQueue),
            lifetime: get(Counter::ByLifetime),
            transport: get(Counter::ByTransport),
            panic: get(Counter::ByPanic),
            silence: get(Counter::BySilence),
            write: get(Counter::ByWriteTimeout),
            close: get(Counter::ByCloseTimeout),
            callback: get(Counter::ByCallbackTimeout),
            other: get(Counter::ByOther),
        }
    }
}
