//! The rows: the numbers of docs/reliability.md, and what holds each of them.

use super::ground::Ground;
use super::rows::{
    answers, broadcast, cable, churn, controls, crowds, endings, flood, fragments, lengths,
    payloads, probes, shutdown, slow_heads, system,
};
use super::verdict::Verdict;
use crate::failure::Failure;

/// An attack or a fault.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) number: &'static str,
    pub(super) what: &'static str,
    pub(super) held: Held,
}

/// What holds a row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Held {
    /// It is run here, whether or not tests hold it, too.
    Here(Pace, Run),
    /// Tests alone, which docs/reliability.md names.
    Tests,
    /// Nothing, and why.
    Nowhere(&'static str),
}

/// Which runs a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Every one: without arguments, and in `ci`.
    Quick,
    /// With `--all` alone: it takes long, or its bound is so near that it wants the machine for itself.
    Long,
    /// With `--all` alone: its bound does not hold today.
    Breached,
}

/// Does it.
pub(super) type Run = fn(&Ground) -> Result<Result<Verdict, Skip>, Failure>;

/// Why a row cannot run on this machine.
#[derive(Debug)]
pub(super) struct Skip(pub(super) String);

impl Row {
    const fn new(number: &'static str, what: &'static str, held: Held) -> Self {
        Self { number, what, held }
    }

    /// Whether this task runs it.
    pub(super) fn runs(&self) -> bool {
        matches!(self.held, Held::Here(..))
    }
}

impl Pace {
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Quick => "in the short run, too",
            Self::Long => {
                "by its number or with --all, because it takes long or wants the machine for itself"
            }
            Self::Breached => "by its number or with --all, because its bound does not hold today",
        }
    }
}

/// All of them, in their order.
pub(super) const ROWS: &[Row] = &[
    Row::new(
        "A1",
        "10,000 handshakes that come at a byte a second",
        long(slow_heads::dribbled),
    ),
    Row::new(
        "A2",
        "10,000 connections that say nothing",
        long(slow_heads::silent),
    ),
    Row::new("A3", "one header of 20 MB", quick(answers::long_header)),
    Row::new("A4", "a head in pieces of one byte", Held::Tests),
    Row::new(
        "A5",
        "headers without number, lists of nothing",
        Held::Tests,
    ),
    Row::new(
        "A6",
        "an upgrade that announces a body",
        quick(answers::body),
    ),
    Row::new(
        "A7",
        "a second request behind one that is refused",
        quick(answers::pipelined),
    ),
    Row::new(
        "A8",
        "frames in the segment of the handshake",
        quick(answers::early_frames),
    ),
    Row::new("A9", "bad handshakes, 30 of them", quick(probes::run)),
    Row::new("A10", "any byte in any header", Held::Tests),
    Row::new("A11", "a page of another origin", Held::Tests),
    Row::new(
        "A12",
        "lengths of 2^32, 2^40, 2^63 - 1",
        quick(lengths::absurd),
    ),
    Row::new(
        "A13",
        "lengths with the top bit set",
        quick(lengths::top_bit),
    ),
    Row::new("A14", "lengths that have a shorter form", Held::Tests),
    Row::new(
        "A15",
        "50 connections announce 15 MiB and send a byte",
        quick(lengths::announced),
    ),
    Row::new("A16", "a mask that is missing or must not be", Held::Tests),
    Row::new("A17", "reserved bits and opcodes", Held::Tests),
    Row::new(
        "A18",
        "control frames that are too long or fragmented",
        Held::Tests,
    ),
    Row::new(
        "A19",
        "a message of 32 MiB in fragments of one byte",
        quick(fragments::bytes),
    ),
    Row::new(
        "A20",
        "1,000,000 empty continuations",
        quick(fragments::empty),
    ),
    Row::new(
        "A21",
        "800,000 pings from a peer that never reads",
        long(controls::pings),
    ),
    Row::new(
        "A22",
        "200 messages of 1 MiB from a peer that never reads",
        quick(payloads::never_read),
    ),
    Row::new(
        "A23",
        "one slow reader in a broadcast to 1,000",
        long(broadcast::slow_reader),
    ),
    Row::new(
        "A24",
        "10,000,000 pongs that nobody asked for",
        long(controls::pongs),
    ),
    Row::new(
        "A25",
        "256 MiB of inflated data in 265 kB",
        quick(payloads::bomb),
    ),
    Row::new(
        "A26",
        "inflaters of 1,000 connections that come and go",
        Held::Tests,
    ),
    Row::new("A27", "bad DEFLATE data", Held::Tests),
    Row::new(
        "A28",
        "bad UTF-8 at the beginning of a text of 16 MiB",
        quick(payloads::bad_text),
    ),
    Row::new(
        "A29",
        "characters split over frames, reads and fragments",
        Held::Tests,
    ),
    Row::new("A30", "a message begins inside another", Held::Tests),
    Row::new("A31", "control frames between fragments", Held::Tests),
    Row::new("A32", "Closes with any code and any reason", Held::Tests),
    Row::new(
        "A33",
        "100 MB of data behind a Close",
        quick(endings::data_behind_close),
    ),
    Row::new(
        "A34",
        "a peer that never answers our Close",
        quick(endings::unanswered_close),
    ),
    Row::new(
        "A35",
        "a peer that never ends the transport",
        quick(endings::open_transport),
    ),
    Row::new(
        "A36",
        "7,000 resets, at each of seven moments",
        quick(endings::resets),
    ),
    Row::new(
        "A37",
        "1,000 peers behind a pulled cable",
        long(cable::pulled),
    ),
    Row::new(
        "A38",
        "1,000 ends of the transport without a Close",
        quick(endings::ends),
    ),
    Row::new(
        "A39",
        "a shutdown with 1,000 connections, 100 of them dead",
        quick(shutdown::one_signal),
    ),
    Row::new(
        "A40",
        "a second signal during the shutdown",
        quick(shutdown::two_signals),
    ),
    Row::new(
        "A41",
        "accepting at the limit of descriptors",
        long(system::few_descriptors),
    ),
    Row::new("A42", "errors of accept", Held::Tests),
    Row::new("A43", "callbacks that panic", Held::Tests),
    Row::new("A44", "callbacks that never return", Held::Tests),
    Row::new("A45", "sending behind the end", Held::Tests),
    Row::new(
        "A46",
        "100,000 connections that come, are echoed and go",
        long(churn::run),
    ),
    Row::new(
        "A47",
        "10,000 idle connections",
        breached(crowds::idle_ones),
    ),
    Row::new(
        "A48",
        "the wall clock jumps",
        Held::Nowhere("no test lets it jump; `cargo xtask layers` refuses clocks below ws-server"),
    ),
    Row::new(
        "A49",
        "reads and writes of any size, errors at every call",
        Held::Tests,
    ),
    Row::new(
        "A50",
        "the future of a connection is dropped at any await",
        Held::Tests,
    ),
    Row::new("A51", "18,000 connections", long(crowds::most_sockets)),
    Row::new(
        "A52",
        "one connection floods small messages",
        long(crowds::one_flood),
    ),
    Row::new(
        "A53",
        "2,000 connections from an address that may have 100",
        quick(flood::of_one_address),
    ),
    Row::new(
        "A55",
        "a slow ClientHello, an end without close_notify",
        Held::Nowhere("there is no TLS of our own"),
    ),
    Row::new(
        "A56",
        "masking at any length, offset and alignment",
        Held::Tests,
    ),
    Row::new(
        "A57",
        "10,000 callbacks that stay pending",
        long(crowds::pending_callbacks),
    ),
    Row::new(
        "A58",
        "a callback that is pending for 60 s, with a healthy peer",
        Held::Tests,
    ),
];

const fn quick(run: Run) -> Held {
    Held::Here(Pace::Quick, run)
}

const fn long(run: Run) -> Held {
    Held::Here(Pace::Long, run)
}

const fn breached(run: Run) -> Held {
    Held::Here(Pace::Breached, run)
}
