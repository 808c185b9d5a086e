//! The clients, and what each can do.

use super::runtime::Runtime;

/// Every check that a client could do, in the order of the table. The scripts are in `xtask/interop`.
pub(super) const CHECKS: &[&str] = &[
    "extension",
    "text-ascii",
    "text-multi-byte",
    "text-emoji",
    "binary",
    "text-empty",
    "binary-empty",
    "text-125",
    "binary-125",
    "text-126",
    "binary-126",
    "text-127",
    "binary-127",
    "text-65535",
    "binary-65535",
    "text-65536",
    "binary-65536",
    "text-1-mib",
    "binary-1-mib",
    "text-in-fragments",
    "binary-in-fragments",
    "ping-between-fragments",
    "pipelined-100",
    "ping",
    "ping-empty",
    "ping-125",
    "close-3001",
    "close-1000",
    "close-no-status",
    "close-long-reason",
    "too-large",
    "far-too-large",
    "too-large-in-fragments",
    "reserved-bit",
    "unmasked",
    "invalid-utf8",
    "server-closes",
];

/// One client.
#[derive(Debug)]
pub(super) struct Client {
    /// The name of its package.
    pub(super) name: &'static str,
    pub(super) runtime: Runtime,
    /// Relative to `xtask/interop`.
    pub(super) script: &'static str,
    pub(super) cannot: &'static [Cannot],
}

/// Checks that a client leaves out.
#[derive(Debug)]
pub(super) struct Cannot {
    pub(super) checks: &'static [&'static str],
    pub(super) because: &'static str,
}

/// All of them.
pub(super) const CLIENTS: &[Client] = &[
    Client {
        name: "websockets",
        runtime: Runtime::Python,
        script: "python/client.py",
        cannot: &[],
    },
    Client {
        name: "ws",
        runtime: Runtime::Node,
        script: "node/ws.js",
        cannot: &[Cannot {
            checks: &["reserved-bit"],
            because: "its API sets no reserved bit",
        }],
    },
    Client {
        name: "undici",
        runtime: Runtime::Node,
        script: "node/undici.js",
        cannot: &[
            Cannot {
                checks: &[
                    "text-in-fragments",
                    "binary-in-fragments",
                    "ping-between-fragments",
                    "too-large-in-fragments",
                ],
                because: "its API sends whole messages only",
            },
            Cannot {
                checks: &["reserved-bit", "unmasked", "invalid-utf8"],
                because: "its API sends nothing that is wrong",
            },
        ],
    },
    Client {
        name: "chromium",
        runtime: Runtime::Chromium,
        script: "node/chromium.js",
        cannot: &[
            Cannot {
                checks: &[
                    "text-in-fragments",
                    "binary-in-fragments",
                    "ping-between-fragments",
                    "too-large-in-fragments",
                    "ping",
                    "ping-empty",
                    "ping-125",
                ],
                because: "a page sends whole messages only, and no ping",
            },
            Cannot {
                checks: &["reserved-bit", "unmasked", "invalid-utf8"],
                because: "a page sends nothing that is wrong",
            },
        ],
    },
];

impl Client {
    /// Whether it has to do this check.
    pub(super) fn can(&self, check: &str) -> bool {
        !self.cannot.iter().any(|left| left.checks.contains(&check))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_leaves_out_is_a_check() {
        for left in CLIENTS.iter().flat_map(|client| client.cannot) {
            assert!(left.checks.iter().all(|check| CHECKS.contains(check)));
        }
    }

    #[test]
    fn every_check_is_done_by_a_client() {
        for check in CHECKS {
            assert!(CLIENTS.iter().any(|client| client.can(check)), "{check}");
        }
    }
}
