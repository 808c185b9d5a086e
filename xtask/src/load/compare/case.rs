//! What is measured: the cases of the speed table.

use std::time::Duration;

use super::contestant::{
    FASTWEBSOCKETS, FLOOR, OURS, OURS_DEFLATE, OURS_DEFLATE_6, SOCKUDO, SOCKUDO_1, TUNGSTENITE,
    YAWC, YAWC_1,
};
use crate::failure::Failure;
use crate::load::generator::{Check, Coding, Frames, Kind, Server, Traffic, descriptors, idle};

/// One row.
#[derive(Debug, PartialEq)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Who is measured unless it is said otherwise; the first one is ours, and the gate's.
    pub(crate) field: &'static [&'static str],
    /// To whom the others are compared.
    pub(crate) yardsticks: [&'static str; 2],
    pub(crate) gate: Option<Gate>,
    kind: Kind,
    size: usize,
    connections: usize,
    load: Load,
}

/// What the connections do.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Load {
    /// So many messages at a time.
    Depth(usize),
    Idle,
}

/// What our echo may cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Gate {
    /// So many times what the best of these costs.
    TimesBest(f64, &'static [&'static str]),
    /// So many bytes.
    Bytes(f64),
    /// So many bytes more than that one.
    BytesMore(f64, &'static str),
}

impl Gate {
    /// Who must be measured beside our echo.
    pub(crate) fn rivals(&self) -> &[&'static str] {
        match self {
            Self::TimesBest(_, rivals) => rivals,
            Self::Bytes(_) => &[],
            Self::BytesMore(_, other) => std::slice::from_ref(other),
        }
    }
}

/// What one run found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// In the unit of the case.
    pub(crate) cost: f64,
    pub(crate) traffic: Option<Pace>,
}

/// How a run with messages went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) per_second: f64,
    /// The part of the time that the server was on its core.
    pub(crate) busy: f64,
    /// The part of the time that another process kept it from its core.
    pub(crate) kept_waiting: f64,
}

/// All cases, in the order in which they run.
pub(crate) const CASES: &[Case] = &[
    Case {
        name: "depth32",
        field: PLAIN,
        yardsticks: [FASTWEBSOCKETS, FLOOR],
        gate: Some(Gate::TimesBest(0.15, &[FASTWEBSOCKETS])),
        kind: Kind::Text,
        size: 32,
        connections: 8,
        load: Load::Depth(32),
    },
    Case {
        name: "depth1",
        field: PLAIN,
        yardsticks: [FASTWEBSOCKETS, FLOOR],
        gate: Some(Gate::TimesBest(1.10, &[FASTWEBSOCKETS])),
        kind: Kind::Binary,
        size: 64,
        connections: 64,
        load: Load::Depth(1),
    },
    Case {
        name: "16k",
        field: PLAIN,
        yardsticks: [FASTWEBSOCKETS, FLOOR],
        gate: None,
        kind: Kind::Binary,
        size: 16 * 1024,
        connections: 64,
        load: Load::Depth(1),
    },
    Case {
        name: "64k",
        field: PLAIN,
        yardsticks: [FASTWEBSOCKETS, FLOOR],
        gate: None,
        kind: Kind::Text,
        size: 64 * 1024,
        connections: 8,
        load: Load::Depth(1),
    },
    Case {
        name: "1m",
        field: PLAIN,
        yardsticks: [FASTWEBSOCKETS, FLOOR],
        gate: None,
        kind: Kind::Binary,
        size: 1024 * 1024,
        connections: 4,
        load: Load::Depth(1),
    },
    Case {
        name: "idle",
        field: PLAIN,
        yardsticks: [FASTWEBSOCKETS, FLOOR],
        gate: Some(Gate::Bytes(1536.0)),
        kind: Kind::Binary,
        size: 1024,
        connections: 9_000,
        load: Load::Idle,
    },
    Case {
        name: "deflate-1k",
        field: DEFLATE,
        yardsticks: [SOCKUDO, YAWC],
        gate: Some(Gate::TimesBest(0.9, &[SOCKUDO, YAWC])),
        kind: Kind::Json,
        size: 1024,
        connections: 8,
        load: Load::Depth(8),
    },
    Case {
        name: "deflate-64k",
        field: DEFLATE,
        yardsticks: [SOCKUDO, YAWC],
        gate: Some(Gate::TimesBest(0.9, &[SOCKUDO, YAWC])),
        kind: Kind::Json,
        size: 64 * 1024,
        connections: 8,
        load: Load::Depth(1),
    },
    Case {
        name: "deflate-idle",
        field: &[
            OURS_DEFLATE,
            "echo-takeover",
            "echo-takeover-12",
            OURS,
            SOCKUDO,
            YAWC,
        ],
        yardsticks: [OURS, YAWC],
        gate: Some(Gate::BytesMore(512.0, OURS)),
        kind: Kind::Json,
        size: 1024,
        connections: 5_000,
        load: Load::Idle,
    },
];

/// Servers that do not compress.
const PLAIN: &[&str] = &[OURS, FASTWEBSOCKETS, TUNGSTENITE, FLOOR];

/// Servers that compress each message for itself, at their default levels (ours 1, the others 6) and at each other's;
/// and what the same messages cost us without.
const DEFLATE: &[&str] = &[
    OURS_DEFLATE,
    SOCKUDO,
    YAWC,
    SOCKUDO_1,
    YAWC_1,
    OURS_DEFLATE_6,
    OURS,
];

impl Case {
    /// Puts this load on a server that has done nothing yet.
    pub(crate) fn measure(
        &self,
        server: &Server,
        coding: Coding,
        length: Duration,
    ) -> Result<Sample, Failure> {
        descriptors::ensure(self.connections)?;
        match self.load {
            Load::Depth(depth) => {
                let frames = Frames::new(self.kind, self.size, depth, coding);
                self.traffic(server, &frames, length)
            }
            Load::Idle => {
                let frames = Frames::new(self.kind, self.size, 1, coding);
                let found = idle::run(server, &frames, self.connections)?;
                Ok(Sample {
                    cost: found.bytes_per_connection(),
                    traffic: None,
                })
            }
        }
    }

    fn traffic(
        &self,
        server: &Server,
        frames: &Frames,
        length: Duration,
    ) -> Result<Sample, Failure> {
        let traffic = Traffic {
            connections: self.connections,
            warmup: Duration::from_secs(1),
            length,
            check: Check::Shape,
        };
        let found = traffic.run(server, frames)?;
        let known = |figure: Option<f64>| {
            figure.ok_or_else(|| Failure::failed("the server's CPU time is not known"))
        };
        Ok(Sample {
            cost: known(found.cpu_per_message())?,
            traffic: Some(Pace {
                per_second: found.per_second(),
                busy: known(found.server_busy())?,
                kept_waiting: known(found.server_kept_waiting())?,
            }),
        })
    }

    /// What the cost is counted in.
    pub(crate) fn unit(&self) -> &'static str {
        match self.load {
            Load::Depth(_) => "CPU ns per message",
            Load::Idle => "resident bytes per connection",
        }
    }

    /// The case in words.
    pub(crate) fn title(&self) -> String {
        let kind = self.kind.name();
        let (size, connections) = (self.size, self.connections);
        match self.load {
            Load::Depth(depth) => {
                format!("{size} B {kind}, {connections} connections, depth {depth}")
            }
            Load::Idle => {
                format!("{connections} connections after one echo of {size} B {kind} each")
            }
        }
    }
}
