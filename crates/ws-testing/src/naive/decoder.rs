use super::{Frame, Header, Length, Violation};

/// Bytes to frames, one byte at a time. It knows the frame, not the connection: masks, reserved bits and the order of
/// the frames are told, not judged.
#[derive(Debug, Default)]
pub struct Decoder {
    head: Vec<u8>,
    frame: Option<(Frame, u64)>,
}

impl Decoder {
    /// Takes one byte; a frame when this byte ends one.
    ///
    /// # Errors
    ///
    /// A header that may not be.
    pub fn push(&mut self, byte: u8) -> Result<Option<Frame>, Violation> {
        match &mut self.frame {
            None => {
                self.head.push(byte);
                let Some(header) = Header::read(&self.head)? else {
                    return Ok(None);
                };
                self.head.clear();
                let len = header.len;
                self.frame = Some((frame_of(&header), len));
            }
            Some((frame, _)) => {
                let key = frame.mask.unwrap_or_default();
                frame.payload.push(byte ^ key[frame.payload.len() % 4]);
            }
        }
        let frame = self
            .frame
            .take_if(|(frame, len)| frame.payload.len() as u64 == *len);
        Ok(frame.map(|(frame, _)| frame))
    }

    /// Takes several bytes; the frames that ended in them.
    ///
    /// # Errors
    ///
    /// A header that may not be; the frames in front of it are lost.
    pub fn push_all(&mut self, bytes: &[u8]) -> Result<Vec<Frame>, Violation> {
        let frames = bytes.iter().filter_map(|&byte| self.push(byte).transpose());
        frames.collect()
    }

    /// The frames that `bytes` are.
    ///
    /// # Errors
    ///
    /// A header that may not be.
    pub fn decode(bytes: &[u8]) -> Result<Vec<Frame>, Violation> {
        Self::default().push_all(bytes)
    }

    /// Whether all bytes so far belong to whole frames.
    #[must_use]
    pub fn is_between_frames(&self) -> bool {
        self.head.is_empty() && self.frame.is_none()
    }
}

fn frame_of(header: &Header) -> Frame {
    Frame {
        fin: header.fin,
        rsv: header.rsv,
        opcode: header.opcode,
        mask: header.mask,
        length: Length::Shortest,
        announced: None,
        payload: Vec::new(),
    }
}
