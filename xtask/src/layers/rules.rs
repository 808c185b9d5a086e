//! Who may know whom: the table that `cargo xtask layers` checks. ARCHITECTURE.md tells it in words.

/// One crate's row.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) name: &'static str,
    /// Its normal dependencies, all of them.
    pub(crate) may_use: MayUse,
    /// Packages that it must not reach, not even through another; `ws-*` stands for every name that begins so.
    pub(crate) never_reaches: &'static [&'static str],
    /// Why the packages above are out of its reach.
    pub(crate) because: &'static str,
    /// Rules about what its sources name.
    pub(crate) never_names: &'static [&'static [Word]],
}

/// The direct dependencies of a crate.
#[derive(Debug)]
pub(crate) enum MayUse {
    Anything,
    Only(&'static [&'static str]),
}

/// Something that the sources of a crate must not name.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) pattern: Pattern,
    pub(crate) because: &'static str,
}

/// How a forbidden name looks.
#[derive(Debug)]
pub(crate) enum Pattern {
    /// A path that begins so, but for the paths named after it.
    Path(&'static str, &'static [&'static str]),
    /// The same, allowed behind `#[cfg(feature = "std")]`.
    PathWithoutStd(&'static str),
    /// A path that ends so.
    Ending(&'static str),
    /// A call of a method.
    Method(&'static str),
    /// A call of a macro.
    Macro(&'static str),
    /// A word inside an identifier, as `frame` in `FrameHeader`.
    InIdentifier(&'static str),
    /// A word inside an identifier or a string literal.
    Anywhere(&'static str),
}

use Pattern::{Anywhere, Ending, InIdentifier, Macro, Method, Path, PathWithoutStd};

const fn word(pattern: Pattern, because: &'static str) -> Word {
    Word { pattern, because }
}

const RUNTIME: &[&str] = &[
    "tokio",
    "mio",
    "socket2",
    "async-std",
    "smol",
    "async-io",
    "hyper",
];
const NO_RUNTIME: &str = "only ws-server is bound to a runtime and to sockets";

/// R9: time is an argument.
const CLOCK: &[Word] = &[
    word(Ending("Instant::now"), "time is an argument (R9)"),
    word(
        Method("elapsed"),
        "it reads the clock; time is an argument (R9)",
    ),
    word(
        Path("std::time::SystemTime", &[]),
        "time is an argument (R9), and this clock jumps",
    ),
    word(
        Path("std::time::UNIX_EPOCH", &[]),
        "time is an argument (R9), and this clock jumps",
    ),
    word(
        Path("std::thread", &[]),
        "below ws-server nothing sleeps and nothing starts a thread",
    ),
];

const RANDOMNESS: &[Word] = &[
    word(
        Path("rand", &[]),
        "randomness is an argument below ws-server",
    ),
    word(
        Path("fastrand", &[]),
        "randomness is an argument below ws-server",
    ),
    word(
        Path("getrandom", &[]),
        "randomness is an argument below ws-server",
    ),
    word(
        Ending("RandomState"),
        "it draws random numbers; below ws-server they are an argument",
    ),
];

const LOG: &[Word] = &[
    word(
        Path("tracing", &[]),
        "what happened is a value below ws-server, not a log line",
    ),
    word(
        Path("log", &[]),
        "what happened is a value below ws-server, not a log line",
    ),
    word(
        Macro("print"),
        "what happened is a value below ws-server, not a log line",
    ),
    word(
        Macro("println"),
        "what happened is a value below ws-server, not a log line",
    ),
    word(
        Macro("eprint"),
        "what happened is a value below ws-server, not a log line",
    ),
    word(
        Macro("eprintln"),
        "what happened is a value below ws-server, not a log line",
    ),
];

const SURROUNDINGS: &[Word] = &[
    word(Path("tokio", &[]), NO_RUNTIME),
    word(Path("socket2", &[]), NO_RUNTIME),
    word(Path("std::os", &[]), NO_RUNTIME),
    word(Path("std::fs", &[]), "below ws-server nothing does I/O"),
    word(Path("std::env", &[]), "settings are arguments"),
    word(
        Path("std::process", &[]),
        "a library ends nothing but what it began",
    ),
];

const NO_ADDRESS: &[Word] = &[
    word(
        Path("std::net", &[]),
        "no sockets, and a protocol has no addresses",
    ),
    word(
        Path("core::net", &[]),
        "no sockets, and a protocol has no addresses",
    ),
];

/// An address is a value: a handler may ask for it, a Host header may be one. A socket is not.
const ADDRESSES_ONLY: &[Word] = &[word(
    Path(
        "std::net",
        &[
            "std::net::SocketAddr",
            "std::net::SocketAddrV4",
            "std::net::SocketAddrV6",
            "std::net::IpAddr",
            "std::net::Ipv4Addr",
            "std::net::Ipv6Addr",
        ],
    ),
    "only ws-server has sockets; an address alone is a value",
)];

const NO_STD: &[Word] = &[word(
    PathWithoutStd("std"),
    "ws-frame is no_std: `core` and `alloc` have what it needs",
)];

const NO_IO: &[Word] = &[word(
    Path("std::io", &[]),
    "bytes in, values out; whoever has a socket does the I/O",
)];

const IO_ERRORS_ONLY: &[Word] = &[word(
    Path("std::io", &["std::io::Error", "std::io::ErrorKind"]),
    "whoever has a socket does the I/O; its error alone is a value",
)];

const IO_SLICES_ONLY: &[Word] = &[word(
    Path("std::io", &["std::io::IoSlice"]),
    "bytes in, values out; `IoSlice` alone is a value",
)];

const NO_HTTP: &[Word] = &[
    word(Anywhere("http"), HTTP),
    word(Anywhere("httparse"), HTTP),
    word(Anywhere("uri"), HTTP),
    word(Anywhere("url"), HTTP),
    word(Anywhere("cookie"), HTTP),
    word(Anywhere("origin"), HTTP),
    word(Anywhere("upgrade"), HTTP),
];
const HTTP: &str = "HTTP words belong to ws-handshake";

const NO_FRAMES: &[Word] = &[
    word(InIdentifier("frame"), FRAMES),
    word(InIdentifier("frames"), FRAMES),
    word(InIdentifier("opcode"), FRAMES),
    word(InIdentifier("masking"), FRAMES),
    word(InIdentifier("rsv"), FRAMES),
];
const FRAMES: &str = "frames begin when the handshake has ended; their words belong to ws-frame";

const NO_HANDSHAKE: &[Word] = &[
    word(
        Path("ws_handshake", &[]),
        "the opening handshake is over before a connection begins",
    ),
    word(
        Path("http", &[]),
        "the opening handshake is over before a connection begins",
    ),
];

/// The table of design and ARCHITECTURE.md.
pub(crate) const LAYERS: &[Layer] = &[
    Layer {
        name: "ws-frame",
        may_use: MayUse::Only(&["bytes", "simdutf8"]),
        never_reaches: &[
            "ws-*", "tokio", "mio", "socket2", "http", "httparse", "log", "tracing", "rand",
        ],
        because: "frames are the lowest layer: bytes and UTF-8 only",
        never_names: &[
            NO_STD,
            NO_HTTP,
            CLOCK,
            RANDOMNESS,
            LOG,
            SURROUNDINGS,
            NO_ADDRESS,
        ],
    },
    Layer {
        name: "ws-handshake",
        may_use: MayUse::Only(&["base64", "bytes", "http", "httparse", "sha1"]),
        never_reaches: &[
            "ws-*", "tokio", "mio", "socket2", "hyper", "log", "tracing", "rand",
        ],
        because: "the handshake is the head of an HTTP request and nothing after it",
        never_names: &[
            NO_FRAMES,
            NO_IO,
            CLOCK,
            RANDOMNESS,
            LOG,
            SURROUNDINGS,
            ADDRESSES_ONLY,
        ],
    },
    Layer {
        name: "ws-connection",
        may_use: MayUse::Only(&["bytes", "simdutf8", "ws-frame"]),
        never_reaches: &[
            "ws-handshake",
            "ws-handler",
            "ws-server",
            "tokio",
            "mio",
            "socket2",
            "http",
            "log",
            "tracing",
            "rand",
        ],
        because: "a connection begins after the handshake and knows neither sockets nor HTTP",
        never_names: &[
            NO_HANDSHAKE,
            IO_SLICES_ONLY,
            CLOCK,
            RANDOMNESS,
            LOG,
            SURROUNDINGS,
            NO_ADDRESS,
        ],
    },
    Layer {
        name: "ws-deflate",
        may_use: MayUse::Only(&[
            "bytes",
            "ws-connection",
            "ws-frame",
            "ws-handshake",
            "zlib-rs",
        ]),
        never_reaches: &[
            "ws-handler",
            "ws-server",
            "tokio",
            "mio",
            "socket2",
            "hyper",
            "log",
            "tracing",
            "rand",
        ],
        because: "compression is bytes to bytes: no runtime, no sockets, no log",
        never_names: &[NO_IO, CLOCK, RANDOMNESS, LOG, SURROUNDINGS, NO_ADDRESS],
    },
    Layer {
        name: "ws-handler",
        may_use: MayUse::Only(&[
            "bytes",
            "futures-util",
            "http",
            // Behind `--cfg loom`, for its model.
            "loom",
            "ws-connection",
            "ws-deflate",
            "ws-frame",
            "ws-handshake",
        ]),
        never_reaches: RUNTIME,
        because: NO_RUNTIME,
        never_names: &[
            IO_ERRORS_ONLY,
            CLOCK,
            RANDOMNESS,
            LOG,
            SURROUNDINGS,
            ADDRESSES_ONLY,
        ],
    },
    Layer {
        name: "ws-server",
        may_use: MayUse::Anything,
        never_reaches: &["ws-testing"],
        because: "the test kit is for tests",
        never_names: &[],
    },
    Layer {
        name: "ws-testing",
        may_use: MayUse::Only(&[
            "bytes",
            "http",
            "proptest",
            "tokio",
            "ws-connection",
            "ws-frame",
            "ws-handler",
            "ws-handshake",
        ]),
        never_reaches: &["ws-server"],
        because: "the test kit serves the layers below the server, and the server's own tests",
        never_names: &[],
    },
];
