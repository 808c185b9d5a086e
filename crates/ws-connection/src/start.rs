use ws_frame::{FrameHeader, Opcode, Rsv};

/// What a data frame says in its first byte, but for FIN.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub(crate) opcode: Opcode,
    pub(crate) rsv: Rsv,
}

impl Start {
    pub(crate) const CONTINUATION: Self = Self {
        opcode: Opcode::Continuation,
        rsv: Rsv::NONE,
    };

    /// The header of a frame of a message of which `after` bytes follow in later frames.
    #[inline]
    pub(crate) fn header(self, len: usize, after: usize) -> FrameHeader {
        let header = match after {
            0 => FrameHeader::new(self.opcode, len as u64),
            _ => FrameHeader::fragment(self.opcode, len as u64),
        };
        let header = header.expect("a data frame over a slice is always legal");
        header.with_rsv(self.rsv)
    }
}
