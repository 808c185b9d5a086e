//! The rules of RFC 7692 7.1 over plain numbers, written down once more.

use ws_deflate::{Agreement, Deflate, Takeover};
use ws_handshake::Extension;

/// What stands in an element of `Sec-WebSocket-Extensions`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) server_no_takeover: bool,
    pub(crate) client_no_takeover: bool,
    pub(crate) server_bits: Option<u8>,
    /// `Some(0)` has no value.
    pub(crate) client_bits: Option<u8>,
}

/// The settings as numbers: takeovers and windows, ours and the peer's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) ours: bool,
    pub(crate) peers: bool,
    pub(crate) bits: u8,
    pub(crate) peer_bits: u8,
}

impl Wanted {
    pub(crate) fn of(settings: &Deflate) -> Self {
        Self {
            ours: settings.takeover() == Takeover::On,
            peers: settings.peer_takeover() == Takeover::On,
            bits: settings.window_bits().get(),
            peer_bits: settings.peer_window_bits().get(),
        }
    }
}

/// Takeover and bits of the server, then of the client.
pub(crate) fn plain(agreed: &Agreement) -> [(bool, u8); 2] {
    [
        (
            agreed.server_takeover() == Takeover::On,
            agreed.server_window_bits().get(),
        ),
        (
            agreed.client_takeover() == Takeover::On,
            agreed.client_window_bits().get(),
        ),
    ]
}

impl Said {
    /// All that is legal somewhere.
    pub(crate) fn all(client_bits: &[Option<u8>]) -> Vec<Self> {
        let server_bits = || [None].into_iter().chain((8..=15).map(Some));
        let mut all = Vec::new();
        for server_no_takeover in [false, true] {
            for client_no_takeover in [false, true] {
                for server_bits in server_bits() {
                    for client_bits in client_bits.iter().copied() {
                        all.push(Self {
                            server_no_takeover,
                            client_no_takeover,
                            server_bits,
                            client_bits,
                        });
                    }
                }
            }
        }
        all
    }

    pub(crate) fn extension(&self) -> Extension {
        let mut text = "permessage-deflate".to_owned();
        if let Some(bits) = self.client_bits {
            text += "; client_max_window_bits";
            if bits > 0 {
                text += &format!("={bits}");
            }
        }
        if let Some(bits) = self.server_bits {
            text += &format!("; server_max_window_bits={bits}");
        }
        if self.client_no_takeover {
            text += "; client_no_context_takeover";
        }
        if self.server_no_takeover {
            text += "; server_no_context_takeover";
        }
        text.parse().expect("an extension")
    }

    /// What this extension says, which has nothing else in it.
    pub(crate) fn of(extension: &Extension) -> Self {
        let params: Vec<_> = extension.params().collect();
        let find = |wanted: &str| {
            let mut found = params.iter().filter(|(name, _)| *name == wanted);
            let one = found.next().map(|(_, value)| *value);
            assert!(found.next().is_none(), "{extension}");
            one
        };
        let bits = |wanted| {
            find(wanted)
                .map(|value| value.map_or(0, |value| value.parse::<u8>().expect("a number")))
        };
        let flag = |wanted| match find(wanted) {
            Some(value) => value.is_none() || panic!("{extension}"),
            None => false,
        };
        let said = Self {
            server_no_takeover: flag("server_no_context_takeover"),
            client_no_takeover: flag("client_no_context_takeover"),
            server_bits: bits("server_max_window_bits"),
            client_bits: bits("client_max_window_bits"),
        };
        let parts = [
            said.server_no_takeover,
            said.client_no_takeover,
            said.server_bits.is_some(),
            said.client_bits.is_some(),
        ];
        let known = parts.iter().filter(|part| **part).count();
        assert_eq!(known, params.len(), "{extension}");
        said
    }
}
