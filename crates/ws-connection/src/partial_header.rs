use ws_frame::{FrameError, FrameHeader};

/// A frame header of which only some bytes have come.
#[derive(Debug)]
pub(crate) struct PartialHeader {
    bytes: [u8; FrameHeader::MAX_LEN],
    len: u8,
}

impl PartialHeader {
    pub(crate) const EMPTY: Self = Self {
        bytes: [0; FrameHeader::MAX_LEN],
        len: 0,
    };

    /// Takes a header off the front of `input`, or keeps all of `input` when it is not enough.
    #[inline]
    pub(crate) fn decode(
        &mut self,
        input: &mut &mut [u8],
    ) -> Result<Option<FrameHeader>, FrameError> {
        if self.len > 0 {
            return self.decode_on(input);
        }
        match FrameHeader::decode(input)? {
            Some((header, len)) => {
                skip(input, len);
                Ok(Some(header))
            }
            None => {
                self.bytes[..input.len()].copy_from_slice(input);
                self.len = input.len() as u8;
                *input = &mut [];
                Ok(None)
            }
        }
    }

    fn decode_on(&mut self, input: &mut &mut [u8]) -> Result<Option<FrameHeader>, FrameError> {
        while let Some(&byte) = input.first() {
            self.bytes[usize::from(self.len)] = byte;
            self.len += 1;
            skip(input, 1);
            if let Some((header, _)) = FrameHeader::decode(&self.bytes[..usize::from(self.len)])? {
                self.len = 0;
                return Ok(Some(header));
            }
        }
        Ok(None)
    }
}

fn skip(input: &mut &mut [u8], len: usize) {
    *input = &mut std::mem::take(input)[len..];
}
