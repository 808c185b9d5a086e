use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::StatusCode;
use ws_connection::{Dropped, Fresh, Tally};
use ws_deflate::Traffic;
use ws_handler::{Cause, CloseInfo, Limit, Timeout};

use crate::{
    Snapshot,
    codes::Codes,
    counter::Counter,
    heard::Heard,
    shard::{Shard, thread_number},
};

/// More than most machines have threads that serve; those beyond share.
const SHARDS: usize = 16;

/// What a server has done so far, counted while it serves; a clone counts on with it.
///
/// Of a [`Server`](crate::Server) it is [`Server::metrics`](crate::Server::metrics); of connections
/// without one, [`Config::metrics`](crate::Config::metrics).
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use ws_server::Server;
///
/// let server = Server::bind("127.0.0.1:0").await?;
/// let metrics = server.metrics();
/// let snapshot = metrics.snapshot();
/// println!("{} of {} are open", snapshot.connections.open, snapshot.accepted);
/// assert_eq!(snapshot.received.text.messages, 0, "nobody has come yet");
/// # std::io::Result::Ok(())
/// # })?;
/// # std::io::Result::Ok(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    shards: [Shard; SHARDS],
    traffic: Arc<Traffic>,
    /// Once for each connection: not worth a shard.
    handshakes: Mutex<Codes>,
    closes: Mutex<Codes>,
}

impl Metrics {
    /// The numbers as they are now. While the server serves, they are not all of exactly one moment.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let Shared {
            shards,
            traffic,
            handshakes,
            closes,
        } = &*self.shared;
        Snapshot {
            received_compressed: traffic.received(),
            sent_compressed: traffic.sent(),
            handshakes: lock(handshakes).map(),
            closes: lock(closes).map(),
            ..Snapshot::sum(shards)
        }
    }

    pub(crate) fn traffic(&self) -> &Arc<Traffic> {
        &self.shared.traffic
    }

    /// The numbers of this thread.
    #[inline]
    pub(crate) fn shard(&self) -> &Shard {
        &self.shared.shards[thread_number() % SHARDS]
    }
}

/// Counting.
impl Metrics {
    pub(crate) fn add(&self, counter: Counter, count: u64) {
        self.shard().add(counter, count);
    }

    /// What was heard since the last call.
    #[inline]
    pub(crate) fn take_heard(&self, heard: &mut Heard) {
        let Heard {
            messages,
            pings,
            pongs,
            closes,
        } = mem::take(heard);
        let shard = self.shard();
        let (texts, bytes) = (Counter::ReceivedTexts, Counter::ReceivedTextBytes);
        add_tally(shard, texts, bytes, messages.text);
        let (binaries, bytes) = (Counter::ReceivedBinaries, Counter::ReceivedBinaryBytes);
        add_tally(shard, binaries, bytes, messages.binary);
        if pings + pongs + closes > 0 {
            shard.add(Counter::ReceivedPings, pings);
            shard.add(Counter::ReceivedPongs, pongs);
            shard.add(Counter::ReceivedCloses, closes);
        }
    }

    /// What was sent since the last call, and how many bytes wait now.
    #[inline]
    pub(crate) fn add_sent(&self, fresh: &Fresh, queued: usize) {
        let shard = self.shard();
        let (texts, bytes) = (Counter::SentTexts, Counter::SentTextBytes);
        add_tally(shard, texts, bytes, fresh.messages.text);
        let (binaries, bytes) = (Counter::SentBinaries, Counter::SentBinaryBytes);
        add_tally(shard, binaries, bytes, fresh.messages.binary);
        if fresh.pings + fresh.pongs > 0 {
            shard.add(Counter::SentPings, fresh.pings);
            shard.add(Counter::SentPongs, fresh.pongs);
        }
        add_dropped(shard, &fresh.dropped);
        shard.note_queued(queued as u64);
    }

    pub(crate) fn count_answer(&self, status: StatusCode) {
        lock(&self.shared.handshakes).count(status.as_u16());
    }

    pub(crate) fn count_close(&self, close: &CloseInfo) {
        let shard = self.shard();
        shard.add(by(close.cause()), 1);
        if let Cause::Panic(_) = close.cause() {
            shard.add(Counter::Panics, 1);
        }
        if close.handshake().sent().is_some() {
            shard.add(Counter::SentCloses, 1);
        }
        lock(&self.shared.closes).count(close.status());
    }
}

#[inline]
fn add_dropped(shard: &Shard, dropped: &Dropped) {
    let (newest, bytes) = (Counter::DroppedNewest, Counter::DroppedNewestBytes);
    add_tally(shard, newest, bytes, dropped.newest);
    let (oldest, bytes) = (Counter::DroppedOldest, Counter::DroppedOldestBytes);
    add_tally(shard, oldest, bytes, dropped.oldest);
    let (conflated, bytes) = (Counter::Conflated, Counter::ConflatedBytes);
    add_tally(shard, conflated, bytes, dropped.conflated);
}

fn lock(codes: &Mutex<Codes>) -> MutexGuard<'_, Codes> {
    codes.lock().unwrap_or_else(PoisonError::into_inner)
}

#[inline]
fn add_tally(shard: &Shard, messages: Counter, bytes: Counter, tally: Tally) {
    if tally.messages > 0 {
        shard.add(messages, tally.messages);
        shard.add(bytes, tally.bytes);
    }
}

fn by(cause: &Cause) -> Counter {
    match cause {
        Cause::Peer => Counter::ByPeer,
        Cause::Us => Counter::ByUs,
        Cause::Shutdown => Counter::ByShutdown,
        Cause::Abort => Counter::ByAbort,
        Cause::Protocol(_) => Counter::ByProtocol,
        Cause::Limit(Limit::WriteQueue { .. }) => Counter::ByWriteQueue,
        Cause::Limit(Limit::Lifetime { .. }) => Counter::ByLifetime,
        Cause::Transport(_) => Counter::ByTransport,
        Cause::Panic(_) => Counter::ByPanic,
        Cause::Timeout(Timeout::Silence) => Counter::BySilence,
        Cause::Timeout(Timeout::Write) => Counter::ByWriteTimeout,
        Cause::Timeout(Timeout::Close) => Counter::ByCloseTimeout,
        Cause::Timeout(Timeout::Callback) => Counter::ByCallbackTimeout,
        _ => Counter::ByOther,
    }
}
