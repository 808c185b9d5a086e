/// A fuzz target: what it is called everywhere, and what it does with an input.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name of the function, of its program and of the directory with its corpus.
    pub name: &'static str,
    /// Panics when the property does not hold for these bytes.
    pub body: fn(&[u8]),
}

/// Every target. A test compares it with the programs, the corpora and the manifest.
pub const TARGETS: &[Target] = &[
    Target {
        name: "close_payload",
        body: crate::close_payload,
    },
    Target {
        name: "connection_client",
        body: crate::connection_client,
    },
    Target {
        name: "connection_ops",
        body: crate::connection_ops,
    },
    Target {
        name: "connection_server",
        body: crate::connection_server,
    },
    Target {
        name: "deflate_roundtrip",
        body: crate::deflate_roundtrip,
    },
    Target {
        name: "diff_tungstenite",
        body: crate::diff_tungstenite,
    },
    Target {
        name: "extension_offers",
        body: crate::extension_offers,
    },
    Target {
        name: "forwarded_for",
        body: crate::forwarded_for,
    },
    Target {
        name: "frame_header",
        body: crate::frame_header,
    },
    Target {
        name: "frame_stream",
        body: crate::frame_stream,
    },
    Target {
        name: "handshake_request",
        body: crate::handshake_request,
    },
    Target {
        name: "handshake_response",
        body: crate::handshake_response,
    },
    Target {
        name: "header_lists",
        body: crate::header_lists,
    },
    Target {
        name: "inflate_stream",
        body: crate::inflate_stream,
    },
    Target {
        name: "mask",
        body: crate::mask,
    },
    Target {
        name: "proxy_header",
        body: crate::proxy_header,
    },
    Target {
        name: "server_io",
        body: crate::server_io,
    },
    Target {
        name: "utf8_stream",
        body: crate::utf8_stream,
    },
];
