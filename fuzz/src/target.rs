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
        name: "frame_header",
        body: crate::frame_header,
    },
    Target {
        name: "mask",
        body: crate::mask,
    },
    Target {
        name: "utf8_stream",
        body: crate::utf8_stream,
    },
];
